import Domain
import Storage

/// Carries everything from one store to another, whatever engines they have, and proves that it is all there.
///
/// Nobody may write to either meanwhile. It can be stopped at any moment and run again: it goes on behind what the
/// other store has already. Tables go in the order of their references, rows in the order of their keys.
public struct StoreCopy: Sendable {
  /// How far it is.
  public struct Progress: Sendable {
    /// The table that it is at.
    public var table: String
    /// Rows of all tables that were copied, and that there are.
    public var copiedCount: Int
    /// Rows that there are in all.
    public var totalCount: Int
  }

  private static let pageSize = 500
  /// Empty by then, and what each engine keeps in its own way.
  private static let leftOut: Set = ["audit_pending", "event_pending", "deployment"]

  private let source: SQLStore
  private let target: SQLStore
  private var tables: [TableCopy] { Self.tables }

  /// - Parameters:
  ///   - source: is only read, but for places in its log and feed that were still to be given out
  ///   - target: is new, or holds what an earlier run has copied; whoever serves it needs the same key
  public init(from source: SQLStore, to target: SQLStore) {
    self.source = source
    self.target = target
  }

  // Made once: statements are kept for good.
  private static let tables = Schema.tables
    .filter { !leftOut.contains($0.name) }.map(TableCopy.init)

  /// Copies, and then compares every row.
  ///
  /// - Returns: how many rows there are
  /// - Throws: `StoreError`; `unsuitable` when the two differ in the end, and where
  public func run(_ onProgress: @Sendable (Progress) -> Void) async throws -> Int {
    try await source.sequencePending()
    var totals: [Int] = []
    for table in tables { totals.append(try await source.readRows { try table.count($0) }) }
    let total = totals.reduce(0, +)
    var copied = 0
    for table in tables {
      try await copy(table) { count in
        copied += count
        onProgress(
          Progress(table: table.shape.name, copiedCount: copied, totalCount: total))
      }
    }
    try await compare()
    return total
  }

  private func copy(_ table: TableCopy, _ onPage: (Int) -> Void) async throws {
    // Its rows are in every store, and say how far the others go.
    if table.shape.name == "sequence" {
      try await target.writeRows { try $0.run(.emptySequence, []) }
    }
    var key = try await target.readRows { try table.lastKey($0) }
    if key != nil { onPage(try await target.readRows { try table.count($0) }) }
    while true {
      try Task.checkCancellation()
      let rows = try await source.readRows { [key] in
        try table.page(after: key, limit: Self.pageSize, $0)
      }
      guard let last = rows.last else { return }
      try await target.writeRows { try table.insert(rows, $0) }
      onPage(rows.count)
      key = table.key(of: last)
    }
  }

  private func compare() async throws {
    for table in tables {
      let (own, its) = try await (fingerprint(table, source), fingerprint(table, target))
      guard own == its else {
        throw StoreError.unsuitable(
          """
          the copy differs in \(table.shape.name): \(own.count) rows here, \(its.count) there, or not the same; \
          end all servers, and copy to an empty store
          """)
      }
    }
  }

  private struct Fingerprint: Equatable {
    var count = 0
    var digest: [UInt8] = []
  }

  private func fingerprint(_ table: TableCopy, _ store: SQLStore) async throws -> Fingerprint {
    var result = Fingerprint()
    var key: [SQLValue]?
    while true {
      let rows = try await store.readRows { [key] in
        try table.page(after: key, limit: Self.pageSize, $0)
      }
      guard let last = rows.last else { return result }
      var bytes = result.digest
      for row in rows { for value in row { value.append(to: &bytes) } }
      result.digest = source.environment.hash(bytes).bytes
      result.count += rows.count
      key = table.key(of: last)
    }
  }
}

extension SQLValue {
  /// A form in which no two lists of values look alike.
  fileprivate func append(to bytes: inout [UInt8]) {
    let (kind, content): (UInt8, [UInt8]) =
      switch self {
      case .null: (0, [])
      case .integer(let integer): (1, Array("\(integer)".utf8))
      case .text(let text): (2, Array(text.utf8))
      case .bytes(let content): (3, content)
      }
    bytes.append(kind)
    bytes += Array("\(content.count):".utf8)
    bytes += content
  }
}

extension SQLStatement {
  fileprivate static let emptySequence = SQLStatement("DELETE FROM sequence")
}

import Domain
import Storage

/// A table whose rows lay open until a step of the schema that seals them, and how a row is sealed.
struct OpenTable: Sendable {
  typealias Row = RowPages.Row

  private static let pageSize = 500

  let rows: RowPages
  private let isAppendOnly: Bool
  private let sealed: @Sendable (Row, Vault) throws(SQLFailure) -> Row

  /// - Parameters:
  ///   - columns: what a row is sealed from
  ///   - changed: how many of these, the first ones, get another value
  ///   - isAppendOnly: whether the table takes insertions only
  ///   - sealed: the changed columns as they are to be, of a row that begins with its `uid`
  init(
    _ name: String, columns: [(name: String, kind: TableShape.Kind)], changed: Int = 1,
    isAppendOnly: Bool = false,
    _ sealed: @escaping @Sendable (Row, Vault) throws(SQLFailure) -> Row
  ) {
    rows = RowPages(name, columns: columns, changed: changed)
    self.isAppendOnly = isAppendOnly
    self.sealed = sealed
  }

  /// Whether there is nothing to seal.
  func isEmpty(_ connection: any SQLConnection) throws(SQLFailure) -> Bool {
    try page(after: nil, connection) == nil
  }

  /// Seals every row, in the transaction that has begun.
  func seal(
    by vault: Vault, _ connection: any SQLConnection, _ dialect: SQLDialect
  ) throws(SQLFailure) {
    let trigger = isAppendOnly ? dialect.reopened(rows.name) : nil
    if let trigger { try connection.script(trigger.begin) }
    var end: Row?
    while let page = try page(after: end, connection) {
      for row in page.rows { try rows.change(row, to: sealed(row, vault), connection) }
      end = page.end
    }
    if let trigger { try connection.script(trigger.end) }
  }

  /// Rows behind a key, and the key of the last; nil when there are none.
  private func page(
    after key: Row?, _ connection: any SQLConnection
  ) throws(SQLFailure) -> (rows: [Row], end: Row)? {
    let found = try rows.page(after: key, limit: Self.pageSize, connection)
    return found.last.map { (found, rows.key(of: $0)) }
  }
}

import Domain
import Storage

/// The statements that seal one table's rows anew, page by page in the order of its key, and what is sealed in a row.
struct SealedTable: Sendable {
  /// A row as it is read: the key's columns, then the sealed ones.
  typealias Row = [SQLValue]

  let name: String
  /// How many columns the key has.
  let keyCount: Int
  /// Whether the table takes insertions only.
  let isAppendOnly: Bool
  /// The sealed columns as they are to be.
  let renewed: @Sendable (Row, Renewal) throws(SQLFailure) -> Row
  private let kinds: [TableShape.Kind]
  private let firstPage: SQLStatement
  private let nextPage: SQLStatement
  private let update: SQLStatement
  private let count: SQLStatement

  /// - Parameters:
  ///   - key: the primary key, all TEXT
  ///   - sealed: what is sealed, or made from what is
  ///   - isAppendOnly: whether the table takes insertions only
  init(
    _ name: String, key: [String] = ["uid"], sealed: [(name: String, kind: TableShape.Kind)],
    isAppendOnly: Bool = false,
    _ renewed: @escaping @Sendable (Row, Renewal) throws(SQLFailure) -> Row
  ) {
    self.name = name
    self.isAppendOnly = isAppendOnly
    self.renewed = renewed
    keyCount = key.count
    kinds = key.map { _ in .text } + sealed.map(\.kind)
    let columns = (key + sealed.map(\.name)).joined(separator: ", ")
    let keys = key.joined(separator: ", ")
    let places = key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    firstPage = SQLStatement("SELECT \(columns) FROM \(name) ORDER BY \(keys) LIMIT $1")
    nextPage = SQLStatement(
      """
      SELECT \(columns) FROM \(name) WHERE (\(keys)) > (\(places)) ORDER BY \(keys) LIMIT $\(key.count + 1)
      """)
    let changes = sealed.enumerated().map { "\($1.name) = $\(key.count + $0 + 1)" }
    let conditions = key.enumerated().map { "\($1) = $\($0 + 1)" }
    update = SQLStatement(
      """
      UPDATE \(name) SET \(changes.joined(separator: ", ")) WHERE \(conditions.joined(separator: " AND "))
      """)
    count = SQLStatement("SELECT COUNT(*) FROM \(name)")
  }

  func rowCount(_ connection: any SQLConnection) throws(SQLFailure) -> Int {
    try connection.first(count, []) { (row) throws(SQLFailure) in try row.count() } ?? 0
  }

  /// Rows behind the key.
  func page(
    after key: Row?, limit: Int, _ connection: any SQLConnection
  ) throws(SQLFailure) -> [Row] {
    try connection.all(
      key == nil ? firstPage : nextPage, (key ?? []) + [.count(limit)]
    ) { (row) throws(SQLFailure) in
      var values: Row = []
      for kind in kinds { values.append(kind.value(&row)) }
      return values
    }
  }

  /// Seals a row anew, unless it is already.
  func renew(
    _ row: Row, by renewal: Renewal, _ connection: any SQLConnection
  ) throws(SQLFailure) {
    let values = try renewed(row, renewal)
    guard values != Array(row.dropFirst(keyCount)) else { return }
    try connection.tell(update, row.prefix(keyCount) + values)
  }
}

/// Opens with whichever of two keys has sealed something, and seals with the new one.
struct Renewal: Sendable {
  let change: VaultChange

  /// What is in it, and its new form; nil for the form where it has it already.
  private func opened(
    _ sealed: [UInt8], _ place: String
  ) throws(SQLFailure) -> (bytes: [UInt8], isNew: Bool) {
    if let bytes = change.new.open(sealed, place) { return (bytes, true) }
    return (try Body.open(sealed, place, change.old), false)
  }

  /// The new form of bytes; NULL stays.
  func bytes(_ value: SQLValue, _ place: String) throws(SQLFailure) -> SQLValue {
    guard case .bytes(let sealed) = value else { return value }
    let (bytes, isNew) = try opened(sealed, place)
    return isNew ? value : .bytes(change.new.seal(bytes, place))
  }

  /// The new form of a record's body.
  func body(_ value: SQLValue, _ place: String) throws(SQLFailure) -> SQLValue {
    let (bytes, isNew) = try opened(Body.sealedBytes(value), place)
    return isNew ? value : Body.text(change.new.seal(bytes, place))
  }

  /// The record in a body.
  func record<Value: Decodable>(
    _ type: Value.Type, _ value: SQLValue, _ place: String
  ) throws(SQLFailure) -> Value {
    let (bytes, _) = try opened(Body.sealedBytes(value), place)
    return try Body.decode(type, from: String(decoding: bytes, as: UTF8.self))
  }
}

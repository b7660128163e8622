/// The statements that go through one table page by page, in the order of its key, and change columns of its rows.
struct RowPages: Sendable {
  /// A row as it is read: the key's columns, then the others.
  typealias Row = [SQLValue]

  let name: String
  /// How many columns the key has.
  let keyCount: Int
  private let kinds: [TableShape.Kind]
  private let firstPage: SQLStatement
  private let nextPage: SQLStatement
  private let update: SQLStatement
  private let count: SQLStatement

  /// - Parameters:
  ///   - key: the primary key, all TEXT
  ///   - columns: what is read beside it
  ///   - changed: how many of these, the first ones, are changed
  init(
    _ name: String, key: [String] = ["uid"], columns: [(name: String, kind: TableShape.Kind)],
    changed: Int
  ) {
    self.name = name
    keyCount = key.count
    kinds = key.map { _ in .text } + columns.map(\.kind)
    let read = (key + columns.map(\.name)).joined(separator: ", ")
    let keys = key.joined(separator: ", ")
    let places = key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    firstPage = SQLStatement("SELECT \(read) FROM \(name) ORDER BY \(keys) LIMIT $1")
    nextPage = SQLStatement(
      """
      SELECT \(read) FROM \(name) WHERE (\(keys)) > (\(places)) ORDER BY \(keys) LIMIT $\(key.count + 1)
      """)
    let changes = columns.prefix(changed).enumerated()
      .map { "\($1.name) = $\(key.count + $0 + 1)" }
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

  /// The key of a row.
  func key(of row: Row) -> Row { Array(row.prefix(keyCount)) }

  /// Gives a row's changed columns these values.
  func change(_ row: Row, to values: Row, _ connection: any SQLConnection) throws(SQLFailure) {
    try connection.tell(update, row.prefix(keyCount) + values)
  }
}

extension SQLValue {
  /// A part of a key.
  var id: String {
    get throws(SQLFailure) {
      guard case .text(let text) = self else { throw .unreadableRow("a key is no text") }
      return text
    }
  }
}

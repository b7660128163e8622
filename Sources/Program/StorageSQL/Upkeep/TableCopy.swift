/// The statements that carry one table from a store to another, page by page in the order of its key.
struct TableCopy: Sendable {
  let shape: TableShape
  private let firstPage: SQLStatement
  private let nextPage: SQLStatement
  private let insert: SQLStatement
  private let lastKey: SQLStatement
  private let count: SQLStatement

  init(_ shape: TableShape) {
    self.shape = shape
    let columns = shape.columns.map(\.name).joined(separator: ", ")
    let key = shape.key.joined(separator: ", ")
    let places = shape.key.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let pageSize = "$\(shape.key.count + 1)"
    let values = shape.columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
    let backward = shape.key.map { "\($0) DESC" }.joined(separator: ", ")
    firstPage = SQLStatement("SELECT \(columns) FROM \(shape.name) ORDER BY \(key) LIMIT $1")
    nextPage = SQLStatement(
      """
      SELECT \(columns) FROM \(shape.name) WHERE (\(key)) > (\(places))
      ORDER BY \(key) LIMIT \(pageSize)
      """)
    insert = SQLStatement("INSERT INTO \(shape.name)(\(columns)) VALUES (\(values))")
    lastKey = SQLStatement("SELECT \(key) FROM \(shape.name) ORDER BY \(backward) LIMIT 1")
    count = SQLStatement("SELECT COUNT(*) FROM \(shape.name)")
  }

  /// Rows behind the key, as values in the order of the columns.
  func page(
    after key: [SQLValue]?, limit: Int, _ connection: any SQLConnection
  ) throws(SQLFailure) -> [[SQLValue]] {
    let values = (key ?? []) + [.count(limit)]
    return try connection.all(key == nil ? firstPage : nextPage, values) {
      (row) throws(SQLFailure) in
      var values: [SQLValue] = []
      for column in shape.columns { values.append(column.kind.value(&row)) }
      return values
    }
  }

  func insert(_ rows: [[SQLValue]], _ connection: any SQLConnection) throws(SQLFailure) {
    for row in rows { try connection.tell(insert, row) }
  }

  /// The key of the last row; nil of an empty table.
  func lastKey(_ connection: any SQLConnection) throws(SQLFailure) -> [SQLValue]? {
    try connection.first(lastKey, []) { (row) throws(SQLFailure) in
      var values: [SQLValue] = []
      for name in shape.key { values.append(kind(of: name).value(&row)) }
      return values
    }
  }

  func count(_ connection: any SQLConnection) throws(SQLFailure) -> Int {
    try connection.first(count, []) { (row) throws(SQLFailure) in try row.count() } ?? 0
  }

  /// The key of a row.
  func key(of row: [SQLValue]) -> [SQLValue] {
    shape.key.compactMap { name in
      shape.columns.firstIndex { $0.name == name }.map { row[$0] }
    }
  }

  private func kind(of name: String) -> TableShape.Kind {
    shape.columns.first { $0.name == name }?.kind ?? .text
  }
}

extension TableShape.Kind {
  /// The next column, of this kind.
  func value(_ row: inout SQLRow) -> SQLValue {
    switch self {
    case .integer: .integer(row.integerIfPresent())
    case .text: .text(row.textIfPresent())
    case .bytes: .bytes(row.bytesIfPresent())
    }
  }
}

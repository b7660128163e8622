import Domain
import Storage

/// One table in which something is sealed, and how a row of it is sealed anew.
struct SealedTable: Sendable {
  /// A row as it is read: the key's columns, then the sealed ones.
  typealias Row = RowPages.Row

  let rows: RowPages
  /// Whether the table takes insertions only.
  let isAppendOnly: Bool
  /// The sealed columns as they are to be.
  let renewed: @Sendable (Row, Renewal) throws(SQLFailure) -> Row

  var name: String { rows.name }

  /// - Parameters:
  ///   - key: the primary key, all TEXT
  ///   - sealed: what is sealed, or made from what is
  ///   - isAppendOnly: whether the table takes insertions only
  init(
    _ name: String, key: [String] = ["uid"], sealed: [(name: String, kind: TableShape.Kind)],
    isAppendOnly: Bool = false,
    _ renewed: @escaping @Sendable (Row, Renewal) throws(SQLFailure) -> Row
  ) {
    rows = RowPages(name, key: key, columns: sealed, changed: sealed.count)
    self.isAppendOnly = isAppendOnly
    self.renewed = renewed
  }

  /// Seals a row anew, unless it is already.
  func renew(
    _ row: Row, by renewal: Renewal, _ connection: any SQLConnection
  ) throws(SQLFailure) {
    let values = try renewed(row, renewal)
    guard values != Array(row.dropFirst(rows.keyCount)) else { return }
    try rows.change(row, to: values, connection)
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

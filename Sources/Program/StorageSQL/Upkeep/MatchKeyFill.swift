import Domain
package import Storage

/// Stores very many people under their keys at once, for a store that is filled before anybody uses it.
///
/// One index of the table has the keys in order and the other the people. Whoever brings rows in the order of the keys
/// spares the first; the second is made anew at the end, sorted by the database.
package enum MatchKeyFill {
  private static let index = "match_key_of"
  private static let table = Schema.tables.first { $0.name == "match_key" }.map(TableCopy.init)

  /// Comes first; from here to `end` people's keys are found slowly.
  package static func begin(_ connection: any SQLConnection) throws(SQLFailure) {
    try connection.script("DROP INDEX \(index)")
  }

  /// Stores some, none of which is stored yet; quick when they come in the order of their keys.
  package static func insert(
    _ hits: [MatchHit], _ connection: any SQLConnection
  ) throws(SQLFailure) {
    guard let table else { throw .statement("no table of match keys") }
    try connection.script("BEGIN")
    try table.insert(hits.map { [.digest($0.key), .text($0.person)] }, connection)
    try connection.script("COMMIT")
  }

  /// Comes last.
  package static func end(_ connection: any SQLConnection) throws(SQLFailure) {
    guard let statement = Schema.duplicateTables.first(where: { $0.contains("INDEX \(index) ") })
    else { throw .statement("no index \(index)") }
    try connection.script(statement)
  }
}

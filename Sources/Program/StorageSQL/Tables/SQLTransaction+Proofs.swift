import Domain
import Storage

extension SQLTransaction {
  func auditHashes(_ level: Int, _ places: Range<Int64>) throws -> [Digest] {
    let range: [SQLValue] = [.integer(places.lowerBound), .integer(places.upperBound)]
    let (statement, values): (SQLStatement, [SQLValue]) =
      level == 0 ? (.leafHashes, range) : (.tileHashes, range + [.count(level)])
    return try all(statement, values) { (row) throws(SQLFailure) in try row.digest() }
  }

  func append(tiles: [Digest], of level: Int, from place: Int64) throws {
    for (index, tile) in tiles.enumerated() {
      try tell(
        .insertTile, [.count(level), .integer(place + Int64(index)), .digest(tile)])
    }
  }

  func checkpoint(ofSize size: Int64?) throws -> Checkpoint? {
    guard let size else { return try first(.lastCheckpoint, [], Self.readCheckpoint) }
    return try first(.checkpoint, [.integer(size)], Self.readCheckpoint)
  }

  func append(_ checkpoint: Checkpoint) throws {
    try tell(
      .insertCheckpoint,
      [
        .integer(checkpoint.size), .digest(checkpoint.root), .instant(checkpoint.time),
        .text(checkpoint.note),
      ])
  }

  private static func readCheckpoint(_ row: inout SQLRow) throws(SQLFailure) -> Checkpoint {
    Checkpoint(
      size: try row.integer(), root: try row.digest(), time: try row.instant(),
      note: try row.text())
  }
}

extension SQLStatement {
  fileprivate static let leafHashes = SQLStatement(
    """
    SELECT leaf_hash FROM audit_leaf WHERE log_position >= $1 AND log_position < $2
    ORDER BY log_position
    """)
  fileprivate static let tileHashes = SQLStatement(
    """
    SELECT hash FROM audit_tile WHERE level = $3 AND place >= $1 AND place < $2 ORDER BY place
    """)
  fileprivate static let insertTile = SQLStatement(
    "INSERT INTO audit_tile(level, place, hash) VALUES ($1, $2, $3)")
  fileprivate static let lastCheckpoint = SQLStatement(
    """
    SELECT tree_size, root, time_us, note FROM audit_checkpoint ORDER BY tree_size DESC LIMIT 1
    """)
  fileprivate static let checkpoint = SQLStatement(
    "SELECT tree_size, root, time_us, note FROM audit_checkpoint WHERE tree_size = $1")
  fileprivate static let insertCheckpoint = SQLStatement(
    "INSERT INTO audit_checkpoint(tree_size, root, time_us, note) VALUES ($1, $2, $3, $4)")
}

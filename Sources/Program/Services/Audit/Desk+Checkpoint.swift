import AuditProof
public import Domain
import Storage

extension Desk {
  /// How many entries one unit of work may add to the tree: on SQLite every caller waits behind it.
  private static let entryCountMax = 16 * MerkleTiles.width

  /// Signs how large the log is now and what its root is, and keeps it for good (domain § 12).
  ///
  /// First it makes sure that the last checkpoint is ours and that the tree, as it is kept, still leads to its root
  /// (INV-17). Entries under full parts of the tree are not read again for it; `SQLStore.check` reads them.
  /// May be called by any node, at any time.
  ///
  /// - Returns: nil when nothing has come since the last one, or another node was faster
  /// - Throws: ``ChangedLog``; what the store throws
  @discardableResult
  public func makeCheckpoint() async throws -> Checkpoint? {
    var made: Checkpoint?
    do {
      while let next = try await store.write({ try nextCheckpoint($0) }) {
        made = next
        try Task.checkCancellation()
      }
    } catch StoreError.conflict(.identifier) {
      // Of the same entries, so it says the same.
    }
    return made
  }

  /// The key with which anybody checks the checkpoints, as a C2SP signed-note verifier key.
  public var checkpointKey: String { secrets.checkpointKey }

  private func nextCheckpoint(_ tx: any StoreTransaction) throws -> Checkpoint? {
    let last = try tx.checkpoint(ofSize: nil)
    let start = last?.size ?? 0
    let count = try tx.auditLogSize()
    // Fewer than were signed for: the end is cut off.
    guard count >= start else { throw ChangedLog(size: start) }
    let size = min(count, start + Self.entryCountMax)
    guard last == nil || size > start else { return nil }
    let tiles = tx.tiles
    if let last { try demandUnchanged(since: last, tiles) }
    try keepTiles(tiles, start..<size, tx)
    let root = try tiles.root(of: 0..<size)
    let text = CheckpointText(origin: AuditTrail.origin, size: size, root: root).text
    let checkpoint = Checkpoint(
      size: size, root: root, time: tx.now, note: try secrets.checkpointSigner.sign(text))
    try tx.append(checkpoint)
    return checkpoint
  }

  /// - Throws: ``ChangedLog`` when a checkpoint is not ours, or the entries are not those that it was signed for
  private func demandUnchanged(since last: Checkpoint, _ tiles: MerkleTiles) throws {
    let note = SignedNote(last.note)
    let signed = CheckpointText(origin: AuditTrail.origin, size: last.size, root: last.root)
    guard note?.text == signed.text, note?.isSigned(by: secrets.checkpointSigner.key) == true,
      try tiles.root(of: 0..<last.size) == last.root
    else { throw ChangedLog(size: last.size) }
  }

  /// Keeps the roots of all parts that the new entries have made full.
  private func keepTiles(
    _ tiles: MerkleTiles, _ new: Range<Int64>, _ tx: any StoreTransaction
  ) throws {
    var (level, first, end) = (1, new.lowerBound, new.upperBound)
    while end >= MerkleTiles.width {
      (first, end) = (first / MerkleTiles.width, end / MerkleTiles.width)
      if first < end {
        try tx.append(
          tiles: (first..<end).map { try tiles.tile($0, of: level) }, of: level, from: first)
      }
      level += 1
    }
  }
}

extension AuditReader {
  /// The tree over the log.
  var tiles: MerkleTiles { MerkleTiles(Hash.tree) { try auditHashes($0, $1) } }
}

/// Entries that were signed for are not there as they were: the log was changed behind the server's back.
public struct ChangedLog: Error, CustomStringConvertible {
  /// The size of the checkpoint that they do not fit.
  public let size: Int64

  public var description: String {
    """
    the audit log is not what was signed: its first \(size) entries no longer have the root of the checkpoint of that \
    size. No checkpoint is made until it is mended. Keep the database as it is, compare it with a backup and with the \
    checkpoints that others have
    """
  }
}

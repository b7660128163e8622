public import Domain

/// What a store needs from the world and cannot make itself.
public struct StoreEnvironment: Sendable {
  /// The clock. Read once per unit.
  public var now: @Sendable () -> Instant
  /// SHA-256, for the leaves of the audit log's tree.
  public var hash: MerkleTree.Hash

  /// A clock and SHA-256.
  public init(now: @escaping @Sendable () -> Instant, hash: @escaping MerkleTree.Hash) {
    self.now = now
    self.hash = hash
  }

  /// The leaf of an entry at its place in the log.
  public func auditLeaf(
    position: Int64, sequencedTime: Instant, entry: AuditEntryID, entryDigest: Digest
  ) -> AuditLeaf {
    let bytes = MerkleTree.leafBytes(
      position: position, sequencedTime: sequencedTime, entryDigest: entryDigest)
    return AuditLeaf(
      position: position, sequencedTime: sequencedTime, entry: entry, entryDigest: entryDigest,
      leafHash: MerkleTree(hash: hash).leafHash(bytes))
  }
}

public import Domain

/// What a store needs from the world and cannot make itself.
public struct StoreEnvironment: Sendable {
  /// The clock. Read once per unit.
  public var now: @Sendable () -> Instant
  /// SHA-256, for the leaves of the audit log's tree.
  public var hash: MerkleTree.Hash
  /// What the store's sealed columns are sealed with.
  public var vault: Vault

  /// A clock, a vault and SHA-256.
  public init(
    now: @escaping @Sendable () -> Instant, vault: Vault, hash: @escaping MerkleTree.Hash
  ) {
    self.now = now
    self.vault = vault
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

/// Keeps bytes from whoever has only the database: people, their identity documents and keys,
/// registrations, consents, referrals, decisions and approvals, the codes with which people check in, and the answers
/// that are kept to be repeated. What names nobody lies open.
public struct Vault: Sendable {
  /// Seals bytes for one place; they open for no other.
  public var seal: @Sendable (_ bytes: [UInt8], _ place: String) -> [UInt8]
  /// What was sealed for that place; `nil` for anything else, and under another key.
  public var open: @Sendable (_ sealed: [UInt8], _ place: String) -> [UInt8]?
  /// What stands for bytes where equal ones are looked for: the same for the same bytes of the same kind, and nothing
  /// to guess them by without the key.
  public var index: @Sendable (_ bytes: [UInt8], _ kind: String) -> Digest

  /// A way to seal, its inverse, and a blind index.
  public init(
    seal: @escaping @Sendable (_ bytes: [UInt8], _ place: String) -> [UInt8],
    open: @escaping @Sendable (_ sealed: [UInt8], _ place: String) -> [UInt8]?,
    index: @escaping @Sendable (_ bytes: [UInt8], _ kind: String) -> Digest
  ) {
    self.seal = seal
    self.open = open
    self.index = index
  }
}

public import Domain

/// What a store needs from the world and cannot make itself.
public struct StoreEnvironment: Sendable {
  /// The clock. Read once per unit.
  public var now: @Sendable () -> Instant
  /// The hash of a leaf: SHA-256(0x00 ‖ canonical(position, sequenced time, entry digest)).
  public var auditLeafHash:
    @Sendable (_ position: Int64, _ sequencedTime: Instant, _ entryDigest: Digest) -> Digest

  /// Clock and hash.
  public init(
    now: @escaping @Sendable () -> Instant,
    auditLeafHash:
      @escaping @Sendable (_ position: Int64, _ sequencedTime: Instant, _ entryDigest: Digest) ->
      Digest
  ) {
    self.now = now
    self.auditLeafHash = auditLeafHash
  }
}

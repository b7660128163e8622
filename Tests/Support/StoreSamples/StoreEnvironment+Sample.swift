public import Domain
public import Storage

extension StoreEnvironment {
  /// An environment with a clock of the test's and a plain checksum for a hash, good for telling
  /// leaves apart and nothing else.
  public static func sample(now: @escaping @Sendable () -> Instant) -> StoreEnvironment {
    StoreEnvironment(now: now) { bytes in
      var digest = [UInt8](repeating: 0x5A, count: 32)
      for (index, byte) in bytes.enumerated() {
        digest[index % 32] = digest[index % 32] &* 31 &+ byte &+ UInt8(truncatingIfNeeded: index)
      }
      guard let digest = Digest(digest) else { preconditionFailure("32 bytes are a digest") }
      return digest
    }
  }
}

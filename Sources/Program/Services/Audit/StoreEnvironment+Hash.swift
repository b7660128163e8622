import AuditProof
public import Domain
public import Storage

/// A domain digest; the name alone is also a protocol of the hash library.
typealias Digest = Domain.Digest

extension StoreEnvironment {
  /// The environment of a store whose audit log is hashed as this programme hashes it.
  ///
  /// - Parameters:
  ///   - vault: the deployment's, which the store's sealed columns need
  ///   - now: the programme's clock; read once per unit of work, from any thread
  public static func programme(
    vault: Vault, now: @escaping @Sendable () -> Instant
  ) -> StoreEnvironment {
    StoreEnvironment(now: now, vault: vault) { Hash.sha256($0) }
  }
}

public import Domain
public import Storage

extension StoreEnvironment {
  /// The environment of a store whose audit log is hashed as this programme hashes it.
  ///
  /// - Parameter now: the programme's clock; read once per unit of work, from any thread
  public static func programme(now: @escaping @Sendable () -> Instant) -> StoreEnvironment {
    StoreEnvironment(now: now) { Hash.sha256($0) }
  }
}

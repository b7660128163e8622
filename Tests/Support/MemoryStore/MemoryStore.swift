public import Domain
public import Storage
import Synchronization

/// The store as plain values: the oracle the SQL engines are compared with, and a fast store for
/// tests of the services. A unit works on a copy, which replaces the state only if it returns.
public final class MemoryStore: Store {
  private let state: Mutex<MemoryState>
  private let environment: StoreEnvironment

  /// An empty store.
  public init(environment: StoreEnvironment) {
    self.environment = environment
    self.state = Mutex(MemoryState())
  }

  @discardableResult
  public func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R {
    try state.withLock { state in
      if state.isClosed { throw StoreError.busy }
      let transaction = MemoryTransaction(state, environment: environment)
      let result = try unit(transaction)
      state = transaction.state
      return result
    }
  }

  public func read<R: Sendable>(
    _ unit: @escaping @Sendable (any StoreReader) throws -> R
  ) async throws -> R {
    let copy = state.withLock { $0 }
    if copy.isClosed { throw StoreError.busy }
    return try unit(MemoryTransaction(copy, environment: environment))
  }

  public var now: Instant { environment.now() }

  public func integrityProblems() async throws -> [String] { [] }

  public func close() async throws {
    state.withLock { $0.isClosed = true }
  }
}

extension StoreEnvironment {
  /// The environment of a test whose clock stands at what `now` returns; the hash is a plain
  /// checksum, good for telling leaves apart and nothing else.
  public static func test(now: @escaping @Sendable () -> Instant) -> StoreEnvironment {
    StoreEnvironment(now: now, vault: .test) { bytes in
      var digest = [UInt8](repeating: 0x5A, count: 32)
      for (index, byte) in bytes.enumerated() {
        digest[index % 32] = digest[index % 32] &* 31 &+ byte &+ UInt8(truncatingIfNeeded: index)
      }
      guard let digest = Digest(digest) else { preconditionFailure("32 bytes are a digest") }
      return digest
    }
  }
}

extension Vault {
  /// A vault that hides nothing, but whose bytes are not what went in, so that a reader that forgets
  /// to open is found out, and one that opens for another place too.
  public static let test = Vault(
    seal: { bytes, place in Array(place.utf8) + [0] + bytes.reversed() },
    open: { sealed, place in
      let prefix = Array(place.utf8) + [0]
      return sealed.starts(with: prefix) ? sealed.dropFirst(prefix.count).reversed() : nil
    },
    index: { bytes, kind in
      var digest = [UInt8](repeating: 0xA5, count: 32)
      for (index, byte) in (Array(kind.utf8) + [0] + bytes).enumerated() {
        digest[index % 32] = digest[index % 32] &* 31 &+ byte &+ UInt8(truncatingIfNeeded: index)
      }
      guard let digest = Digest(digest) else { preconditionFailure("32 bytes are a digest") }
      return digest
    })
}

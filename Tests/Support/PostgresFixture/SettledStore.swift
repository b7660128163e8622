public import Domain
public import Storage
public import StorageSQL
import Synchronization

/// A store that gives places in log and feed right after each unit, so that tests of one process need not wait for
/// the sequencer.
public final class SettledStore: Store {
  private let store: SQLStore
  private let sequencing = Atomic(0)

  /// The store behind it.
  public init(_ store: SQLStore) { self.store = store }

  @discardableResult
  public func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R {
    let result = try await store.write(purpose, unit)
    let before = store.roundTripCount
    try await store.sequencePending()
    sequencing.add(store.roundTripCount - before, ordering: .relaxed)
    return result
  }

  public func read<R: Sendable>(
    _ unit: @escaping @Sendable (any StoreReader) throws -> R
  ) async throws -> R {
    try await store.read(unit)
  }

  /// Round trips so far, but for those that give out places; exact while one unit runs at a time.
  public var unitRoundTripCount: Int { store.roundTripCount - sequencing.load(ordering: .relaxed) }

  /// Which laws are broken, by how many rows.
  package func breaches(of laws: [Law]) async throws -> [String] {
    try await store.breaches(of: laws)
  }

  /// The same without what it does after each unit, to look at what is in it.
  package var inner: SQLStore { store }

  public var now: Instant { store.now }

  public func integrityProblems() async throws -> [String] { try await store.integrityProblems() }

  public func close() async throws { try await store.close() }
}

public import Domain

/// Where the programme's records live, whatever keeps them.
///
/// A unit of work is a closure that runs whole or not at all. It may be run again by the engine
/// (after a lost race on PostgreSQL), so it must do nothing but use its transaction, and must let
/// errors of the transaction pass: a unit whose statement failed is rolled back even if it returns.
public protocol Store: Sendable {
  /// Runs one unit; returns only after what it writes is durable.
  ///
  /// A throw of the unit undoes this unit alone and is rethrown as it is. Units never suspend and
  /// should be short: on SQLite they run one after another on the writer's thread.
  /// - Throws: what the unit throws; `StoreError.busy` under overload; `StoreError.io`.
  @discardableResult
  func write<R: Sendable>(
    _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R

  /// Runs reads that all see one committed state. On SQLite this happens on the calling thread.
  func read<R: Sendable>(
    _ unit: @escaping @Sendable (any StoreReader) throws -> R
  ) async throws -> R

  /// The store's clock, which every unit that begins now has.
  var now: Instant { get }

  /// Yields when another process may have added events to the feed, often without need; ends at once where no other
  /// can write. For one reader.
  var news: AsyncStream<Void> { get }

  /// Yields whether what keeps the records can be reached, whenever that was found out; ends at once where it is part
  /// of this process. For one reader.
  var reachability: AsyncStream<Bool> { get }

  /// Everything found wrong with the stored bytes; empty when all is well. Slow on a large store.
  func integrityProblems() async throws -> [String]

  /// Refuses new work, finishes what is queued, closes.
  func close() async throws
}

/// What a unit of work is for.
public enum UnitPurpose: Sendable {
  /// It decides and changes; what it rests on stays as it is until its end, or it is run again.
  case change
  /// It tells what there is in one state of the store, and writes down that it did. It keeps nobody waiting.
  case disclosure
}

extension Store {
  /// Runs a unit that changes something.
  @discardableResult
  public func write<R: Sendable>(
    _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
  ) async throws -> R {
    try await write(.change, unit)
  }

  /// Nobody else writes.
  public var news: AsyncStream<Void> { AsyncStream { $0.finish() } }

  /// It is always there.
  public var reachability: AsyncStream<Bool> { AsyncStream { $0.finish() } }
}

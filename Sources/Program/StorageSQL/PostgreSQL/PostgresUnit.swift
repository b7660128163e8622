/// A unit of work on its way through a pool.
///
/// `@unchecked Sendable`: `outcome` is touched by the worker that runs the unit.
final class PostgresUnit<Result: Sendable>: PostgresJob, @unchecked Sendable {
  private let kind: TransactionKind
  private let work: @Sendable (any SQLConnection) throws -> Result
  private let continuation: CheckedContinuation<Result, any Error>
  private var outcome: Swift.Result<Result, any Error>?

  init(
    _ kind: TransactionKind, _ work: @escaping @Sendable (any SQLConnection) throws -> Result,
    continuation: CheckedContinuation<Result, any Error>
  ) {
    self.kind = kind
    self.work = work
    self.continuation = continuation
  }

  func attempt(on connection: PostgresConnection, isDeferring: Bool) -> JobVerdict {
    let result: Result
    do {
      try connection.begin(kind, isDeferring: isDeferring)
      result = try work(connection)
    } catch {
      connection.rollback()
      // What a statement failed with is the cause of whatever came of it.
      outcome = .failure(connection.failure ?? error)
      if connection.isBroken { return .lost }
      if connection.failure == .serialization { return .beaten }
      return connection.isWorthJudging ? .late : .over
    }
    do {
      switch kind {
      case .write, .disclosure: try connection.commit()
      case .read: try connection.endRead()
      }
      outcome = .success(result)
      return .over
    } catch {
      // Without an answer nobody knows whether it is durable, so it must not be run again.
      connection.rollback()
      outcome = .failure(error)
      if error == .serialization { return .beaten }
      return connection.isWorthJudging && !connection.isBroken ? .late : .over
    }
  }

  func fail(_ failure: SQLFailure) { outcome = .failure(failure) }

  func settle() {
    continuation.resume(with: outcome ?? .failure(SQLFailure.statement("the unit never ran")))
  }
}

/// What a pool needs to know of a unit, whatever it returns.
protocol PostgresJob: AnyObject, Sendable {
  /// Runs the unit in a transaction of its own, and keeps what came of it.
  ///
  /// - Parameter isDeferring: whether what needs no answer is only queued
  func attempt(on connection: PostgresConnection, isDeferring: Bool) -> JobVerdict
  /// Gives it up.
  func fail(_ failure: SQLFailure)
  /// Answers whoever waits.
  func settle()
}

/// What came of an attempt.
enum JobVerdict {
  /// There is an outcome.
  case over
  /// Another transaction was faster: run it again.
  case beaten
  /// A statement failed that was only queued: run it again with each judged in its place, so that the unit sees what
  /// it would have seen.
  case late
  /// The connection broke before the end was sent, so nothing of it is stored.
  case lost
}

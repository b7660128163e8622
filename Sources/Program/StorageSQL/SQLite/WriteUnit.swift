/// A unit of work waiting for, or taking part in, a group commit.
///
/// `@unchecked Sendable`: `outcome` is only touched on the writer's thread, between `run` and
/// `settle`, both of which the committer calls.
final class WriteUnit<Result: Sendable>: PendingWrite, @unchecked Sendable {
  private let work: @Sendable (any SQLConnection) throws -> Result
  private let continuation: CheckedContinuation<Result, any Error>
  private var outcome: Swift.Result<Result, any Error>?

  init(
    _ work: @escaping @Sendable (any SQLConnection) throws -> Result,
    continuation: CheckedContinuation<Result, any Error>
  ) {
    self.work = work
    self.continuation = continuation
  }

  func run(on connection: any SQLConnection) -> Bool {
    do {
      outcome = .success(try work(connection))
      return true
    } catch {
      outcome = .failure(error)
      return false
    }
  }

  func fail(_ failure: SQLFailure) {
    // A unit that failed for a reason of its own keeps that reason.
    if case .failure = outcome { return }
    outcome = .failure(failure)
  }

  func settle() {
    continuation.resume(with: outcome ?? .failure(SQLFailure.statement("the unit never ran")))
  }
}

/// What the committer needs to know of a unit, whatever it returns.
protocol PendingWrite: AnyObject, Sendable {
  /// Runs the work inside the caller's savepoint and keeps its result.
  /// - Returns: false if it threw, and so must be rolled back.
  func run(on connection: any SQLConnection) -> Bool
  /// Replaces a success that will not become durable.
  func fail(_ failure: SQLFailure)
  /// Answers the caller; nothing may be acknowledged before the commit returned.
  func settle()
}

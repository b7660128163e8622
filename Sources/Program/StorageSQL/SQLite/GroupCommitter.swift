import Synchronization

/// Commits the writes of many callers with one fsync.
///
/// Callers append units to a bounded queue. The writer's thread takes what has gathered while the
/// last commit was on its way to the disk, runs the units one after another inside one
/// `BEGIN IMMEDIATE … COMMIT`, and answers all callers after the commit returned.
///
///     enqueue ──▶ [waiting] ──take ≤ unitsPerCommitMax──▶ run each ──▶ COMMIT ──▶ settle all
///
/// A unit that throws is undone alone; its neighbours do not notice. A savepoint around each unit
/// does that, but makes SQLite copy every page the unit touches, a tenth of a booking's cost. So
/// a batch is first run without: a unit that throws before it has written needs no undoing, and
/// most refusals are such. Only if one throws after writing is the batch rolled back and run again
/// with savepoints, as are the next few, because contention rarely comes alone. Units may be run
/// again by their contract (`Store`).
///
/// If SQLite gives the whole transaction up (disk full, I/O error), every unit of that batch fails
/// with `SQLFailure.inputOutput`. Whether it was stored nobody knows then; who asks again by the same
/// `request_id` finds out.
final class GroupCommitter: Sendable {
  private struct Queue {
    var waiting: [any PendingWrite] = []
    var isDraining = false
    var isClosed = false
  }

  private let queue = Mutex(Queue())
  private let writer: SQLiteHandle
  private let limits: CommitLimits
  /// How many batches to come are run with savepoints; only the writer's thread uses it.
  private let guardedBatches = Atomic<Int>(0)

  init(writer: SQLiteHandle, limits: CommitLimits) {
    self.writer = writer
    self.limits = limits
  }

  /// Queues a unit and returns when its transaction is durable.
  /// - Throws: what the unit threw; `SQLFailure.busy` when the queue is full or closed.
  @discardableResult
  func write<R: Sendable>(
    _ work: @escaping @Sendable (any SQLConnection) throws -> R
  ) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      let unit = WriteUnit(work, continuation: continuation)
      switch enqueue(unit) {
      case .start: writer.async { session in self.drain(on: session) }
      case .wait: break
      case .refuse:
        unit.fail(.busy)
        unit.settle()
      }
    }
  }

  /// Refuses new units; those queued already are still committed.
  func close() {
    queue.withLock { $0.isClosed = true }
  }

  private enum OnEnqueue {
    case start
    case wait
    case refuse
  }

  private func enqueue(_ unit: any PendingWrite) -> OnEnqueue {
    queue.withLock { queue in
      if queue.isClosed || queue.waiting.count >= limits.unitsWaitingMax { return .refuse }
      queue.waiting.append(unit)
      if queue.isDraining { return .wait }
      queue.isDraining = true
      return .start
    }
  }

  /// Commits batch after batch until nobody waits.
  private func drain(on session: SQLiteSession) {
    while let batch = takeBatch() {
      commit(batch, on: session)
      for unit in batch { unit.settle() }
    }
  }

  private func takeBatch() -> [any PendingWrite]? {
    queue.withLock { queue in
      if queue.waiting.isEmpty {
        queue.isDraining = false
        return nil
      }
      if queue.waiting.count <= limits.unitsPerCommitMax {
        defer { queue.waiting = [] }
        return queue.waiting
      }
      let batch = Array(queue.waiting.prefix(limits.unitsPerCommitMax))
      queue.waiting.removeFirst(limits.unitsPerCommitMax)
      return batch
    }
  }

  private func commit(_ batch: [any PendingWrite], on session: SQLiteSession) {
    do {
      try session.run(.begin, [])
      if try !runUnguarded(batch, on: session) {
        for unit in batch { try runInSavepoint(unit, on: session) }
      }
      try session.run(.commit, [])
    } catch {
      // The error that ended the batch is what its callers need; a rollback that fails as well
      // leaves no transaction either.
      if session.isInTransaction { _ = try? session.run(.rollback, []) }
      for unit in batch { unit.fail(error) }
    }
  }

  /// Runs the units without savepoints.
  /// - Returns: false, inside a fresh transaction, if they have to be run with savepoints.
  private func runUnguarded(
    _ batch: [any PendingWrite], on session: SQLiteSession
  ) throws(SQLFailure) -> Bool {
    let guarded = guardedBatches.load(ordering: .relaxed)
    guard guarded == 0 else {
      guardedBatches.store(guarded - 1, ordering: .relaxed)
      return false
    }
    for unit in batch {
      let before = session.totalChangeCount
      if unit.run(on: session) { continue }
      try demandTransaction(session)
      if session.totalChangeCount == before { continue }
      try session.run(.rollback, [])
      try session.run(.begin, [])
      guardedBatches.store(limits.guardedBatchesAfterUndo, ordering: .relaxed)
      return false
    }
    return true
  }

  /// - Throws: only if the *transaction* cannot go on; a throw of the unit is the unit's own.
  private func runInSavepoint(
    _ unit: any PendingWrite, on session: SQLiteSession
  ) throws(SQLFailure) {
    try session.run(.savepoint, [])
    if !unit.run(on: session) {
      try demandTransaction(session)
      try session.run(.rollbackToSavepoint, [])
    }
    try session.run(.releaseSavepoint, [])
  }

  private func demandTransaction(_ session: SQLiteSession) throws(SQLFailure) {
    guard session.isInTransaction else {
      throw .inputOutput("the database gave up the transaction")
    }
  }
}

/// Bounds of the group commit.
public struct CommitLimits: Sendable {
  /// Units that may wait; more are refused at once (`OVERLOADED`), because a caller that waits
  /// longer than its deadline costs work and gets nothing.
  public var unitsWaitingMax = 4096
  /// Units in one transaction: bounds how long the first of them waits for the last.
  public var unitsPerCommitMax = 256
  /// Batches run with savepoints after one had to be undone; a measured compromise between paying
  /// for savepoints without need and running batches twice.
  public var guardedBatchesAfterUndo = 16

  /// The defaults.
  public init() {}
}

extension SQLStatement {
  fileprivate static let begin = SQLStatement("BEGIN IMMEDIATE")
  fileprivate static let commit = SQLStatement("COMMIT")
  fileprivate static let rollback = SQLStatement("ROLLBACK")
  fileprivate static let savepoint = SQLStatement("SAVEPOINT unit")
  fileprivate static let releaseSavepoint = SQLStatement("RELEASE unit")
  fileprivate static let rollbackToSavepoint = SQLStatement("ROLLBACK TO unit")
}

import Dispatch
import Glibc
import Synchronization

/// A bounded number of connections, each with a thread of its own on which units block.
///
///     submit ──▶ [waiting] ──▶ worker: connect if need be ──▶ attempt, again if beaten ──▶ settle
///
/// While the database is away units fail at once, but for one in each pause, which tries to connect: so nobody
/// waits for nothing, and nothing piles up.
final class PostgresPool: Sendable {
  private struct State {
    var waiting: [any PostgresJob] = []
    var idle: [PostgresWorker] = []
    var workers: [PostgresWorker] = []
    var isClosed = false
    var away: Away?
  }

  private struct Away {
    var reason: SQLFailure
    var until: ContinuousClock.Instant
  }

  private let state = Mutex(State())
  private let roundTrips = Atomic(0)
  private let connect: @Sendable () throws(SQLFailure) -> PostgresConnection
  private let options: PostgresOptions

  init(
    _ options: PostgresOptions,
    connect: @escaping @Sendable () throws(SQLFailure) -> PostgresConnection
  ) {
    self.options = options
    self.connect = connect
  }

  /// Runs the unit soon, or refuses it.
  func submit(_ job: any PostgresJob) {
    let (worker, refusal) = state.withLock { state -> (PostgresWorker?, SQLFailure?) in
      if state.isClosed { return (nil, .busy) }
      if let away = state.away {
        if ContinuousClock.now < away.until { return (nil, away.reason) }
        // This one finds out; nobody else, until it has or was given up.
        state.away?.until = .now + options.connectTimeout + options.answerTimeout
      }
      if let idle = state.idle.popLast() {
        state.waiting.append(job)
        return (idle, nil)
      }
      if state.workers.count < options.connectionCountMax {
        let worker = PostgresWorker(state.workers.count + 1)
        state.workers.append(worker)
        state.waiting.append(job)
        return (worker, nil)
      }
      if state.waiting.count >= options.unitsWaitingMax { return (nil, .busy) }
      state.waiting.append(job)
      return (nil, nil)
    }
    if let refusal {
      job.fail(refusal)
      job.settle()
    }
    worker?.queue.async { [self] in if let worker { drain(worker) } }
  }

  /// Refuses new units, and returns when those that wait have been run and all connections are closed.
  func close() async {
    let workers = state.withLock { state in
      state.isClosed = true
      return state.workers
    }
    // Behind whatever it is at, and it goes on until nothing waits.
    for worker in workers { await worker.disconnect() }
  }

  /// Round trips that units have taken so far.
  var roundTripCount: Int { roundTrips.load(ordering: .relaxed) }

  private func drain(_ worker: PostgresWorker) {
    while let job = next(worker) {
      run(job, on: worker)
      job.settle()
    }
  }

  private func next(_ worker: PostgresWorker) -> (any PostgresJob)? {
    state.withLock { state in
      if state.waiting.isEmpty {
        state.idle.append(worker)
        return nil
      }
      return state.waiting.removeFirst()
    }
  }

  private func run(_ job: any PostgresJob, on worker: PostgresWorker) {
    var losses = 0
    var isDeferring = true
    for attempt in 0..<options.attemptCountMax {
      do throws(SQLFailure) {
        let connection = try connection(of: worker)
        let before = connection.roundTripCount
        let verdict = job.attempt(on: connection, isDeferring: isDeferring)
        roundTrips.add(connection.roundTripCount - before, ordering: .relaxed)
        if connection.isBroken {
          worker.connection = nil
        } else {
          state.withLock { $0.away = nil }
        }
        // A server that does not answer does not answer others either.
        if connection.hasTimedOut, let failure = connection.failure { return markAway(failure) }
        switch verdict {
        case .over: return
        case .beaten: pause(beforeAttempt: attempt + 1)
        case .late: isDeferring = false
        case .lost:
          // The first may have been lost long ago, while nobody used it.
          losses += 1
          if losses > 1 { return }
        }
      } catch {
        return job.fail(error)
      }
    }
  }

  private func connection(of worker: PostgresWorker) throws(SQLFailure) -> PostgresConnection {
    if let connection = worker.connection { return connection }
    do {
      let connection = try connect()
      worker.connection = connection
      state.withLock { $0.away = nil }
      return connection
    } catch {
      markAway(error)
      throw error
    }
  }

  /// Somebody else has reached the database: units may try, too.
  func markReached() { state.withLock { $0.away = nil } }

  /// Units fail at once for a while, those that wait now among them.
  private func markAway(_ reason: SQLFailure) {
    let waiting = state.withLock { state in
      state.away = Away(reason: reason, until: .now + options.reconnectPause)
      defer { state.waiting = [] }
      return state.waiting
    }
    for job in waiting {
      job.fail(reason)
      job.settle()
    }
  }

  /// Those that got into each other's way come back at different times.
  private func pause(beforeAttempt attempt: Int) {
    let most = 1 << min(attempt, 6)
    usleep(UInt32.random(in: 0..<UInt32(most) * 1000))
  }
}

/// A thread, and its connection once it has one.
///
/// `@unchecked Sendable`: `connection` is touched on its queue only.
final class PostgresWorker: @unchecked Sendable {
  // A serial queue has a thread of its own while it is busy, so that one that blocks keeps no other waiting.
  let queue: DispatchQueue
  var connection: PostgresConnection?

  init(_ number: Int) { queue = DispatchQueue(label: "pasarela.postgres.\(number)") }

  func disconnect() async {
    await withCheckedContinuation { continuation in
      queue.async { [self] in
        connection = nil
        continuation.resume()
      }
    }
  }
}

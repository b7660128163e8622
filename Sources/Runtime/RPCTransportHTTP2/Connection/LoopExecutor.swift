internal import NIOCore
internal import RPCCore
internal import RPCWire
internal import Synchronization

/// Runs the tasks of one event loop's calls on that loop, in batches.
///
/// While a connection reads, the tasks it starts only queue up; `runPass` then runs them all and
/// lets every connection they answered on write once. A call that does not suspend is so answered in
/// the pass that read it, and many answers leave in one write.
final class LoopExecutor: TaskExecutor, @unchecked Sendable {
  // `@unchecked`: everything but `remote` is touched on the event loop only, which each entry from
  // elsewhere checks by `inEventLoop`.

  /// Jobs run in one pass at most, so that tasks which keep yielding cannot starve the sockets.
  static let jobsPerPassMax = 4096
  /// How long until a pass goes on that left jobs. Not at once: what an event loop has to execute by now, it
  /// executes before it looks at its sockets, again and again.
  static let pauseBetweenPasses = TimeAmount.microseconds(500)
  /// Rounds of jobs and writes in one pass at most: streams that write as fast as their client reads
  /// would otherwise keep the loop from its other sockets.
  static let roundsPerPassMax = 16

  /// Bytes of messages that handlers with streams are given in one pass.
  private static let decodedByteCountMaxPerPass = 1 << 20
  /// What a message counts for besides its own bytes: an empty one is some work, too.
  private static let byteCountPerMessage = 256

  let eventLoop: any EventLoop
  /// The timers of the loop's connections.
  let timers: LoopTimers
  /// The calls of the loop's connections, those that are gone too.
  // SAFETY: on the loop only, and counting calls nobody.
  @safe @exclusivity(unchecked) var callCounts = StartCounts()
  /// Where the loop's connections compress and decompress.
  let compression = CompressionScratch()
  /// Where connections of this loop gather what they write; its storage is used again and again.
  var writeBuffer = ByteBufferAllocator().buffer(capacity: 64 * 1024)

  private var jobs: [UnownedJob] = []
  private let unary = UnaryTasks()
  private var isInPass = false
  private var isPassScheduled = false
  private var isLaterPassScheduled = false
  /// What handlers with streams were given in this pass, and those of them that wait for the next.
  private var decodedByteCount = 0
  private var pausing: [CheckedContinuation<Void, Never>] = []
  /// So many of them, from the first on, have their turn in this pass.
  private var turnCount = 0
  private var unflushed: [any FlushableConnection] = []
  private let remote = Mutex(RemoteJobs())

  private struct RemoteJobs {
    var jobs: [UnownedJob] = []
    var isWakeupScheduled = false
  }

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    self.timers = LoopTimers(eventLoop: eventLoop)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    guard eventLoop.inEventLoop else {
      enqueueFromElsewhere(job)
      return
    }
    jobs.append(job)
    schedulePass()
  }

  /// Runs the handler of a unary call soon, in this pass if there is one.
  func run(_ call: ServerStream) {
    unary.add(call)
    unary.startIfNeeded(on: self)
  }

  /// Says that a pass will be run soon by whoever says so, so that none needs to be scheduled.
  func expectPass() { isPassScheduled = true }

  /// Runs `body` on the loop, and with it all that it waits for, while the caller waits wherever it is. What is
  /// thrown is what `body` throws; a caller that is cancelled cancels `body`.
  ///
  /// `body` is a task of its own, which prefers this executor to its end. With `withTaskExecutorPreference` the
  /// caller's task would prefer it for a while only, and optimised code does not always leave an executor
  /// when a preference ends: the caller would go on upon the loop, look as if it belonged there, and touch what is
  /// the loop's from elsewhere after its next wait.
  func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws
    -> Value
  {
    let task = Task(executorPreference: self, operation: body)
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Runs `action` on the loop: at once for whoever is there, else soon.
  func runNow(_ action: @escaping @Sendable () -> Void) {
    if eventLoop.inEventLoop { action() } else { eventLoop.execute(action) }
  }

  /// Remembers to flush the connection at the end of the pass, or soon if there is none.
  func flushSoon(_ connection: any FlushableConnection) {
    unflushed.append(connection)
    schedulePass()
  }

  /// Runs what is queued, and lets the connections write; repeats until nothing is left.
  func runPass() {
    eventLoop.assertInEventLoop()
    guard !isInPass else { return }
    isInPass = true
    isPassScheduled = false
    decodedByteCount = 0
    var ran = 0
    var rounds = 0
    repeat {
      ran += runJobs(atMost: Self.jobsPerPassMax - ran)
      flushConnections()
      rounds += 1
    } while (!jobs.isEmpty && ran < Self.jobsPerPassMax && rounds < Self.roundsPerPassMax)
      || !unflushed.isEmpty
    isInPass = false
    turnCount = 0
    // A write that fails reads what was left, within this pass; the pass it expects has just been.
    isPassScheduled = false
    if !jobs.isEmpty || !pausing.isEmpty { scheduleLaterPass() }
  }

  private func runJobs(atMost limit: Int) -> Int {
    var next = 0
    while next < limit {
      if next == jobs.count { resumePaused() }
      guard next < jobs.count else { break }
      // SAFETY: each job was given to us once and is run once, on the executor it was given to.
      unsafe jobs[next].runSynchronously(on: asUnownedTaskExecutor())
      next += 1
      // A task that has left calls waits for something, so that another must take them.
      unary.startIfNeeded(on: self)
    }
    if next == jobs.count {
      jobs.removeAll(keepingCapacity: true)
    } else {
      jobs.removeFirst(next)
    }
    return next
  }

  private func flushConnections() {
    var index = 0
    while index < unflushed.count {
      unflushed[index].flushNow()
      index += 1
    }
    unflushed.removeAll(keepingCapacity: true)
  }

  private func schedulePass() {
    guard !isInPass, !isPassScheduled else { return }
    isPassScheduled = true
    eventLoop.execute { [self] in runPass() }
  }

  private func scheduleLaterPass() {
    guard !isLaterPassScheduled else { return }
    isLaterPassScheduled = true
    eventLoop.scheduleTask(in: Self.pauseBetweenPasses) { [self] in
      isLaterPassScheduled = false
      turnCount = pausing.count
      runPass()
    }
  }

  /// Lets the next one go on that waits for a pass that is not long.
  private func resumePaused() {
    guard turnCount > 0, !isPassLong else { return }
    turnCount -= 1
    pausing.removeFirst().resume()
  }

  /// Whether handlers were given so much in this pass that the sockets should have their turn. What waits for
  /// them compressed may be a thousand times what came.
  var isPassLong: Bool { decodedByteCount > Self.decodedByteCountMaxPerPass }

  /// A handler was given a message.
  func noteDecoded(byteCount: Int) { decodedByteCount += byteCount + Self.byteCountPerMessage }

  /// Suspends a task of this loop until the sockets have had their turn. Called within a pass, by whoever runs
  /// in it; the pause begins at its end.
  func letSocketsIn() async {
    await withCheckedContinuation { pausing.append($0) }
  }

  private func enqueueFromElsewhere(_ job: UnownedJob) {
    let needsWakeup = remote.withLock { remote in
      remote.jobs.append(job)
      defer { remote.isWakeupScheduled = true }
      return !remote.isWakeupScheduled
    }
    if needsWakeup { eventLoop.execute { [self] in takeRemoteJobs() } }
  }

  private func takeRemoteJobs() {
    let taken = remote.withLock { remote in
      remote.isWakeupScheduled = false
      let taken = remote.jobs
      remote.jobs = []
      return taken
    }
    jobs.append(contentsOf: taken)
    runPass()
  }
}

/// A connection that gathers what it has to send and writes it when told.
protocol FlushableConnection: AnyObject {
  func flushNow()
}

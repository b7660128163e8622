internal import RPCCore
internal import Synchronization

/// A call with a stream as the client's end and the handler's end share it.
///
/// The machine says what an event leads to, and that is done here, outside the lock.
final class StreamedCall: Sendable {
  /// What the transport knows once the call is admitted.
  struct Admission: Sendable {
    var code: MethodHandler.Streaming
    var call: ServerCall
  }

  private struct Guarded: ~Copyable {
    var machine: StreamedCallMachine
    var admission: Admission?
    var tasks: [Task<Void, Never>] = []
  }

  let requestCame = Signal(conflict: "two tasks read the same requests")
  let requestTaken = Signal(conflict: "two tasks write the same requests")
  let headCame = Signal(conflict: "two tasks wait for the same response headers")
  let responseCame = Signal(conflict: "two tasks read the same responses")
  let responseTaken = Signal(conflict: "two tasks write the same responses")
  private let guarded: Mutex<Guarded>

  init(kind: CallKind, limits: StreamedCallMachine.Limits) {
    guarded = Mutex(Guarded(machine: StreamedCallMachine(kind: kind, limits: limits)))
  }

  /// Looks at the machine.
  func look<Answer: Sendable, Failure: Error>(
    _ body: (borrowing StreamedCallMachine) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    try guarded.withLock { guarded throws(Failure) in try body(guarded.machine) }
  }

  /// Tells the machine of an event and does what follows from it.
  func tell<Failure: Error>(
    _ event: (inout StreamedCallMachine) throws(Failure) -> StreamedCallMachine.OnEvent
  ) throws(Failure) {
    perform(
      try guarded.withLock { guarded throws(Failure) in try event(&guarded.machine) })
  }

  /// Takes a message, or learns why there is none.
  func take(
    _ event: (inout StreamedCallMachine) -> (
      taken: StreamedCallMachine.OnTake, StreamedCallMachine.OnEvent
    )
  ) -> StreamedCallMachine.OnTake {
    let (taken, action) = guarded.withLock { event(&$0.machine) }
    perform(action)
    return taken
  }

  /// The one request of a kind that has one, and the end of them; a fault in it ends the call.
  func begin(with request: [UInt8]?, endsThere: Bool) {
    do throws(RPCError) {
      if let request {
        try tell { machine throws(RPCError) in try machine.write(request) }
      }
      if endsThere { tell { $0.finish() } }
    } catch {
      tell { $0.fail(error) }
    }
  }

  /// Ends the call when its time is over.
  func end(at deadline: Deadline) {
    run { [weak self] in
      if await deadline.comes() { self?.tell { $0.fail(.deadlinePassed) } }
    }
  }

  /// The server has the method, and lets the call in.
  func admit(_ admission: Admission) {
    guarded.withLock { $0.admission = admission }
    tell { $0.admitted() }
  }

  /// Begins work that the end of the call cancels. It must not hold the call for longer than its end.
  func run(_ work: @escaping @Sendable () async -> Void) {
    // Not a child of anybody's task: the client does not wait for a handler that overstays its deadline, just as it
    // does not on the wire.
    let task = Task.detached { await work() }
    let hasEnded = guarded.withLock { guarded in
      guarded.tasks.append(task)
      return guarded.machine.hasEnded
    }
    if hasEnded { task.cancel() }
  }

  private func perform(_ action: StreamedCallMachine.OnEvent) {
    switch action {
    case .nothing: break
    case .startHandler: startHandler()
    case .requestCame: requestCame.raise()
    case .requestTaken: requestTaken.raise()
    case .headCame: headCame.raise()
    case .responseCame:
      headCame.raise()
      responseCame.raise()
    case .responseTaken: responseTaken.raise()
    case .ended: stop()
    }
  }

  private func startHandler() {
    guard let admission = guarded.withLock({ $0.admission }) else { return }
    run { [self] in
      let end = HandlerEnd(self, call: admission.call)
      var failure: RPCError?
      do {
        try await admission.code(RawRequests(end), RawResponses(end), admission.call)
      } catch {
        failure = RPCError(thrownByHandler: error)
      }
      let error = failure
      let outgoing = admission.call.outgoing ?? ServerCall.Outgoing()
      tell { $0.handlerEnded(error, outgoing: outgoing) }
    }
  }

  private func stop() {
    let tasks = guarded.withLock { guarded in
      guarded.admission = nil
      let tasks = guarded.tasks
      guarded.tasks = []
      return tasks
    }
    for task in tasks { task.cancel() }
    for signal in [requestCame, requestTaken, headCame, responseCame, responseTaken] {
      signal.raise()
    }
  }
}

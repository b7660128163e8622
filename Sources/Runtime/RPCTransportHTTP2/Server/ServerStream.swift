internal import HTTP2
internal import RPCCore
internal import RPCWire

/// One call on a server connection, from its accepted head to the end of its stream.
///
/// As a timer it is its own deadline.
final class ServerStream: WheelTimer, @unchecked Sendable {
  // `@unchecked`: touched on the connection's loop only. The handler's task prefers that loop's
  // executor, so its body runs there too; what it may do from elsewhere hops there first.

  let connection: ServerConnection
  let stream: HTTP2Stream
  let call: ServerCall
  let head: AcceptedHead
  // SAFETY: on the loop only, and its methods call nobody who might come back here.
  @safe @exclusivity(unchecked) var machine: ServerStreamMachine

  /// Where a handler with streams waits for its next request, and for room to write.
  private(set) var reader: Waiter?
  private(set) var writer: Waiter?

  /// Whether it has no room for its answer.
  var roomWait = RoomWait.none

  /// How messages are compressed that say that they are; nil before the response headers are sent.
  var sentEncoding: MessageEncoding?
  var responseCount = 0

  /// What the connection's counts have of this call.
  var countedAssembling = 0
  var countedWaiting = 0
  var countedTaken = 0
  let headByteCount: Int

  /// When the request that is not complete began, how fast it comes, and all bytes that have come.
  private(set) var requestSince: Moment
  var requestPace: Pace
  var arrivedByteCount = 0

  /// Bytes of messages, as they went by.
  var receivedByteCount = 0
  var sentByteCount = 0
  /// The observer has been told of the end.
  var isReported = false

  private var task: Task<Void, Never>?
  /// The request of a unary call until its handler has it.
  private var request: [UInt8] = []

  init(
    connection: ServerConnection, stream: HTTP2Stream, head: AcceptedHead, call: ServerCall,
    messageByteCountMax: Int
  ) {
    self.connection = connection
    self.stream = stream
    self.head = head
    self.call = call
    // As it came, and as metadata.
    self.headByteCount = 2 * stream.headers.listByteCount
    requestSince = Moment(call.startedAt)
    self.requestPace = Pace(at: call.startedAt, byteCount: 0)
    self.machine = ServerStreamMachine(
      kind: head.method.kind, messageByteCountMax: messageByteCountMax,
      allowsCompressed: head.requestEncoding != .identity)
  }

  /// The deadline has passed.
  override func fire() { connection.deadlinePassed(self) }

  /// There is a request that is not complete, and should come.
  var isRequestDue: Bool {
    !machine.hasEnded && !machine.isRequestComplete
      && (head.method.kind.hasOneRequest || machine.assemblingByteCount > 0)
  }

  /// The client has no credit for more, because the handler has requests to take.
  var isRequestHeldBack: Bool {
    !head.method.kind.hasOneRequest && machine.waitingByteCount > 0
  }

  /// Another request has begun, and it has the time that one may take.
  func requestBegan(at now: ContinuousClock.Instant) {
    requestSince = Moment(now)
    requestPace = Pace(at: now, byteCount: arrivedByteCount)
  }

  /// Starts the handler; it runs before the pass ends.
  func dispatch() {
    switch head.code {
    case .unary: dispatchUnary()
    case .streaming(let code): dispatch(code)
    }
  }

  private func dispatchUnary() {
    // Many heads may have been let in, and all be complete at once.
    guard connection.hasRoomForCall else { return connection.refuse(self) }
    guard case .message(let message) = machine.take() else { return }
    let request: [UInt8]
    do {
      request = try decoded(message)
    } catch {
      connection.fail(self, error, reset: nil)
      return
    }
    connection.hold(self, takenByteCount: request.count)
    connection.handlerStarted()
    self.request = request
    connection.executor.run(self)
  }

  /// The task takes the call: its code, and its request. Nil when the call is over already.
  func begin(in task: Task<Void, Never>?) -> (MethodHandler.Unary, [UInt8])? {
    defer { request = [] }
    guard machine.isHandling, case .unary(let code) = head.code else {
      end(.failure(CancellationError()))
      return nil
    }
    self.task = task
    return (code, request)
  }

  /// The handler has come to its end; the task is another call's from now on.
  func end(_ result: Result<[UInt8]?, any Error>) {
    task = nil
    connection.handlerFinished(self, result)
  }

  /// Its client has taken enough of what was answered before, and it may look whether there is room.
  func roomCame() {
    if let writer { writer.wake() } else { connection.executor.run(self) }
  }

  private func dispatch(_ code: @escaping MethodHandler.Streaming) {
    let loop = connection.executor.eventLoop
    reader = Waiter(eventLoop: loop, conflict: "two tasks read the same requests")
    writer = Waiter(eventLoop: loop, conflict: "two tasks write the same responses")
    connection.handlerStarted()
    task = Task(executorPreference: connection.executor) { [self] in
      do {
        try await code(RawRequests(self), RawResponses(self), call)
        await ended(.success(nil))
      } catch {
        await ended(.failure(error))
      }
    }
  }

  /// The handler with streams has come to its end, on whatever executor it preferred last.
  private func ended(_ result: Result<[UInt8]?, any Error>) async {
    let executor = connection.executor
    if case .failure(is StreamReset) = result {
      _ = try? await executor.run { [self] in await letWrittenLeave() }
    }
    executor.runNow { [self] in connection.handlerFinished(self, result) }
  }

  /// The call is over: whatever its handler waits for ends now.
  func cancelHandler() {
    // A unary call that waits for room is nobody's: no task has begun with it.
    let isParked = roomWait == .waiting && writer == nil
    connection.leaveRoomQueue(self)
    task?.cancel()
    reader?.wake(throwing: CancellationError())
    writer?.wake(throwing: CancellationError())
    if isParked {
      request = []
      end(.failure(CancellationError()))
    }
  }

  /// The bytes of a request, decompressed within the limit (Q19, Q21).
  func decoded(_ message: InboundMessage) throws(RPCError) -> [UInt8] {
    receivedByteCount += message.bytes.count
    connection.counts.messageReceived(at: connection.now)
    // Looking costs a lock, and most calls never have a compressed message.
    if head.requestEncoding != .identity { call.requestWasCompressed = message.isCompressed }
    guard message.isCompressed else { return message.bytes }
    return try connection.executor.compression.decompressRequest(
      message.bytes.span, from: head.requestEncoding, byteCountMax: connection.messageByteCountMax)
  }
}

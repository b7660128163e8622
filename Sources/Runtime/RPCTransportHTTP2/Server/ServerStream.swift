internal import HTTP2
internal import RPCCore
internal import RPCWire

/// One call on a server connection, from its accepted head to the end of its stream.
final class ServerStream: DeadlineHolder, @unchecked Sendable {
  // `@unchecked`: touched on the connection's loop only. The handler's task prefers that loop's
  // executor, so its body runs there too.

  let connection: ServerConnection
  let stream: HTTP2Stream
  let call: ServerCall
  let head: AcceptedHead
  let deadlineInstant: ContinuousClock.Instant
  var heapIndex = -1
  var machine: ServerStreamMachine
  private var task: Task<Void, Never>?

  init(
    connection: ServerConnection, stream: HTTP2Stream, head: AcceptedHead, call: ServerCall,
    messageByteCountMax: Int
  ) {
    self.connection = connection
    self.stream = stream
    self.head = head
    self.call = call
    // Without a deadline the value is never looked at, because the stream is in no heap.
    self.deadlineInstant = call.deadline?.instant ?? call.startedAt
    self.machine = ServerStreamMachine(messageByteCountMax: messageByteCountMax)
  }

  /// Starts the handler; it runs before the pass ends.
  func dispatch(_ request: [UInt8]) {
    connection.handlerStarted()
    task = Task(executorPreference: connection.executor) { [self] in
      let result: Result<[UInt8], any Error>
      do {
        result = .success(try await head.handler(request, call))
      } catch {
        result = .failure(error)
      }
      connection.handlerFinished(self, result)
    }
  }

  func cancelHandler() { task?.cancel() }
}

/// The head of a request that is to be handled, shared by all calls of a connection that say the same.
final class AcceptedHead: Sendable {
  let method: MethodDescriptor
  let handler: MethodHandler.Unary
  let timeout: Duration?
  let metadata: Metadata

  /// Nil when the method has no code, which `RequestHeadReader` has answered already.
  init?(_ head: RequestHead) {
    guard case .unary(let handler) = head.handler.invocation else { return nil }
    method = head.handler.descriptor
    self.handler = handler
    timeout = head.timeout
    metadata = head.metadata
  }
}

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
  let handler: MethodHandler.Unary
  let deadlineInstant: ContinuousClock.Instant
  var heapIndex = -1
  var machine: ServerStreamMachine
  private var task: Task<Void, Never>?

  init(
    connection: ServerConnection, stream: HTTP2Stream, call: ServerCall,
    handler: @escaping MethodHandler.Unary, messageByteCountMax: Int
  ) {
    self.connection = connection
    self.stream = stream
    self.call = call
    self.handler = handler
    // Without a deadline the value is never looked at, because the stream is in no heap.
    self.deadlineInstant = call.deadline?.instant ?? call.startedAt
    self.machine = ServerStreamMachine(messageByteCountMax: messageByteCountMax)
  }

  /// Starts the handler; it runs before the pass ends.
  func dispatch(_ request: [UInt8]) {
    connection.runningHandlerCount += 1
    task = Task(executorPreference: connection.executor) { [self] in
      let result: Result<[UInt8], any Error>
      do {
        result = .success(try await handler(request, call))
      } catch {
        result = .failure(error)
      }
      connection.handlerFinished(self, result)
    }
  }

  func cancelHandler() { task?.cancel() }
}

internal import NIOCore
internal import RPCCore
internal import RPCWire

extension ServerStream: RequestSource {
  func next() async throws -> [UInt8]? {
    let executor = connection.executor
    // A handler that finds the next message here does not let go of the loop.
    if executor.eventLoop.inEventLoop, executor.isPassLong { await executor.letSocketsIn() }
    while executor.eventLoop.inEventLoop {
      switch machine.take() {
      case .message(let message):
        connection.settle(self)
        do {
          let bytes = try decoded(message)
          executor.noteDecoded(byteCount: bytes.count)
          return bytes
        } catch {
          // The client broke the protocol, so what the handler makes of it does not matter.
          connection.fail(self, error, reset: .noError)
          throw error
        }
      case .end:
        if machine.hasEnded { throw CancellationError() }
        return nil
      case .fail(let error, let reset):
        connection.answer(self, error, reset: reset)
        throw error
      case .wait:
        try await reader?.wait()
      }
    }
    return try await executor.run { [self] in try await next() }
  }
}

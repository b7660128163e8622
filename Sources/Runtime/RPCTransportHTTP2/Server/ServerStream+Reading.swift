internal import NIOCore
internal import RPCCore
internal import RPCWire

extension ServerStream: RequestSource {
  func next() async throws -> [UInt8]? {
    guard connection.executor.eventLoop.inEventLoop else { return try await nextFromElsewhere() }
    // A handler that finds the next message here does not let go of the loop.
    if connection.executor.isPassLong { await connection.executor.letSocketsIn() }
    while true {
      switch machine.take() {
      case .message(let message):
        connection.settle(self)
        do {
          let bytes = try decoded(message)
          connection.executor.noteDecoded(byteCount: bytes.count)
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
  }

  private func nextFromElsewhere() async throws -> [UInt8]? {
    try await withTaskExecutorPreference(connection.executor) { try await nextOnLoop() }
  }

  // `@concurrent` leaves the caller's actor; then the task's preferred executor is where it runs.
  @concurrent
  private func nextOnLoop() async throws -> [UInt8]? { try await next() }
}

internal import NIOCore
internal import RPCCore
internal import RPCWire

extension ServerStream: RequestSource {
  /// Bytes of messages handed out one after the other before others have their turn.
  private static let decodedByteCountMax = 1 << 20

  func next() async throws -> [UInt8]? {
    guard connection.executor.eventLoop.inEventLoop else { return try await nextFromElsewhere() }
    // What waits here compressed may be a thousand times as much, and a handler that finds the next message there
    // does not let go of the loop.
    if decodedByteCount > Self.decodedByteCountMax {
      decodedByteCount = 0
      await connection.executor.letSocketsIn()
    }
    while true {
      switch machine.take() {
      case .message(let message):
        connection.settle(self)
        do {
          let bytes = try decoded(message)
          decodedByteCount += bytes.count
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
        decodedByteCount = 0
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

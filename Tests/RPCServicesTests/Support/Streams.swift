import RPCCore

/// Requests that a test sends.
final class RequestQueue: RequestSource {
  private let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)

  func send(_ message: [UInt8]) { continuation.yield(message) }

  func end() { continuation.finish() }

  func next() async throws -> [UInt8]? {
    var iterator = stream.makeAsyncIterator()
    let message = await iterator.next()
    try Task.checkCancellation()
    return message
  }
}

/// Responses that a test reads, and may hold back.
final class ResponseLog: ResponseSink {
  private let (stream, continuation) = AsyncThrowingStream.makeStream(of: [UInt8].self)
  private let (permits, permit) = AsyncStream.makeStream(of: Void.self)
  private let isHeldBack: Bool

  init(isHeldBack: Bool) {
    self.isHeldBack = isHeldBack
  }

  func takeOne() { permit.yield() }

  func end(_ error: (any Error)?) { continuation.finish(throwing: error) }

  func next() async throws -> [UInt8]? {
    var iterator = stream.makeAsyncIterator()
    return try await iterator.next()
  }

  func sendHeaders() async throws {}

  /// The message is with the reader at once; the writer goes on when there is room for another.
  func write(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) async throws {
    var message: [UInt8] = []
    try encode(&message)
    continuation.yield(message)
    guard isHeldBack else { return }
    var iterator = permits.makeAsyncIterator()
    _ = await iterator.next()
    try Task.checkCancellation()
  }
}

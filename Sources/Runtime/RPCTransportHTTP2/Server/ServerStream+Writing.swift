internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCWire

extension ServerStream: ResponseSink {
  func sendHeaders() async throws {
    guard connection.executor.eventLoop.inEventLoop else {
      return try await connection.executor.run { [self] in try await sendHeaders() }
    }
    try checkOpen()
    connection.sendHead(self, compressed: nil)
    connection.setNeedsFlush()
  }

  func write(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) async throws {
    guard try await hasRoomOnLoop() else {
      var message: [UInt8] = []
      try encode(&message)
      return try await writeFromElsewhere(message, compressed: compressed)
    }
    try append(compressed: compressed, encode)
    if connection.isFull(self) { try await writer?.wait() }
  }

  func writeAtOnce(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) throws -> Bool {
    guard connection.executor.eventLoop.inEventLoop, connection.hasRoomAtOnce(self) else {
      return false
    }
    try writer?.checkIsFree()
    try append(compressed: compressed, encode)
    return true
  }

  /// Waits until there is room. False when the task is not on the loop, or was not resumed there.
  private func hasRoomOnLoop() async throws -> Bool {
    let executor = connection.executor
    guard executor.eventLoop.inEventLoop else { return false }
    try writer?.checkIsFree()
    // Nobody wakes the writer of a call that is over, as a task that outlived its handler may be.
    try checkOpen()
    do {
      if connection.isFull(self) { try await writer?.wait() }
      while executor.eventLoop.inEventLoop {
        guard connection.makesWaitForRoom(self) else { return true }
        try await writer?.wait()
      }
      return false
    } catch {
      executor.runNow { [self] in connection.leaveRoomQueue(self) }
      throw error
    }
  }

  private func append(compressed: Bool?, _ encode: (inout [UInt8]) throws -> Void) throws {
    try checkOpen()
    guard responseCount == 0 || !head.method.kind.hasOneResponse else {
      throw RPCError(.internal, "the method has one response, there was another")
    }
    let isCompressed = connection.sendHead(self, compressed: compressed)
    if isCompressed {
      var message: [UInt8] = []
      try encode(&message)
      connection.send(self, message, isCompressed: true)
    } else {
      try connection.session.send(stream) { buffer throws in
        let start = buffer.count
        for _ in 0..<MessagePrefix.byteCount { buffer.append(0) }
        try encode(&buffer)
        let count = buffer.count - start - MessagePrefix.byteCount
        MessagePrefix(messageByteCount: count).write(to: &buffer, at: start)
        connection.noteSent(self, byteCount: count)
      }
    }
    responseCount += 1
    connection.setNeedsFlush()
  }

  /// Waits until what was written is with the client, or nobody waits for it: a reset drops what it overtakes (rule N6).
  func letWrittenLeave() async {
    await connection.executor.letSocketsIn()
    do {
      while stream.outboundByteCount > 0, !stream.isClosed {
        connection.session.announceSendable(stream, below: 0)
        try await writer?.wait()
      }
    } catch {
      // The call is over, and so is its stream.
    }
  }

  private func checkOpen() throws {
    guard machine.isHandling, !stream.isClosed else { throw CancellationError() }
  }

  private func writeFromElsewhere(_ message: [UInt8], compressed: Bool?) async throws {
    try await connection.executor.run { [self] in
      try await write(compressed: compressed) { $0.append(contentsOf: message) }
    }
  }
}

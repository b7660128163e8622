internal import HTTP2
internal import NIOCore
internal import RPCCore
internal import RPCWire
internal import Synchronization

/// The call as the caller of one with streams holds it. Its methods may be called from anywhere: they run on the
/// channel's loop, without a hop for a task that prefers the channel's executor. Each looks again after a wait whether
/// it is still there.
extension ClientCall: ClientStream {
  func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
    guard channel.eventLoop.inEventLoop else {
      return try await onLoop { call throws(RPCError) in
        try await call.write(message, compressed: compressed)
      }
    }
    try checkOpen()
    try append(message, compressed: compressed)
    sendRequests()
    try await waitForRoom()
  }

  private func waitForRoom() async throws(RPCError) {
    while channel.eventLoop.inEventLoop {
      guard !hasEnded, isFull else { return }
      try await wait(waiters?.writer)
    }
    try await onLoop { call throws(RPCError) in try await call.waitForRoom() }
  }

  func finish() {
    channel.run { [self] in
      guard !hasEnded, !requests.isEnded else { return }
      requests.end()
      sendRequests()
    }
  }

  func next() async throws(RPCError) -> [UInt8]? {
    while channel.eventLoop.inEventLoop {
      switch chosen?.machine.take() {
      case .message(let message):
        return try taken(message)
      case .end:
        if case .failure(let error) = result { throw error }
        return nil
      case .fail(let outcome):
        // A status that is not OK beats whatever else is wrong (R16).
        if case .failure(let error) = result { throw error }
        if !hasEnded { chosen?.finish(outcome) }
        if case .failure(let error) = outcome.result { throw error }
        return nil
      case .wait, nil:
        // No attempt was chosen of a call that ended before a server answered.
        if case .failure(let error) = result { throw error }
        if hasEnded { return nil }
        try await wait(waiters?.reader)
      }
    }
    return try await onLoop { call throws(RPCError) in try await call.next() }
  }

  func metadata() async throws(RPCError) -> Metadata {
    while channel.eventLoop.inEventLoop {
      if let chosen, chosen.machine.hasHead || !chosen.machine.metadata.isEmpty {
        return chosen.machine.metadata
      }
      switch result {
      case .failure(let error): throw error
      case .success: return chosen?.machine.metadata ?? [:]
      case nil: try await wait(waiters?.head)
      }
    }
    return try await onLoop { call throws(RPCError) in try await call.metadata() }
  }

  var trailingMetadata: Metadata { trailers.withLock { $0 } }

  var responseWasCompressed: Bool { tookCompressed.load(ordering: .relaxed) }

  func cancel() {
    if isOver.load(ordering: .acquiring) { return }
    channel.run { [self] in cancelled() }
  }

  // MARK: On the loop

  /// Bytes of requests that may wait before a writer has to.
  private static let waitingByteCountMax = 64 << 10

  private var isFull: Bool {
    guard let attempt = sending, let stream = attempt.stream else {
      return requests.byteCount >= Self.waitingByteCountMax
    }
    guard stream.outboundByteCount >= Self.waitingByteCountMax else { return false }
    attempt.connection?.announceRoom(on: stream, below: Self.waitingByteCountMax / 2)
    return true
  }

  private func checkOpen() throws(RPCError) {
    if requests.isEnded { throw RPCError(.internal, "a request was written after the last") }
    switch result {
    case nil: break
    case .failure(let error): throw error
    case .success: throw RPCError(.cancelled, "the server has ended the call with OK")
    }
  }

  private func taken(_ message: InboundMessage) throws(RPCError) -> [UInt8] {
    tookCompressed.store(message.isCompressed, ordering: .relaxed)
    guard let chosen else { return message.bytes }
    chosen.connection?.returnCredit(of: chosen)
    do throws(RPCError) {
      return try decoded(message, of: chosen)
    } catch {
      end(error)
      throw error
    }
  }

  /// Waits; a task that is cancelled meanwhile takes the call with it.
  private func wait(_ waiter: Waiter?) async throws(RPCError) {
    do {
      try await waiter?.wait()
    } catch let error as RPCError {
      throw error
    } catch {
      cancelled()
      if case .failure(let error) = result { throw error }
      throw .cancelled
    }
  }

  private func onLoop<Value: Sendable>(
    _ body: @escaping @Sendable (ClientCall) async throws(RPCError) -> Value
  ) async throws(RPCError) -> Value {
    do {
      return try await channel.executor.run { try await body(self) }
    } catch let error as RPCError {
      throw error
    } catch {
      throw .cancelled
    }
  }
}

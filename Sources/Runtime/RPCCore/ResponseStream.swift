/// Where a streaming handler writes its responses, one after the other.
///
/// `write` suspends while the client takes no more, so a handler needs no buffer of its own and no
/// slow client makes the server hold one. Use it from one task at a time.
public struct ResponseStream<Message: RPCMessage>: Sendable {
  private let raw: RawResponses

  /// Messages for `raw`.
  public init(_ raw: RawResponses) {
    self.raw = raw
  }

  /// Sends the response headers now, without waiting for a first message.
  ///
  /// - Throws: `CancellationError` when the call is over
  public func sendHeaders() async throws { try await raw.sendHeaders() }

  /// Sends a message; waits for room while much waits to be sent.
  ///
  /// - Parameter compressed: whether to compress it; nil for what the call says. Never compressed for
  ///   a client that does not accept it.
  /// - Throws: INTERNAL when the message cannot be encoded; `CancellationError` when the call is over
  public func write(_ message: Message, compressed: Bool? = nil) async throws {
    let isSent = try raw.writeAtOnce(compressed: compressed) {
      try message.encodeResponse(into: &$0)
    }
    if isSent { return }
    try await raw.write(compressed: compressed) { try message.encodeResponse(into: &$0) }
  }
}

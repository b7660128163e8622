/// A call with a stream as long as somebody holds it; then it is cancelled, unless it has ended.
final class OpenCall: Sendable {
  let stream: any ClientStream

  init(_ stream: any ClientStream) { self.stream = stream }

  deinit { stream.cancel() }

  /// Sends a request, see ``ClientStream/write(_:compressed:)``.
  func write(_ request: some RPCMessage, compressed: Bool?) async throws(RPCError) {
    try await stream.write(request.encodedRequest(), compressed: compressed)
  }

  /// The next response; one that cannot be read ends the call.
  func next<Response: RPCMessage>(
    _ type: Response.Type = Response.self
  ) async throws(RPCError) -> Response? {
    guard let bytes = try await stream.next() else { return nil }
    do {
      return try Response(response: bytes)
    } catch {
      stream.cancel()
      throw error
    }
  }
}

extension RPCMessage {
  /// The bytes of a request.
  @inlinable
  func encodedRequest() throws(RPCError) -> [UInt8] {
    var bytes: [UInt8] = []
    do {
      try serialize(into: &bytes)
    } catch {
      throw RPCError(.internal, "the request cannot be encoded")
    }
    return bytes
  }

  /// Decodes a response.
  @inlinable
  init(response bytes: [UInt8], trailingMetadata: Metadata = [:]) throws(RPCError) {
    do {
      // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
      self = unsafe try Self(serializedBytes: bytes.span.bytes)
    } catch {
      throw RPCError(
        .internal, "the response is not a valid message", metadata: trailingMetadata)
    }
  }
}

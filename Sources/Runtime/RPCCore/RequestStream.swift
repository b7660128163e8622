/// The requests of a streaming call, read with `for try await`.
///
/// Reading is what lets the client send more: who stops reading stops the client, at the transport's
/// window. Ends when the client has sent its last. Throws INTERNAL for bytes that are no message, the status
/// of a broken stream, and `CancellationError` when the call is over.
public struct RequestStream<Message: RPCMessage>: AsyncSequence, Sendable {
  /// A request.
  public typealias Element = Message
  /// A status, or `CancellationError`.
  public typealias Failure = any Error

  private let raw: RawRequests

  /// The messages of `raw`.
  public init(_ raw: RawRequests) {
    self.raw = raw
  }

  /// Reads on; there is one stream, so two iterators share it, and only one may read at a time.
  public func makeAsyncIterator() -> Iterator { Iterator(raw: raw.makeAsyncIterator()) }

  /// Reads the requests one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate var raw: RawRequests.Iterator

    /// The next request, nil after the last.
    public mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws -> Message? {
      guard let bytes = try await raw.next(isolation: actor) else { return nil }
      return try Message(request: bytes)
    }
  }
}

extension RPCMessage {
  /// Decodes a request; bytes that are no message are the client's defect, as gRPC has it (Q26).
  // Inlinable, as all between bytes and messages: generated code then knows the type and its codec.
  @inlinable
  init(request bytes: [UInt8]) throws(RPCError) {
    do {
      // SAFETY: bytes have no padding, so viewing them raw shows nothing uninitialised.
      self = unsafe try Self(serializedBytes: bytes.span.bytes)
    } catch {
      throw RPCError(.internal, "the request is not a valid message")
    }
  }

  /// Encodes a response behind what is in `buffer`.
  @inlinable
  func encodeResponse(into buffer: inout [UInt8]) throws(RPCError) {
    do {
      try serialize(into: &buffer)
    } catch {
      throw RPCError(.internal, "the response cannot be encoded")
    }
  }
}

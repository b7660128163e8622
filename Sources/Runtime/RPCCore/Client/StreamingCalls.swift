/// A call with one request and any number of responses, read with `for try await`.
///
/// It ends when the server has sent its last response; reading throws an ``RPCError`` when the call fails. Leaving the
/// loop does not cancel it, letting go of the call does. Responses are read by one task at a time.
public struct ServerStreamingCall<Response: RPCMessage>: AsyncSequence, Sendable {
  /// A response.
  public typealias Element = Response
  /// How the call has failed.
  public typealias Failure = RPCError

  private let call: OpenCall

  init(_ call: OpenCall) { self.call = call }

  /// A call over a stream that is there already: for transports of one's own, and fakes in tests.
  public init(_ stream: any ClientStream) { self.init(OpenCall(stream)) }

  /// A call that brings `responses` and then ends, with `error` or with OK: for fakes in tests.
  ///
  /// Without metadata, but for that of the error. A response that cannot be encoded is INTERNAL in its place.
  public init(of responses: [Response], failing error: RPCError? = nil) {
    self.init(ScriptedStream(encoding: responses, failing: error))
  }

  /// The server's response headers, as soon as they are there.
  public var metadata: Metadata {
    get async throws(RPCError) { try await call.stream.metadata() }
  }

  /// The server's trailers, once the last response has been read.
  public var trailingMetadata: Metadata { call.stream.trailingMetadata }

  /// Whether the response that was read last came compressed.
  public var responseWasCompressed: Bool { call.stream.responseWasCompressed }

  /// Ends the call, unless it has ended.
  public func cancel() { call.stream.cancel() }

  /// Reads on; there is one stream, so two iterators share it.
  public func makeAsyncIterator() -> ResponseIterator<Response> { ResponseIterator(call) }
}

/// A call with any number of requests and one response.
///
/// Letting go of the call cancels it. Requests are written by one task at a time.
public struct ClientStreamingCall<Request: RPCMessage, Response: RPCMessage>: Sendable {
  private let call: OpenCall

  init(_ call: OpenCall) { self.call = call }

  /// A call over a stream that is there already: for transports of one's own, and fakes in tests.
  public init(_ stream: any ClientStream) { self.init(OpenCall(stream)) }

  /// A call that takes every request, brings `responses` and then ends, with `error` or with OK: for fakes in tests.
  ///
  /// Without metadata, but for that of the error. A response that cannot be encoded is INTERNAL in its place. Without
  /// responses a call with an error has failed before its first request.
  public init(of responses: [Response], failing error: RPCError? = nil) {
    self.init(ScriptedStream(encoding: responses, failing: error))
  }

  /// Sends a request; returns when there is room for another.
  ///
  /// - Parameter compressed: whether to compress it; nil for what the call's options say
  /// - Throws: how the call has ended
  public func write(_ request: Request, compressed: Bool? = nil) async throws(RPCError) {
    try await call.write(request, compressed: compressed)
  }

  /// Says that there are no more requests, and waits for the response.
  ///
  /// - Throws: the status of a call that has failed; UNIMPLEMENTED when there was not exactly one response
  public func response() async throws(RPCError) -> ClientResponse<Response> {
    call.stream.finish()
    guard let message = try await call.next(Response.self) else {
      throw RPCError(.unimplemented, "the method has one response, there was none")
    }
    let wasCompressed = call.stream.responseWasCompressed
    let metadata = try await call.stream.metadata()
    guard try await call.stream.next() == nil else {
      call.stream.cancel()
      throw RPCError(.unimplemented, "the method has one response, there was another")
    }
    return ClientResponse(
      message: message, metadata: metadata, trailingMetadata: call.stream.trailingMetadata,
      wasCompressed: wasCompressed)
  }

  /// Ends the call, unless it has ended.
  public func cancel() { call.stream.cancel() }
}

/// A call with any number of requests and responses, interleaved as both sides please.
///
/// One task may write while another reads. Letting go of the call cancels it.
public struct BidirectionalStreamingCall<Request: RPCMessage, Response: RPCMessage>:
  AsyncSequence, Sendable
{
  /// A response.
  public typealias Element = Response
  /// How the call has failed.
  public typealias Failure = RPCError

  private let call: OpenCall

  init(_ call: OpenCall) { self.call = call }

  /// A call over a stream that is there already: for transports of one's own, and fakes in tests.
  public init(_ stream: any ClientStream) { self.init(OpenCall(stream)) }

  /// A call that takes every request, brings `responses` and then ends, with `error` or with OK: for fakes in tests.
  ///
  /// Without metadata, but for that of the error. A response that cannot be encoded is INTERNAL in its place. Without
  /// responses a call with an error has failed before its first request.
  public init(of responses: [Response], failing error: RPCError? = nil) {
    self.init(ScriptedStream(encoding: responses, failing: error))
  }

  /// Sends a request; returns when there is room for another.
  ///
  /// - Parameter compressed: whether to compress it; nil for what the call's options say
  /// - Throws: how the call has ended
  public func write(_ request: Request, compressed: Bool? = nil) async throws(RPCError) {
    try await call.write(request, compressed: compressed)
  }

  /// Says that there are no more requests.
  public func finish() { call.stream.finish() }

  /// The server's response headers, as soon as they are there.
  public var metadata: Metadata {
    get async throws(RPCError) { try await call.stream.metadata() }
  }

  /// The server's trailers, once the last response has been read.
  public var trailingMetadata: Metadata { call.stream.trailingMetadata }

  /// Whether the response that was read last came compressed.
  public var responseWasCompressed: Bool { call.stream.responseWasCompressed }

  /// Ends the call, unless it has ended.
  public func cancel() { call.stream.cancel() }

  /// Reads on; there is one stream, so two iterators share it.
  public func makeAsyncIterator() -> ResponseIterator<Response> { ResponseIterator(call) }
}

/// Reads the responses of a call one after the other.
public struct ResponseIterator<Response: RPCMessage>: AsyncIteratorProtocol {
  private let call: OpenCall

  init(_ call: OpenCall) { self.call = call }

  /// The next response, nil after the last.
  public mutating func next() async throws(RPCError) -> Response? { try await call.next() }

  /// The next response, nil after the last.
  public mutating func next(
    isolation actor: isolated (any Actor)?
  ) async throws(RPCError) -> Response? {
    try await call.next()
  }
}

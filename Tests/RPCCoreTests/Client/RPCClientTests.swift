import RPCCore
import Synchronization
import Testing

@Suite("Client")
struct RPCClientTests {
  /// Answers every call alike and keeps what it was asked.
  private final class Scripted: ClientTransport {
    struct Seen: Sendable {
      var method: MethodDescriptor
      var request: [UInt8]
      var metadata: Metadata
      var options: CallOptions
    }

    let answer: Result<RawResponse, RPCError>
    private let calls = Mutex<[Seen]>([])
    var seen: [Seen] { calls.withLock { $0 } }

    init(_ answer: Result<RawResponse, RPCError>) { self.answer = answer }

    func unary(
      _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
    ) async throws(RPCError) -> RawResponse {
      calls.withLock {
        $0.append(Seen(method: method, request: request, metadata: metadata, options: options))
      }
      return try answer.get()
    }

    func open(
      _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
    ) -> any ClientStream {
      calls.withLock {
        $0.append(
          Seen(method: method, request: request ?? [], metadata: metadata, options: options))
      }
      return TapedStream()
    }
  }

  private let method = SampleService.method("M")

  @Test("a call carries the message, both sets of metadata and the options")
  func callIsCarried() async throws {
    let transport = Scripted(
      .success(RawResponse(message: [9], metadata: ["h": "1"], trailingMetadata: ["t": "2"])))
    let client = RPCClient(transport: transport, metadata: ["k": "always"])
    let options = CallOptions(timeout: .seconds(3), maxResponseBytes: 10)
    let response = try await client.unary(
      method, Sample(4), metadata: ["k": "once"], options: options, as: Sample.self)
    #expect(response.message == Sample(9))
    #expect(response.metadata == ["h": "1"])
    #expect(response.trailingMetadata == ["t": "2"])
    let seen = try #require(transport.seen.first)
    #expect(transport.seen.count == 1)
    #expect(seen.method == method)
    #expect(seen.request == [4])
    #expect(seen.metadata == ["k": "always", "k": "once"])
    #expect(seen.options == options)
  }

  @Test("the transport's error is the caller's")
  func errorPasses() async {
    let error = RPCError(.aborted, "etag", details: [1], metadata: ["a": "b"])
    let client = RPCClient(transport: Scripted(.failure(error)))
    await #expect(throws: error) {
      _ = try await client.unary(method, Sample(1), as: Sample.self)
    }
  }

  @Test("a response that is no message is INTERNAL and keeps the trailers")
  func undecodableResponse() async {
    let raw = RawResponse(message: [1, 2], trailingMetadata: ["t": "2"])
    let client = RPCClient(transport: Scripted(.success(raw)))
    let expected = RPCError(
      .internal, "the response is not a valid message", metadata: ["t": "2"])
    await #expect(throws: expected) {
      _ = try await client.unary(method, Sample(1), as: Sample.self)
    }
  }

  @Test("a request that cannot be encoded never leaves")
  func unencodableRequest() async {
    let transport = Scripted(.success(RawResponse(message: [1])))
    await #expect(throws: RPCError(.internal, "the request cannot be encoded")) {
      _ = try await RPCClient(transport: transport).unary(method, Sample(.max), as: Sample.self)
    }
    #expect(transport.seen.isEmpty)
  }

  @Test("streams of each kind are opened with their metadata, and their request where there is one")
  func streamsAreOpened() throws {
    let transport = Scripted(.success(RawResponse(message: [])))
    let client = RPCClient(transport: transport, metadata: ["k": "always"])
    let options = CallOptions(timeout: .seconds(3))
    let down: ServerStreamingCall<Sample> = client.serverStreaming(
      method, Sample(4), metadata: ["k": "once"], options: options)
    let up: ClientStreamingCall<Sample, Sample> = client.clientStreaming(
      method, metadata: ["k": "once"], options: options)
    let both: BidirectionalStreamingCall<Sample, Sample> = client.bidirectionalStreaming(
      method, metadata: ["k": "once"], options: options)
    withExtendedLifetime((down, up, both)) {}
    #expect(transport.seen.map(\.request) == [[4], [], []])
    for seen in transport.seen {
      #expect(seen.method == method)
      #expect(seen.metadata == ["k": "always", "k": "once"])
      #expect(seen.options == options)
    }
  }

  @Test("a stream whose request cannot be encoded has failed, and never leaves")
  func unencodableStreamRequest() async {
    let transport = Scripted(.success(RawResponse(message: [])))
    let call: ServerStreamingCall<Sample> = RPCClient(transport: transport).serverStreaming(
      method, Sample.unencodable)
    let expected = RPCError(.internal, "the request cannot be encoded")
    await #expect(throws: expected) { for try await _ in call {} }
    await #expect(throws: expected) { _ = try await call.metadata }
    #expect(transport.seen.isEmpty)
  }
}

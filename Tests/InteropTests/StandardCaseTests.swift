import RPCCore
import RPCTransportHTTP2
import Testing

@testable import Interop

/// That our client's cases look: what stock servers pass, servers that do something else do not.
@Suite("a standard case")
struct StandardCaseTests {
  /// Answers every call with OK and nothing.
  private struct EmptyHanded: GrpcTesting.TestService {
    func emptyCall(
      _ request: GrpcTesting.Empty, call: ServerCall
    ) async throws -> GrpcTesting.Empty { .init() }

    func unaryCall(
      _ request: GrpcTesting.SimpleRequest, call: ServerCall
    ) async throws -> GrpcTesting.SimpleResponse { .init() }

    func streamingOutputCall(
      _ request: GrpcTesting.StreamingOutputCallRequest,
      responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, call: ServerCall
    ) async throws {}

    func streamingInputCall(
      _ requests: RequestStream<GrpcTesting.StreamingInputCallRequest>, call: ServerCall
    ) async throws -> GrpcTesting.StreamingInputCallResponse { .init() }

    func fullDuplexCall(
      _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
      responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, call: ServerCall
    ) async throws {}

    func halfDuplexCall(
      _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
      responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, call: ServerCall
    ) async throws {}

    func unimplementedCall(
      _ request: GrpcTesting.Empty, call: ServerCall
    ) async throws -> GrpcTesting.Empty { .init() }
  }

  /// Its cancellation may come before the answer of a server that answers at once, or behind it.
  private static let race = "cancel_after_begin"

  @Test("without the service passes only where nothing is wanted of it", .timeLimit(.minutes(2)))
  func noService() async throws {
    var passed = try await casesPassed(by: [])
    passed.remove(Self.race)
    #expect(passed == ["unimplemented_method", "unimplemented_service"])
  }

  @Test("on empty hands passes only where nothing is wanted", .timeLimit(.minutes(2)))
  func emptyHands() async throws {
    var passed = try await casesPassed(by: [EmptyHanded()])
    // Its call may take a millisecond, which a server that does not sleep may need as well.
    passed.remove("timeout_on_sleeping_server")
    passed.remove(Self.race)
    #expect(passed == ["empty_stream", "empty_unary", "unimplemented_service"])
  }

  @Test("has a name of its own")
  func names() {
    #expect(Set(StandardCase.all.map(\.name)).count == 21)
    #expect(StandardCase.all.count == 21)
  }

  /// The names of the cases that a server with these services passes.
  private func casesPassed(by services: [any RPCService]) async throws -> Set<String> {
    let listening = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [.tcp(host: "127.0.0.1", port: 0)])
    configuration.eventLoopCount = 1
    configuration.onListening = { listening.continuation.yield($0) }
    let server = HTTP2Server(configuration: configuration, router: Router(services: services))
    async let end: Void = server.run()
    var endpoints = listening.stream.makeAsyncIterator()
    let endpoint = try #require(await endpoints.next())
    let peer = Peer(target: ChannelTarget(endpoint), tls: nil)
    var passed: Set<String> = []
    for each in StandardCase.all where await each.verdict(on: peer).passed {
      passed.insert(each.name)
    }
    await peer.channel.close()
    server.shutdownGracefully()
    try await end
    return passed
  }
}

import CallSuite
import RPCCore
import RPCTransportInProcess
import Testing

@Suite("Calls in the same process")
struct InProcessTransportTests {
  @Test("what every transport owes", arguments: CallSuite.cases)
  func suite(_ expectation: CallCase) async {
    let world = CallWorld()
    let transport = InProcessTransport(router: world.router, limits: CallWorld.limits)
    let failure = await expectation.failure(on: transport, to: world)
    #expect(failure == nil)
  }

  @TaskLocal static var secret = "none"

  private struct Watching: RPCService {
    static let serviceName = "watch.Svc"
    static let method = MethodDescriptor(service: serviceName, method: "Watch", kind: .unary)

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          Self.method,
          .unary { _, call in
            Array("\(InProcessTransportTests.secret) \(call.peer.uris)".utf8)
          })
      ]
    }
  }

  @Test("the handler sees the peer it was given, and none of the caller's task-local values")
  func handlerIsApart() async throws {
    let peer = PeerIdentity(address: "test", secure: true, uris: ["spiffe://a/b"])
    let transport = InProcessTransport(router: Router(services: [Watching()]), peer: peer)
    let response = try await Self.$secret.withValue("caller's") {
      try await transport.unary(
        Watching.method, request: [], metadata: [:], options: CallOptions())
    }
    #expect(String(decoding: response.message, as: UTF8.self) == "none [\"spiffe://a/b\"]")
  }
}

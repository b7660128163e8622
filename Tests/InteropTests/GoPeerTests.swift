import RPCCore
import RPCTransportHTTP2
import Testing
import Trials

/// A default grpc-go peer sends a PING in each round trip while data flows. A fixed limit on PINGs would end its
/// connection every few hundred calls (attack T5).
@Suite(
  "the PINGs of grpc-go", .serialized, .timeLimit(.minutes(20)),
  .enabled(if: Peers.isFull, "the full run builds the peers in Go"))
struct GoPeerTests {
  private static let callCount = 100_000

  @Test("T5: a hundred thousand calls of its client keep one connection")
  func client() async throws {
    let built = try await Peers.run("Tools/Peers/build", ["go"], secondsMax: 600)
    #expect(built.status == 0, "\(built.said)")
    let server = try ServerProcess("pasarela-interop", ["server", "--listen", "127.0.0.1:0"])
    defer { server.kill() }
    let (status, said) = try await Peers.run(
      ".build-tools/peers/go/interop_client",
      ["--target", try server.waitUntilListening(), "--many-calls", "\(Self.callCount)"],
      secondsMax: 300)
    #expect(status == 0 && said == "PASS many_calls\n", "\(said)")
  }

  /// A connection that is dropped would take eight calls with it.
  @Test("T5: a hundred thousand calls to its server are all answered")
  func server() async throws {
    let built = try await Peers.run("Tools/Peers/build", ["go"], secondsMax: 600)
    #expect(built.status == 0, "\(built.said)")
    let server = try ServerProcess(at: Peers.program(".build-tools/peers/go/echo_server"), [])
    defer { server.kill() }
    let address = try #require(Endpoint(try server.waitUntilListening()))
    let channel = HTTP2Channel(endpoint: address)
    let echo = MethodDescriptor(service: "anchor.v1.Echo", method: "Unary", kind: .unary)
    let request: [UInt8] = [0x0A, 3, 7, 8, 9]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<Self.callCount / 8 {
            let answer = try await channel.unary(
              echo, request: request, metadata: [:], options: CallOptions(timeout: .seconds(30)))
            guard answer.message == request else { throw RPCError(.dataLoss, "another answer") }
          }
        }
      }
      try await group.waitForAll()
    }
    await channel.close()
  }
}

import RPCCore
import RPCTransportHTTP2
import Testing
import Trials

@Suite("pasarela-interop server")
struct InteropServerTests {
  @Test("says where it listens, echoes, and ends with 0 on SIGTERM though a client is still there")
  func life() async throws {
    let server = try ServerProcess("pasarela-interop", ["server", "--listen", "127.0.0.1:0"])
    defer { server.kill() }
    let line = try server.waitUntilListening()
    #expect(line.hasPrefix("127.0.0.1:"))
    let endpoint = try #require(Endpoint(line))
    let channel = HTTP2Channel(endpoint: endpoint)
    let request: [UInt8] = [0x0A, 3, 7, 8, 9]  // EchoRequest{payload: [7, 8, 9]}
    let answer = try await channel.unary(
      Self.method("Unary"), request: request, metadata: [:],
      options: CallOptions(timeout: .seconds(10)))
    #expect(answer.message == request)

    #expect(try server.stop() == 0)
    await channel.close()
  }

  private static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(service: "anchor.v1.Echo", method: name, kind: .unary)
  }
}

import CallSuite
import RPCCore
import RPCTransportHTTP2
import Testing

@Suite("connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
  private static let whoAmI = MethodDescriptor(
    service: "test.Peer", method: "WhoAmI", kind: .unary)

  /// Answers with the URI names of the caller's certificate.
  private struct PeerService: RPCService {
    static let serviceName = "test.Peer"

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          ConnectionTests.whoAmI,
          .unary { _, call in Array(call.peer.uris.joined(separator: " ").utf8) })
      ]
    }
  }

  private let router = Router(services: [PeerService()])

  private func ask(_ channel: HTTP2Channel) async throws(RPCError) -> String {
    let response = try await channel.unary(
      Self.whoAmI, request: [], metadata: [:], options: CallOptions(timeout: .seconds(20)))
    return String(decoding: response.message, as: UTF8.self)
  }

  @Test("a verified client certificate's URI names reach the handler")
  func identity() async throws {
    let certificates = try Certificates.shared.get()
    let names = try await ServerUnderTest.with(router, tls: certificates.server) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: certificates.client)
      let names = try await ask(channel)
      await channel.close()
      return names
    }
    #expect(names == Certificates.uri)
  }

  @Test("a client without a certificate is not let in")
  func noCertificate() async throws {
    let certificates = try Certificates.shared.get()
    try await ServerUnderTest.with(router, tls: certificates.server) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: certificates.anonymousClient)
      let error = await #expect(throws: RPCError.self) { try await ask(channel) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains(".cc") == false, "\(error as Any)")
      await channel.close()
    }
  }

  @Test("a server whose certificate names another host is not believed")
  func wrongName() async throws {
    let certificates = try Certificates.shared.get()
    try await ServerUnderTest.with(router, tls: certificates.server) { address, _ in
      var client = certificates.client
      client.serverName = "another.example"
      let channel = HTTP2Channel(endpoint: address, tls: client)
      let error = await #expect(throws: RPCError.self) { try await ask(channel) }
      #expect(error?.code == .unavailable)
      await channel.close()
    }
  }

  @Test("nobody there is UNAVAILABLE, at once, and says where")
  func nobody() async throws {
    // A port that was free a moment ago.
    let address = try await ServerUnderTest.with(router) { address, _ in address }
    let channel = HTTP2Channel(endpoint: address)
    let error = await #expect(throws: RPCError.self) { try await ask(channel) }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains(address.description) == true)
    await channel.close()
  }

  @Test("a channel finds a server that has come back")
  func comesBack() async throws {
    let channel = try await ServerUnderTest.with(router) { address, _ in
      let channel = HTTP2Channel(endpoint: address)
      let names = try await ask(channel)
      #expect(names == "")
      return (channel, address)
    }
    try await ServerUnderTest.with(router, on: channel.1) { _, _ in
      let names = try await ask(channel.0)
      #expect(names == "")
    }
    await channel.0.close()
  }

  @Test("more calls than the server allows at once wait their turn")
  func moreThanAllowed() async throws {
    let answers = try await ServerUnderTest.with(router) { address, _ in
      let channel = HTTP2Channel(endpoint: address)
      let answers = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<500 { group.addTask { try await ask(channel) } }
        return try await group.reduce(into: 0) { count, _ in count += 1 }
      }
      await channel.close()
      return answers
    }
    #expect(answers == 500)
  }

  @Test("after close every call is UNAVAILABLE")
  func afterClose() async throws {
    try await ServerUnderTest.with(router) { address, _ in
      let channel = HTTP2Channel(endpoint: address)
      let names = try await ask(channel)
      #expect(names == "")
      await channel.close()
      let error = await #expect(throws: RPCError.self) { try await ask(channel) }
      #expect(error?.code == .unavailable)
    }
  }
}

import CallSuite
import Foundation
import RPCCore
import RPCTransportHTTP2
import Testing

@Suite("what every transport owes, over HTTP/2", .timeLimit(.minutes(2)))
struct CallSuiteTests {
  @Test("on TCP", arguments: CallSuite.cases)
  func tcp(_ expectation: CallCase) async throws {
    try await expect(expectation, on: .tcp(host: "127.0.0.1", port: 0))
  }

  @Test("on a unix socket", arguments: CallSuite.cases)
  func unix(_ expectation: CallCase) async throws {
    let path = NSTemporaryDirectory() + "pasarela-\(UUID().uuidString.prefix(8)).sock"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await expect(expectation, on: .unix(path: path))
  }

  @Test("with mutual TLS", arguments: CallSuite.cases)
  func mutualTLS(_ expectation: CallCase) async throws {
    let certificates = try Certificates.shared.get()
    try await expect(
      expectation, on: .tcp(host: "127.0.0.1", port: 0), tls: certificates.server,
      client: certificates.client)
  }

  private func expect(
    _ expectation: CallCase, on endpoint: Endpoint, tls: TLSConfiguration? = nil,
    client: ClientTLSConfiguration? = nil
  ) async throws {
    let world = CallWorld()
    let configure = { (configuration: inout HTTP2Server.Configuration) in
      configuration.limits.calls.messageByteCountMax = CallWorld.limits.messageByteCountMax
    }
    let failure = try await ServerUnderTest.with(
      world.router, on: endpoint, tls: tls, configure: configure
    ) { address, _ in
      var configuration = HTTP2Channel.Configuration()
      configuration.maxResponseBytes = CallWorld.limits.messageByteCountMax
      let channel = HTTP2Channel(endpoint: address, tls: client, configuration: configuration)
      let failure = await expectation.failure(on: channel, to: world)
      await channel.close()
      return failure
    }
    #expect(failure == nil)
  }
}

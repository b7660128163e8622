import Domain
import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import Testing

/// What an operator gives to partners, so that they can check a policy without believing the answer.
@Suite("The key and the digest of the policy")
struct PolicyCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The policy as a running server tells it to a partner.
  private func told(_ server: RunningServer) async throws -> SafeMobility.AccessPolicy {
    let line = server.line()
    let address = String(line.dropFirst("listening on ".count))
    let endpoint = try #require(Endpoint(address), "\(line) \(server.said)")
    let channel = HTTP2Channel(endpoint: endpoint)
    let client = RPCClient(
      transport: channel,
      metadata: [
        "pasarela-dev-identity": "gt-mintrab/PARTNER_OFFICER",
        "pasarela-purpose": "H2_RECRUITMENT",
      ])
    let answer = await Result {
      try await SafeMobility.PartnerServiceClient(client).getPolicy(
        .with { $0.partner = "partners/gt-mintrab" }, options: CallOptions(timeout: .seconds(10)))
    }
    await channel.close()
    return try #require(try answer.get().policy)
  }

  @Test("the operator's commands print the key that has signed and what the digest is of")
  func printed() async throws {
    let store = ["--store", folder.store()]
    let server = try RunningServer(
      ["--listen", "127.0.0.1:0", "--insecure", "--load-reference"] + store, in: folder.url)
    let policy = try await told(server)
    // While the server goes on.
    let key = try RunningServer(["store", "policy-key"] + store, in: folder.url)
    #expect(try await key.exitCode() == 0, "\(key.said)")
    #expect(key.line() == policy.keyId)
    let digest = try RunningServer(
      at: URL(filePath: "/bin/sh"),
      ["-c", "\"$0\" policy | sha256sum", RunningServer.executable("pasarela-server").path],
      in: folder.url)
    #expect(try await digest.exitCode() == 0, "\(digest.said)")
    #expect(digest.line().hasPrefix(Hexadecimal.text(of: policy.policySha256)))
    #expect(policy.policySha256.count == 32)
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0, "\(server.said)")
  }
}

extension Result where Failure == any Error {
  /// What an asynchronous call comes to.
  fileprivate init(_ call: () async throws -> Success) async {
    do {
      self = .success(try await call())
    } catch {
      self = .failure(error)
    }
  }
}

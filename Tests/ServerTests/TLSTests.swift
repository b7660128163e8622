import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import Testing

@Suite("pasarela-server over TLS")
struct TLSTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes certificates as the development tool does.
  private func makeCertificates(_ name: String = "pki") async throws {
    let tool = try RunningServer(
      [
        "--out", folder.path(name), "--days", "1", "--server-name", "localhost",
        "--identity", "us-prm/PROGRAM_ADMIN", "--identity", "unhcr/SCREENER",
      ], in: folder.url, program: "DevCertificates")
    #expect(try await tool.exitCode() == 0, "\(tool.said)")
  }

  private func serve() throws -> (RunningServer, Endpoint) {
    let server = try RunningServer(
      [
        "--listen", "localhost:0", "--store", folder.store(), "--load-reference",
        "--tls-cert", folder.path("pki/server.pem"), "--tls-key",
        folder.path("pki/server.key.pem"), "--client-ca", folder.path("pki/ca.pem"),
      ], in: folder.url)
    let line = server.line()
    let text = String(line.dropFirst("listening on ".count))
    return (server, try #require(Endpoint(text), "\(line) \(server.said)"))
  }

  /// Lists the partners over TLS, and gives the status of the answer.
  private func list(
    _ endpoint: Endpoint, as identity: String?, pki: String = "pki", metadata: Metadata
  ) async -> StatusCode {
    let tls = ClientTLSConfiguration(
      trustRootsPath: folder.path("pki/ca.pem"),
      certificatePath: identity.map { folder.path("\(pki)/\($0).pem") },
      privateKeyPath: identity.map { folder.path("\(pki)/\($0).key.pem") }, serverName: "localhost")
    let channel = HTTP2Channel(endpoint: endpoint, tls: tls)
    let partners = SafeMobility.PartnerServiceClient(RPCClient(transport: channel))
    var code = StatusCode.ok
    do throws(RPCError) {
      _ = try await partners.listPartners(
        .init(), metadata: metadata, options: CallOptions(timeout: .seconds(5)))
    } catch {
      code = error.code
    }
    await channel.close()
    return code
  }

  @Test("the certificate says who is calling, and nothing else does")
  func identity() async throws {
    try await makeCertificates()
    try await makeCertificates("other")
    let (server, endpoint) = try serve()
    let purpose: Metadata = ["pasarela-purpose": "PROGRAM_ADMINISTRATION"]
    let claimed: Metadata = [
      "pasarela-purpose": "PROGRAM_ADMINISTRATION",
      "pasarela-dev-identity": "us-prm/PROGRAM_ADMIN",
    ]
    #expect(await list(endpoint, as: "us-prm.PROGRAM_ADMIN", metadata: purpose) == .ok)
    #expect(await list(endpoint, as: "unhcr.SCREENER", metadata: purpose) == .permissionDenied)
    #expect(await list(endpoint, as: "unhcr.SCREENER", metadata: claimed) == .unauthenticated)
    // Without a certificate, or with one of another authority, there is no connection at all.
    let refused: Set<StatusCode> = [.unavailable, .deadlineExceeded]
    #expect(refused.contains(await list(endpoint, as: nil, metadata: purpose)))
    #expect(
      refused.contains(
        await list(endpoint, as: "us-prm.PROGRAM_ADMIN", pki: "other", metadata: purpose)))
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0, "\(server.said)")
  }
}

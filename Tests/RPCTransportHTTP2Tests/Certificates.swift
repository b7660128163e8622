import Foundation
import RPCTransportHTTP2

/// A certificate authority, a server and a client, made once by the openssl command.
struct Certificates: Sendable {
  let server: TLSConfiguration
  let client: ClientTLSConfiguration
  /// The same client without a certificate of its own.
  var anonymousClient: ClientTLSConfiguration {
    ClientTLSConfiguration(trustRootsPath: client.trustRootsPath, serverName: client.serverName)
  }

  /// The client's URI name.
  static let uri = "spiffe://pasarela.dev/partner/us-rsc/role/PARTNER_OFFICER"

  static let shared = Result { try Certificates() }

  /// Where all of them are.
  static let folder =
    NSTemporaryDirectory() + "pasarela-certificates-\(UUID().uuidString)"

  private init() throws {
    let folder = Self.folder
    // Made once for the whole run, so that only the run's end can clear them away.
    atexit { try? FileManager.default.removeItem(atPath: Certificates.folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func path(_ name: String) -> String { "\(folder)/\(name)" }
    try Self.makeAuthority("ca", folder)
    try Self.issue("server", "DNS:localhost", folder)
    try Self.issue("client", "URI:\(Self.uri)", folder)
    server = TLSConfiguration(
      certificatePath: path("server.pem"), privateKeyPath: path("server.key"),
      clientCAPath: path("ca.pem"))
    client = ClientTLSConfiguration(
      trustRootsPath: path("ca.pem"), certificatePath: path("client.pem"),
      privateKeyPath: path("client.key"), serverName: "localhost")
  }

  /// Makes an authority, NAME.pem and NAME.key in the folder.
  static func makeAuthority(_ name: String, _ folder: String) throws {
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "1", "-subj", "/CN=\(name)", "-keyout", "\(folder)/\(name).key", "-out",
      "\(folder)/\(name).pem")
  }

  /// Makes NAME.pem and NAME.key in the folder, signed by AUTHORITY.pem there.
  static func issue(
    _ name: String, _ names: String, _ folder: String, authority: String = "ca"
  ) throws {
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
      "/CN=\(name)", "-addext", "subjectAltName=\(names)", "-keyout", "\(folder)/\(name).key",
      "-out", "\(folder)/\(name).csr")
    try openssl(
      "x509", "-req", "-days", "1", "-copy_extensions", "copy", "-CA",
      "\(folder)/\(authority).pem", "-CAkey", "\(folder)/\(authority).key", "-CAcreateserial",
      "-in", "\(folder)/\(name).csr", "-out",
      "\(folder)/\(name).pem")
  }

  private static func openssl(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw OpenSSLFailure(arguments: arguments) }
  }

  struct OpenSSLFailure: Error {
    let arguments: [String]
  }
}

import Foundation
import RPCTransportHTTP2

/// A server's certificate that signs itself, made once by the openssl command.
struct AttackCertificates: Sendable {
  let server: TLSConfiguration
  let client: ClientTLSConfiguration

  static let shared = Result { try AttackCertificates() }

  private static let folder = NSTemporaryDirectory() + "pasarela-attacks-\(UUID().uuidString)"

  private init() throws {
    let folder = Self.folder
    // Made once for the whole run, so that only the run's end can clear them away.
    atexit { try? FileManager.default.removeItem(atPath: AttackCertificates.folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
      "1",
      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
      "\(folder)/key.pem", "-out", "\(folder)/certificate.pem",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw AttackFailure("openssl made no certificate") }
    server = TLSConfiguration(
      certificatePath: "\(folder)/certificate.pem", privateKeyPath: "\(folder)/key.pem")
    client = ClientTLSConfiguration(
      trustRootsPath: "\(folder)/certificate.pem", serverName: "localhost")
  }
}

package import ArgumentParser
import Foundation

/// Makes the certificates a developer needs to run the server and its partners with mutual TLS: an
/// authority, the server's certificate, and one client certificate per identity.
///
/// For development only: the authority's key lies beside what it signed.
@main
package struct DevCertificates: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "DevCertificates",
    abstract: "Makes a development CA, a server certificate and client certificates.")

  @Option(help: "The folder for the PEM files; made if need be.")
  package var out: String

  @Option(help: "How many days the certificates are valid, 1 to 90.")
  package var days = 7

  @Option(help: "A DNS name or an IP address the server answers to; may be repeated.")
  package var serverName: [String] = ["localhost"]

  @Option(help: "PARTNER/ROLE of a caller, as in unhcr/SCREENER; may be repeated.")
  package var identity: [PartnerIdentity] = []

  @Flag(help: "Replace files that are there already.")
  package var force = false

  package init() {}

  package func validate() throws {
    guard (1...90).contains(days) else { throw ValidationError("--days is from 1 to 90") }
    guard Set(identity).count == identity.count else {
      throw ValidationError("an --identity is given twice")
    }
  }

  package func run() throws {
    let authority = try CertificateAuthority(now: Date(), days: days)
    let server = try authority.issueServer(names: serverName.map(ServerName.init))
    var files =
      try [PEMFile(name: "ca.pem", text: authority.pem)]
      + [PEMFile(name: "ca.key.pem", text: authority.keyPEM)]
      + server.files(named: "server")
    for one in identity { files += try authority.issueClient(one).files(named: one.fileName) }
    try PEMFile.write(files, to: URL(filePath: out, directoryHint: .isDirectory), replacing: force)
    for file in files { print(URL(filePath: out).appending(path: file.name).path) }
  }
}

extension PartnerIdentity: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

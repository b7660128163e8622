import Foundation

@testable import DevCertificates

/// An authority and what it signed, as the development tool makes them, of any time.
struct TestCertificates {
  let folder: String

  /// - Parameters:
  ///   - start: the time at which they are made; they hold from five minutes before
  ///   - days: how long they hold
  ///   - name: what the server is called, besides the addresses of loopback
  init(
    in folder: String, from start: Date = Date(), days: Int = 30, name: String = "localhost"
  ) throws {
    self.folder = folder
    let authority = try CertificateAuthority(now: start, days: days)
    var files = try [PEMFile(name: "ca.pem", text: authority.pem)]
    files += try authority.issueServer(names: [ServerName(name)]).files(named: "server")
    if let caller = PartnerIdentity("unhcr/SCREENER") {
      files += try authority.issueClient(caller).files(named: "me")
    }
    try PEMFile.write(files, to: URL(filePath: folder), replacing: false)
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }
}

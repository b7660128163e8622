import ArgumentParser
import DevCertificates
import Foundation
import Testing

@Suite("Development certificates")
struct DevCertificatesTests {
  /// Runs the command into a new folder, lets `check` look, and removes the folder.
  func inFolder(_ arguments: [String], _ check: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "certificates-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try run(folder, arguments)
    try check(folder)
  }

  func run(_ folder: URL, _ arguments: [String]) throws {
    try DevCertificates.parse(["--out", folder.path] + arguments).run()
  }

  /// What openssl says, with its exit code: a judge that shares no code with us.
  func openssl(_ arguments: [String]) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: text, as: UTF8.self))
  }

  @Test("openssl verifies server and client against the CA, each for its own purpose only")
  func chain() throws {
    try inFolder(["--identity", "unhcr/SCREENER"]) { folder in
      let authority = folder.appending(path: "ca.pem").path
      for (file, purpose, other) in [
        ("server.pem", "sslserver", "sslclient"), ("unhcr.SCREENER.pem", "sslclient", "sslserver"),
      ] {
        let leaf = folder.appending(path: file).path
        let verify = ["verify", "-x509_strict", "-CAfile", authority]
        let right = try openssl(verify + ["-purpose", purpose, leaf])
        #expect(right.code == 0, "\(file): \(right.text)")
        let wrong = try openssl(verify + ["-purpose", other, leaf])
        #expect(wrong.code != 0, "\(file) also passes for \(other)")
      }
    }
  }

  @Test(
    "the server answers to the names it was given and to loopback, and to no other",
    arguments: [
      ("-verify_hostname", "localhost", true), ("-verify_hostname", "oms.example", true),
      ("-verify_hostname", "other.example", false), ("-verify_ip", "127.0.0.1", true),
      ("-verify_ip", "::1", true), ("-verify_ip", "10.0.0.7", true),
      ("-verify_ip", "10.0.0.8", false),
    ])
  func serverNames(option: String, name: String, passes: Bool) throws {
    let names = ["localhost", "oms.example", "10.0.0.7"].flatMap { ["--server-name", $0] }
    try inFolder(names) { folder in
      let answer = try openssl([
        "verify", "-CAfile", folder.appending(path: "ca.pem").path, option, name,
        folder.appending(path: "server.pem").path,
      ])
      #expect((answer.code == 0) == passes, "\(answer.text)")
    }
  }

  @Test("a client certificate has one URI, the identity, and ends after the days asked for")
  func clientIdentity() throws {
    try inFolder(["--days", "3", "--identity", "us-rsc/PARTNER_OFFICER"]) { folder in
      let path = folder.appending(path: "us-rsc.PARTNER_OFFICER.pem").path
      let names = try openssl(["x509", "-in", path, "-noout", "-ext", "subjectAltName"]).text
      #expect(
        names.split(separator: "\n").last?.split(separator: " ").joined()
          == "URI:spiffe://pasarela.dev/partner/us-rsc/role/PARTNER_OFFICER")
      let day = 86_400
      #expect(try openssl(["x509", "-in", path, "-checkend", "\(3 * day - 600)"]).code == 0)
      #expect(try openssl(["x509", "-in", path, "-checkend", "\(3 * day + 600)"]).code != 0)
    }
  }

  @Test("each key is P-256, belongs to its certificate, and is its owner's alone")
  func keys() throws {
    try inFolder(["--identity", "unhcr/SCREENER"]) { folder in
      for name in ["ca", "server", "unhcr.SCREENER"] {
        let key = folder.appending(path: "\(name).key.pem").path
        let certificate = folder.appending(path: "\(name).pem").path
        let ofKey = try openssl(["pkey", "-in", key, "-pubout"])
        let ofCertificate = try openssl(["x509", "-in", certificate, "-noout", "-pubkey"])
        #expect(ofKey.code == 0 && ofKey.text == ofCertificate.text)
        #expect(try openssl(["pkey", "-in", key, "-noout", "-text"]).text.contains("P-256"))
        for path in [key, certificate] {
          let attributes = try FileManager.default.attributesOfItem(atPath: path)
          #expect(attributes[.posixPermissions] as? Int == 0o600, "\(path)")
        }
      }
    }
  }

  @Test("files that are there stay untouched without --force, and are replaced with it")
  func force() throws {
    try inFolder([]) { folder in
      let authority = folder.appending(path: "ca.pem")
      let first = try Data(contentsOf: authority)
      #expect(throws: PEMFile.Failure.self) { try run(folder, ["--identity", "unhcr/SCREENER"]) }
      #expect(try Data(contentsOf: authority) == first)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
      try run(folder, ["--force"])
      #expect(try Data(contentsOf: authority) != first)
    }
  }

  @Test(
    "identities, names and days of another form are refused",
    arguments: [
      ["--identity", "unhcr"], ["--identity", "UNHCR/SCREENER"], ["--identity", "unhcr/screener"],
      ["--identity", "unhcr/SCREENER/"], ["--identity", "a b/SCREENER"], ["--identity", "/A"],
      ["--identity", "a/A\n"], ["--identity", "a/A", "--identity", "a/A"],
      ["--days", "0"], ["--days", "91"], ["--server-name", "a b"], ["--server-name", ""],
    ])
  func refused(_ arguments: [String]) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    #expect(throws: (any Error).self) { try run(folder, arguments) }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test("an identity part has at most 63 characters", arguments: [(63, true), (64, false)])
  func length(count: Int, isAllowed: Bool) {
    let partner = String(repeating: "a", count: count)
    let role = String(repeating: "A", count: count)
    #expect((PartnerIdentity("\(partner)/A") != nil) == isAllowed)
    #expect((PartnerIdentity("a/\(role)") != nil) == isAllowed)
  }
}

import Foundation
import Protobuf
import RPCTransportHTTP2
import SafeMobilityClient
import Testing
import Trials

@testable import CLI

/// What the doctor finds at oneself, and how it shows what it found.
@Suite("The doctor at oneself") struct DoctorIdentityTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func look(_ certificate: String, _ key: String, at now: Date = Date()) -> Finding {
    IdentityCheck(
      identity: .certificate(
        ClientTLSConfiguration(certificatePath: certificate, privateKeyPath: key)), now: now
    ).look()
  }

  @Test("a certificate and a key that are one's own, and each way in which they are not")
  func identity() throws {
    let pki = try TestCertificates(in: folder.file("pki"))
    let other = try TestCertificates(in: folder.file("other"))
    let (certificate, key) = (pki.path("me.pem"), pki.path("me.key.pem"))
    #expect(look(certificate, key).verdict == .ok)
    #expect(
      look(certificate, other.path("me.key.pem")).found.contains("is not that of the certificate"))
    #expect(look(certificate, other.path("me.key.pem")).verdict == .wrong)
    #expect(look(folder.file("none.pem"), key).found == "\(folder.file("none.pem")) cannot be read")
    #expect(look(key, key).found.contains("has no certificate in PEM"))
    #expect(look(certificate, certificate).found.contains("has no private key in PEM"))
    #expect(
      look(pki.path("server.pem"), pki.path("server.key.pem")).found.contains("names no partner"))
    let late = look(certificate, key, at: Date().addingTimeInterval(40 * 86_400))
    #expect(late.verdict == .wrong)
    #expect(late.found.hasPrefix("your certificate ended at "))
    let early = look(certificate, key, at: Date().addingTimeInterval(-86_400))
    #expect(early.verdict == .wrong)
    #expect(early.found.hasPrefix("your certificate begins only at "))
    let soon = look(certificate, key, at: Date().addingTimeInterval(28 * 86_400))
    #expect(soon.verdict == .warning)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
    let open = look(certificate, key)
    #expect(open.verdict == .warning)
    #expect(open.found.contains("(mode 0640)"))
    #expect(open.next?.hasPrefix("chmod 600 \(key)") ?? false)
  }

  @Test("a context that cannot be used is what is wrong")
  func context() async throws {
    let path = folder.file("contexts.json")
    try Data(#"{"version": 1, "contexts": {}}"#.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    var world = CommandWorld()
    world.environment = ["PASARELA_CONFIG": path]
    let run = await world.run("doctor")
    #expect(run.code == 1)
    #expect(run.output.hasPrefix("✗ wrong    context   \(path) can be read or changed by others"))
    #expect(run.output.contains("\n                     Next: see that it says what you wrote"))
  }

  @Test("a schema that differs in one field is told from ours by just that field")
  func schema() throws {
    let compiled = try ToolSchema.compiled()
    let same = try #require(SchemaDifference(told: compiled, compiled: compiled))
    #expect(same.onlyHere.isEmpty && same.onlyThere.isEmpty)
    #expect(same.sameCount > 500)
    var files = compiled.types.files
    let file = try #require(files.firstIndex { $0.name == "safemobility/v1/office.proto" })
    let message = try #require(files[file].messageType.firstIndex { $0.name == "Office" })
    let field = try #require(
      files[file].messageType[message].field.firstIndex { $0.name == "display_name" })
    files[file].messageType[message].field[field].name = "title"
    let told = try ToolSchema(files, services: compiled.services)
    let difference = try #require(SchemaDifference(told: told, compiled: compiled))
    #expect(difference.onlyThere == ["safemobility.v1.Office.title, string = 6"])
    #expect(difference.onlyHere == ["safemobility.v1.Office.display_name, string = 6"])
    let foreign = try ToolSchema(files, services: ["grpc.health.v1.Health"])
    #expect(SchemaDifference(told: foreign, compiled: compiled) == nil)
  }

  @Test("text is broken between words, and words and marks say the same without colours")
  func text() {
    let report = DoctorReport(findings: [
      Finding(check: "tls", verdict: .wrong, found: "one two three four five six", next: "seven"),
      Finding(check: "health", verdict: .ok, found: "SERVING\u{1B}[2J"),
    ])
    #expect(
      report.lines(widthMax: 46, isStyled: false) == [
        "✗ wrong    tls       one two three four five",
        "                     six",
        "                     Next: seven",
        "✓ ok       health    SERVING\u{FFFD}[2J",
      ])
    #expect(
      report.lines(widthMax: nil, isStyled: true)[0]
        == "\u{1B}[31m✗ wrong  \u{1B}[0m  tls       one two three four five six")
  }
}

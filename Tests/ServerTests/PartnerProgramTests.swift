import Foundation
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Clients/Python/partner.py at work over mutual TLS, while its server goes and comes back.
@Suite("The partner's program on stock gRPC", .serialized, .timeLimit(.minutes(3)))
struct PartnerProgramTests {
  /// How the server goes, and when it is back by the programme's clock.
  struct Break: Sendable {
    var signal: Int32
    /// Nil after an end by force.
    var exitCode: Int32?
    var returnTime = "2023-06-12T16:00:00Z"
    /// How often the partner lists in all.
    var listCount = 1
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "decides what it has listed, and after a break once each what it hears then",
    arguments: [
      Break(signal: SIGTERM, exitCode: 0),
      Break(signal: SIGKILL),
      // Ten days on the resume token is too old, so it lists again.
      Break(signal: SIGKILL, returnTime: "2023-06-22T16:00:00Z", listCount: 2),
    ])
  func day(_ pause: Break) async throws {
    let world = try await World(.sqlite)
    try await world.send(try await world.referralDraft(seed: 1))
    let later = try await world.referralDraft(seed: 2)
    let store = try #require(world.storePath)
    try await world.store.close()
    try await prepare(store)

    let first = try serve(store, port: "0", from: "2023-06-12T16:00:00Z")
    let address = try self.address(of: first)
    let partner = try startPartner(address)
    let watchdog = Task {
      // Else a partner that waits for ever would leave the test waiting for its next line.
      try await Task.sleep(for: .seconds(90))
      partner.signal(SIGKILL)
    }
    defer { watchdog.cancel() }
    var lines = read(partner, until: "is DECIDED")
    first.signal(pause.signal)
    #expect(try await first.exitCode() == pause.exitCode, "\(first.said)")

    let port = try #require(address.split(separator: ":").last)
    let second = try serve(store, port: "\(port)", from: pause.returnTime)
    #expect(try self.address(of: second) == address)
    let office = try RunningServer(
      ["referral", "send", later.name, "--target", address, "--end-user", "Desk 4"]
        + identity("--tls-", "unhcr.CASEWORKER"), in: folder.url, program: "pasarela")
    #expect(try await office.exitCode() == 0, "\(office.said)")
    lines += read(partner, until: nil)
    #expect(try await partner.exitCode() == 0, "\(lines) \(partner.said)")

    #expect(lines.count(where: { $0 == "listing" }) == pause.listCount, "\(lines)")
    #expect(lines.contains { $0.contains("the watch broke: UNAVAILABLE") }, "\(lines)")
    #expect(!lines.contains { $0.contains("left as it is") }, "\(lines)")
    for state in ["RECEIVED", "ACCEPTED", "IN_PROCESS", "DECIDED"] {
      let moved = lines.filter { $0.hasSuffix(" is \(state)") }
      #expect(moved.count == 2 && Set(moved).count == 2, "\(lines)")
    }
    second.signal(SIGTERM)
    #expect(try await second.exitCode() == 0, "\(second.said)")
    withExtendedLifetime(world) {}
  }

  /// The store's key, certificates for everybody, and the partner's stubs.
  private func prepare(_ store: String) async throws {
    try Data(0..<32).write(to: folder.url.appending(path: "key"))
    // The world's clock stands in 2023: this marks the store as a rehearsal's, which begins there.
    try "\(Int64.min)\n".write(toFile: "\(store).rehearsal", atomically: true, encoding: .utf8)
    let certificates = try RunningServer(
      [
        "--out", folder.path("pki"), "--days", "1", "--server-name", "127.0.0.1", "--identity",
        "gt-mintrab/PARTNER_OFFICER", "--identity", "unhcr/CASEWORKER",
      ], in: folder.url, program: "DevCertificates")
    _ = read(certificates, until: nil)
    #expect(try await certificates.exitCode() == 0, "\(certificates.said)")

    let schema = StockPython.top.appending(path: "Proto")
    let stubs = folder.url.appending(path: "stubs")
    try FileManager.default.createDirectory(at: stubs, withIntermediateDirectories: true)
    let files = try FileManager.default.contentsOfDirectory(
      atPath: schema.appending(path: "safemobility/v1").path)
    let compiler = try RunningServer(
      at: StockPython.executable,
      [
        "-m", "grpc_tools.protoc", "-I", schema.path, "--python_out", stubs.path,
        "--grpc_python_out", stubs.path,
      ] + files.filter { $0.hasSuffix(".proto") }.map { "safemobility/v1/\($0)" }, in: folder.url)
    _ = read(compiler, until: nil)
    #expect(try await compiler.exitCode() == 0, "\(compiler.said)")
  }

  private func serve(_ store: String, port: String, from time: String) throws -> RunningServer {
    try RunningServer(
      [
        "--listen", "127.0.0.1:\(port)", "--store", "sqlite:\(store)", "--timer-interval", "0",
        "--key-file", folder.path("key"), "--rehearsal-time", time, "--tls-cert",
        folder.path("pki/server.pem"), "--tls-key", folder.path("pki/server.key.pem"),
        "--client-ca", folder.path("pki/ca.pem"),
      ], in: folder.url)
  }

  private func address(of server: RunningServer) throws -> String {
    let line = server.line()
    try #require(line.hasPrefix("listening on "), "\(server.said)")
    return String(line.dropFirst("listening on ".count))
  }

  private func startPartner(_ address: String) throws -> RunningServer {
    let program = StockPython.top.appending(path: "Clients/Python/partner.py").path
    return try RunningServer(
      at: StockPython.executable,
      [
        program, "--target", address, "--purpose", "H2_RECRUITMENT", "--date", "2023-06-12",
        "--until-decided", "2",
      ] + identity("--", "gt-mintrab.PARTNER_OFFICER"), in: folder.url,
      environment: ["PYTHONPATH": folder.path("stubs")])
  }

  /// Who calls, in the options of the CLI or of the partner's program.
  private func identity(_ prefix: String, _ name: String) -> [String] {
    [
      "\(prefix)ca", folder.path("pki/ca.pem"), "\(prefix)cert", folder.path("pki/\(name).pem"),
      "\(prefix)key", folder.path("pki/\(name).key.pem"),
    ]
  }

  /// The lines of a program up to the first that has a text in it; up to its end if there is none.
  private func read(_ program: RunningServer, until text: String?) -> [String] {
    var lines: [String] = []
    while true {
      let line = program.line()
      if line.isEmpty { return lines }
      lines.append(line)
      if let text, line.contains(text) { return lines }
    }
  }
}

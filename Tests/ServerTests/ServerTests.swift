import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import Testing

@Suite("pasarela-server", .serialized)
struct ServerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func start(_ arguments: [String]) throws -> RunningServer {
    try RunningServer(arguments, in: folder.url)
  }

  private func plain(_ more: [String] = []) -> [String] {
    ["--listen", "127.0.0.1:0", "--store", folder.store(), "--insecure"] + more
  }

  /// Asks a running server for the programme.
  private func program(_ endpoint: Endpoint) async throws -> SafeMobility.Program {
    let channel = HTTP2Channel(endpoint: endpoint)
    let programs = SafeMobility.ProgramServiceClient(RPCClient(transport: channel))
    do {
      let answer = try await programs.getProgram(
        .with { $0.name = "programs/gt-pilot-2023" }, options: CallOptions(timeout: .seconds(10)))
      await channel.close()
      return try #require(answer.program)
    } catch {
      await channel.close()
      throw error
    }
  }

  private func endpoint(_ line: String) throws -> Endpoint {
    #expect(line.hasPrefix("listening on "))
    return try #require(Endpoint(String(line.dropFirst("listening on ".count))))
  }

  @Test(
    "it says where it listens, answers, and ends with 0 when told to",
    arguments: [
      SIGTERM, SIGINT,
    ])
  func serves(_ signal: Int32) async throws {
    let server = try start(plain(["--load-reference"]))
    let endpoint = try endpoint(server.line())
    #expect(endpoint != .tcp(host: "127.0.0.1", port: 0))
    let program = try await program(endpoint)
    #expect(program.state == .planned)
    // It has started itself anew, in its own place, with the setting that is read only at a start.
    #expect(server.environment.contains("GLIBC_TUNABLES=glibc.malloc.tcache_count=127"))
    server.signal(signal)
    #expect(try await server.exitCode() == 0, "\(server.said)")
    #expect(server.said.contains("PLAINTEXT"))
  }

  @Test("it listens on several addresses at once, a unix socket among them")
  func listeners() async throws {
    let socket = "unix:/tmp/p-\(UInt32.random(in: 0...UInt32.max)).sock"
    let server = try start(plain(["--load-reference", "--listen", socket]))
    let lines = [server.line(), server.line()]
    #expect(lines[1] == "listening on \(socket)")
    for line in lines { _ = try await program(endpoint(line)) }
    server.signal(SIGTERM)
    #expect(try await server.exitCode() == 0)
  }

  @Test("what was answered is there after a restart")
  func restart() async throws {
    let first = try start(plain(["--load-reference"]))
    let before = try await program(endpoint(first.line()))
    first.signal(SIGTERM)
    #expect(try await first.exitCode() == 0)
    let second = try start(plain(["--load-reference"]))
    #expect(try await program(endpoint(second.line())) == before)
    second.signal(SIGTERM)
    #expect(try await second.exitCode() == 0)
  }

  @Test(
    "a wrong command line ends with 2 and says what to do",
    arguments: [
      (["--listen", "127.0.0.1:0", "--store", "sqlite:STORE"], "--insecure"),
      (["--listen", "0.0.0.0:0", "--store", "sqlite:STORE", "--insecure"], "--insecure-anywhere"),
      (["--listen", "127.0.0.1.example.org:0", "--store", "sqlite:STORE", "--insecure"], "TLS"),
      (["--listen", "127.0.0.1:0", "--store", "STORE", "--insecure"], "sqlite:PATH"),
      (["--listen", "127.0.0.1", "--store", "sqlite:STORE", "--insecure"], "HOST:PORT"),
      (["--store", "sqlite:STORE", "--insecure"], "--listen"),
      (["--listen", "127.0.0.1:0", "--insecure"], "--store"),
      (["--listen", "127.0.0.1:0", "--store", "sqlite:STORE", "--tls-cert", "c"], "--client-ca"),
      (
        ["--listen", "127.0.0.1:0", "--store", "sqlite:STORE", "--insecure", "--tls-cert", "c"],
        "plaintext"
      ),
      (
        ["--listen", "127.0.0.1:0", "--store", "sqlite:STORE", "--insecure", "--grace", "-1"],
        "grace"
      ),
      (
        [
          "--listen", "127.0.0.1:0", "--store", "sqlite:STORE", "--insecure", "--timer-interval",
          "3601",
        ], "timer-interval"
      ),
      (
        [
          "--listen", "127.0.0.1:0", "--store", "sqlite:STORE", "--insecure", "--rehearsal-time",
          "yesterday",
        ], "RFC3339"
      ),
      (["load", "--store", "sqlite:STORE"], "--reference"),
      (
        ["--listen", "127.0.0.1:0", "--store", "sqlite:STORE", "--insecure", "--no-such-flag"],
        "no-such-flag"
      ),
    ])
  func usage(_ arguments: [String], _ hint: String) async throws {
    let path = folder.path("p.db")
    let server = try start(arguments.map { $0.replacing("STORE", with: path) })
    #expect(server.line().isEmpty)
    #expect(try await server.exitCode() == 2, "\(server.said)")
    #expect(server.said.contains(hint), "\(server.said)")
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  private func refused(_ arguments: [String], _ hint: String) async throws {
    let server = try start(arguments)
    #expect(server.line().isEmpty)
    #expect(try await server.exitCode() == 1, "\(server.said)")
    let lines = server.said.split(separator: "\n").filter { $0.hasPrefix("pasarela-server: ") }
    #expect(lines.count == 1, "\(server.said)")
    #expect(lines.first?.contains(hint) == true, "\(server.said)")
  }

  @Test("what keeps it from starting is one line, and 1")
  func cannotStart() async throws {
    try await refused(
      ["--listen", "127.0.0.1:0", "--store", "sqlite:/no/such/p.db", "--insecure"], "/no/such")
    try await refused(
      [
        "--listen", "127.0.0.1:0", "--store", folder.store(), "--tls-cert", "/no/c.pem",
        "--tls-key", "/no/k.pem", "--client-ca", "/no/a.pem",
      ], "/no/c.pem")
    // An address of documentation (RFC 5737) is no machine's own.
    try await refused(
      ["--listen", "192.0.2.1:1", "--store", folder.store(), "--insecure", "--insecure-anywhere"],
      "cannot listen")
    try Data("no database, but long enough to be taken for one".utf8)
      .write(to: folder.url.appending(path: "text.db"))
    try await refused(
      ["--listen", "127.0.0.1:0", "--store", folder.store("text.db"), "--insecure"], "text.db")
  }

  @Test("two servers do not share a store")
  func storeInUse() async throws {
    let first = try start(plain())
    _ = first.line()
    try await refused(plain(), "in use")
    first.signal(SIGTERM)
    #expect(try await first.exitCode() == 0)
  }
}

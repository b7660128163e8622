import Foundation
import Glibc
import RPCTransportHTTP2
import Testing
import Trials

@testable import CLI

/// What the doctor finds at real servers, and what it says to do.
@Suite("The doctor at servers", .timeLimit(.minutes(3))) struct DoctorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let world: CommandWorld = {
    var world = CommandWorld()
    world.isConnecting = true
    world.environment = [:]
    return world
  }()

  /// The verdicts by check, and how it ended.
  private func look(
    _ words: [String]
  ) async throws -> (code: Int32, findings: [String: Finding], text: String) {
    let run = await world.run(["doctor", "-o", "json", "--timeout", "20s"] + words)
    struct Shown: Decodable {
      var check: String
      var verdict: String
      var found: String
      var next: String?
    }
    let shown = try JSONDecoder().decode([Shown].self, from: Data(run.output.utf8))
    let findings = shown.map {
      (
        $0.check,
        Finding(
          check: $0.check, verdict: Finding.Verdict(rawValue: $0.verdict) ?? .unknown,
          found: $0.found, next: $0.next)
      )
    }
    return (run.code, Dictionary(uniqueKeysWithValues: findings), run.output + run.errors)
  }

  private func server(_ pki: TestCertificates) throws -> ServerProcess {
    try ServerProcess(
      "pasarela-server",
      [
        "--listen", "127.0.0.1:0", "--store", "sqlite:\(folder.file("store.db"))",
        "--load-reference", "--reflection", "--tls-cert", pki.path("server.pem"), "--tls-key",
        pki.path("server.key.pem"), "--client-ca", pki.path("ca.pem"),
      ])
  }

  @Test("at our server over TLS, all is well; and each thing that is not is found")
  func overTLS() async throws {
    let pki = try TestCertificates(in: folder.file("pki"))
    let other = try TestCertificates(in: folder.file("other"))
    let server = try server(pki)
    let address = try server.waitUntilListening()
    let mine = ["--tls-cert", pki.path("me.pem"), "--tls-key", pki.path("me.key.pem")]
    let well = try await look([address, "--tls-ca", pki.path("ca.pem")] + mine)
    #expect(well.code == 0, "\(well.text)")
    #expect(well.findings.count == 6)
    #expect(well.findings.values.allSatisfy { $0.verdict == .ok }, "\(well.text)")
    #expect(well.findings["tls"]?.found.hasPrefix("TLS 1.3, ALPN h2, certificate of ") ?? false)
    #expect(well.findings["identity"]?.found.hasPrefix("you are unhcr/SCREENER, until ") ?? false)
    #expect(
      well.findings["schema"]?.found.contains("the server's contract is this program's") ?? false)

    let distrusted = try await look([address, "--tls-ca", other.path("ca.pem")] + mine)
    #expect(distrusted.code == 1)
    #expect(distrusted.findings["tls"]?.verdict == .wrong)
    #expect(distrusted.findings["tls"]?.found.contains(other.path("ca.pem")) ?? false)
    #expect(distrusted.findings["health"]?.verdict == .unknown)

    let nobody = try await look([address, "--tls-ca", pki.path("ca.pem")])
    #expect(nobody.code == 1)
    #expect(nobody.findings["tls"]?.verdict == .ok)
    #expect(nobody.findings["health"]?.verdict == .wrong)
    #expect(nobody.findings["health"]?.next?.contains("--tls-cert") ?? false, "\(nobody.text)")

    let plain = try await look([address, "--plaintext"])
    #expect(plain.code == 1)
    #expect(plain.findings["tls"]?.found == "plaintext was asked for, and the server speaks TLS")
    #expect(plain.findings["tls"]?.next == "leave out --plaintext")
    #expect(try server.stop() == 0)
  }

  @Test("a certificate for another name, one that has ended, and one that will soon")
  func certificates() async throws {
    let old = try TestCertificates(
      in: folder.file("old"), from: Date().addingTimeInterval(-10 * 86_400), days: 2)
    let soon = try TestCertificates(in: folder.file("soon"), days: 1)
    let named = try TestCertificates(in: folder.file("named"), name: "office.test")
    try await KitchenServer.serve(tls: old) { address in
      let run = try await look([address, "--tls-ca", old.path("ca.pem")])
      #expect(run.code == 1)
      #expect(
        run.findings["tls"]?.found.hasPrefix("the server's certificate ended at ") ?? false,
        "\(run.text)")
    }
    try await KitchenServer.serve(tls: soon) { address in
      let run = try await look([address, "--tls-ca", soon.path("ca.pem")])
      #expect(run.code == 0, "\(run.text)")
      #expect(run.findings["tls"]?.verdict == .warning)
      #expect(run.findings["health"]?.verdict == .ok)
    }
    // An address of loopback that is none of the certificate's.
    try await KitchenServer.serve(tls: named, host: "127.0.0.2") { address in
      let other = try await look([address, "--tls-ca", named.path("ca.pem")])
      #expect(other.code == 1)
      #expect(
        other.findings["tls"]?.found
          == "the server's certificate is not for \(address): it is for office.test, 127.0.0.1, ::1",
        "\(other.text)")
      let given = try await look([
        address, "--tls-ca", named.path("ca.pem"), "--tls-server-name", "office.test",
      ])
      #expect(given.code == 0, "\(given.text)")
      #expect(given.findings["tls"]?.verdict == .ok, "\(given.text)")
    }
  }

  @Test("TLS with a server that has none, a closed port, a name that leads nowhere, and no server")
  func targets() async throws {
    try await KitchenServer.serve { address in
      let run = try await look([address])
      #expect(run.code == 1)
      #expect(run.findings["tls"]?.found == "the server speaks HTTP/2 in plaintext, without TLS")
      #expect(run.findings["tls"]?.next?.contains("--plaintext") ?? false)
      let plain = try await look([address, "--plaintext"])
      #expect(plain.code == 0, "\(plain.text)")
      #expect(plain.findings["clock"]?.verdict == .unknown)
      #expect(plain.findings["schema"]?.found.contains("none the programme's") ?? false)
    }
    let closed = try await look(["127.0.0.1:1", "--plaintext"])
    #expect(closed.code == 1)
    #expect(closed.findings["target"]?.verdict == .wrong)
    #expect(closed.findings["target"]?.found == "nobody takes a connection at 127.0.0.1:1")
    #expect(closed.findings["health"]?.verdict == .unknown)
    let nowhere = try await look(["no-such-host.invalid:1", "--plaintext"])
    #expect(
      nowhere.findings["target"]?.found.hasPrefix("the name no-such-host.invalid leads nowhere")
        ?? false)
    let none = await world.run("doctor")
    #expect(none.code == 2)
  }

  @Test("a port where somebody else listens is told from a gRPC server's")
  func stranger() async throws {
    let server = try ServerProcess(
      at: Terminal.python,
      [
        "-c",
        """
        import socketserver
        class Echo(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(1000)
                self.request.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n")
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
        print(f"listening on 127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()
        """,
      ])
    let address = try server.waitUntilListening()
    let plain = try await look([address, "--plaintext"])
    #expect(plain.findings["tls"]?.found.contains("neither HTTP/2 in plaintext nor TLS") ?? false)
    let encrypted = try await look([address])
    #expect(encrypted.findings["tls"]?.found.hasPrefix("no TLS handshake, ") ?? false)
    server.kill()
  }

  @Test("a stock server without reflection, whose clock is right or wrong")
  func stock() async throws {
    for (ahead, verdict) in [(0, Finding.Verdict.ok), (-600, .warning)] {
      let server = try ServerProcess(
        at: Terminal.python,
        [Terminal.tests.appending(path: "Python/bare_server.py").path, "\(ahead)"])
      let run = try await look([try server.waitUntilListening(), "-plaintext"])
      #expect(run.code == 0, "\(run.text)")
      #expect(run.findings["schema"]?.verdict == .warning)
      #expect(run.findings["schema"]?.next?.contains("-protoset") ?? false)
      #expect(run.findings["clock"]?.verdict == verdict, "\(run.text)")
      if ahead != 0 {
        #expect(
          run.findings["clock"]?.found == "the server's clock is 10 min behind this machine's")
      }
      server.kill()
    }
  }
}

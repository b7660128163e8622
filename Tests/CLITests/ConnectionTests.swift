import ArgumentParser
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import Synchronization
import Testing

@testable import CLI

/// Where to connect and as whom: options, then the environment.
@Suite struct ConnectionTests {
  private func connection(
    _ line: String, _ environment: [String: String] = [:]
  ) throws -> Surroundings.Connection {
    let options = try GlobalOptions.parse(line.split(separator: " ").map(String.init))
    var surroundings = Surroundings.live
    surroundings.environment = environment
    return try options.connection(usual: .processing, in: surroundings)
  }

  @Test("an option counts more than its variable")
  func precedence() throws {
    let environment = [
      "PASARELA_TARGET": "a:1", "PASARELA_PURPOSE": "OVERSIGHT", "PASARELA_END_USER": "e",
    ]
    let plain = try connection("", environment)
    #expect(plain.target == .dns(host: "a", port: 1))
    #expect(plain.purpose == .oversight)
    #expect(plain.endUser == "e")
    let given = try connection("--target unix:/b --purpose reporting --end-user f", environment)
    #expect(given.target == .unix(path: "/b"))
    #expect(given.purpose == .reporting)
    #expect(given.endUser == "f")
    #expect(try connection("--target a:1").purpose == .processing)
  }

  @Test("TLS is what is used unless --insecure is said")
  func security() throws {
    guard
      case .certificate(let tls) = try connection(
        "--target a:1 --tls-ca ca --tls-cert c --tls-key k --tls-server-name n"
      ).identity
    else {
      Issue.record("not TLS")
      return
    }
    #expect(
      tls
        == ClientTLSConfiguration(
          trustRootsPath: "ca", certificatePath: "c", privateKeyPath: "k", serverName: "n"))
    #expect(
      try connection("--target a:1 --insecure --as iom/DPO").identity
        == .development(try #require(DevelopmentIdentity("iom/DPO"))))
    #expect(try connection("--target a:1 --insecure").identity == .anonymous(tls: nil))
    #expect(
      try connection("--target a:1 --tls-ca ca").identity
        == .anonymous(tls: ClientTLSConfiguration(trustRootsPath: "ca")))
  }

  @Test("a certificate on the command line is not undone by a habit in the environment")
  func certificateWins() throws {
    let environment = ["PASARELA_INSECURE": "1", "PASARELA_AS": "iom/DPO"]
    guard
      case .certificate = try connection(
        "--target a:1 --tls-cert c --tls-key k", environment
      ).identity,
      case .development(let caller) = try connection("--target a:1", environment).identity
    else {
      Issue.record("another kind of connection")
      return
    }
    #expect(caller.partner == "iom")
  }

  @Test(
    "what does not fit together is refused",
    arguments: [
      ("", [:]), ("--target a:1 --as iom/DPO", [:]), ("--target a:1 --tls-key k", [:]),
      ("--target a:1", ["PASARELA_PURPOSE": "FUN"]), ("", ["PASARELA_TARGET": "nowhere"]),
    ] as [(String, [String: String])])
  func refused(line: String, environment: [String: String]) {
    #expect(throws: (any Error).self) { try connection(line, environment) }
  }

  @Test("who calls, what for and who sits there go with every call")
  func metadata() async throws {
    var world = CommandWorld(server: Sample.server())
    world.environment["PASARELA_AS"] = "unhcr/SCREENER"
    _ = await world.run("--end-user desk-4 registration submit registrations/0reg")
    #expect(world.server.asked.count == 2)
    for asked in world.server.asked {
      #expect(asked.metadata["pasarela-dev-identity"] == "unhcr/SCREENER")
      #expect(asked.metadata["pasarela-purpose"] == "PROCESSING")
      #expect(asked.metadata["pasarela-end-user"] == "desk-4")
    }
  }

  @Test(
    "options stand before the noun or after the verb",
    arguments: [
      "-o value=registration.receipt registration show registrations/0reg",
      "registration -o value=registration.receipt show registrations/0reg",
      "registration show registrations/0reg -o value=registration.receipt",
      "registration show --output=value=registration.receipt registrations/0reg",
    ])
  func places(line: String) async {
    let run = await CommandWorld(server: Sample.server()).run(line)
    #expect(run.output == "TG3SYBXS\n", "\(run.errors)")
  }
}

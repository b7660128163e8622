import ArgumentParser
import Foundation
import RPCTransportHTTP2
import SafeMobilityAPI

/// `pasarela doctor`: looks at everything that a call needs.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks all that a call needs, and says what to mend.",
    usage: "pasarela doctor [options] [HOST:PORT]",
    discussion: """
      Looks at the context, the target (DNS, TCP), TLS (authority, name, dates, ALPN), your identity (certificate and \
      key), the clocks, the schema and the server's health, and goes on as far as it can. Ends with 0 when nothing is \
      wrong, also with warnings, and with 1 when something is. For example:

        pasarela doctor office.example:7443 --tls-ca ca.pem
        pasarela doctor -plaintext localhost:50051 -o json
        pasarela doctor --ctx pilot
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT, unless --target or a context says it.", valueName: "HOST:PORT"))
  var words: [String] = []
  @OptionGroup var headers: HeaderOptions
  @OptionGroup var options: GlobalOptions

  /// How long each look may take when nobody says.
  private static let limit = Duration.seconds(10)

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: true)
    if let word = words.word {
      throw ValidationError("'\(word)' is no server: give HOST:PORT or unix:PATH")
    }
    let findings = try await look(options.at(words.target), surroundings)
    let report = DoctorReport(findings: findings)
    try Listing(
      lines: report.lines(
        widthMax: surroundings.terminalWidth, isStyled: surroundings.isStyled),
      tree: report.tree
    ).show(options.output, isStyled: true, in: surroundings)
    let wrongCount = findings.count { $0.verdict == .wrong }
    guard wrongCount == 0 else {
      throw CommandFailure("\(wrongCount) of \(findings.count) checks found something wrong")
    }
  }

  private func look(
    _ options: GlobalOptions, _ surroundings: Surroundings
  ) async throws -> [Finding] {
    var findings: [Finding] = []
    let inContext: Surroundings
    do {
      if let used = try options.context(in: surroundings) {
        findings.append(
          Finding(check: "context", verdict: .ok, found: "\(used.name), for \(used.context.target)")
        )
      }
      inContext = try options.inContext(surroundings)
    } catch {
      let lines = error.description.split(separator: "\n", maxSplits: 1).map(String.init)
      return [
        Finding(
          check: "context", verdict: .wrong, found: lines[0],
          next: lines.dropFirst().first.map { $0.replacing("Next: ", with: "") })
      ]
    }
    let connection = try options.connection(usual: .processing, in: inContext)
    let limit = try options.givenTimeout(in: inContext) ?? Self.limit
    let target = await TargetCheck(target: connection.target, limit: limit).look()
    let identity = IdentityCheck(identity: connection.identity, now: Date()).look()
    findings.append(target.finding)
    guard let endpoint = target.endpoint else {
      return findings + [Self.unknown("tls"), identity]
        + ["clock", "schema", "health"].map(Self.unknown)
    }
    let tls = await TLSCheck(
      target: connection.target, probe: Probe(endpoint: endpoint, limit: limit),
      tls: try options.tls(in: inContext), now: Date()
    ).look()
    findings += [tls, identity]
    // What proves who calls is not sent to a server that is not who it should be.
    guard tls.verdict != .wrong, identity.verdict != .wrong else {
      return findings + ["clock", "schema", "health"].map(Self.unknown)
    }
    let server = try ToolServer(options, headers, purpose: .processing, in: surroundings)
    return try await server.use { await findings + ServerCheck(server: $0).look() }
  }

  private static func unknown(_ check: String) -> Finding {
    Finding(check: check, verdict: .unknown, found: "not looked at: see what is wrong above")
  }
}

public import ArgumentParser
import Foundation
import RPCTransportHTTP2
import SafeMobilityAPI
public import SafeMobilityClient

/// What every verb takes: where the server is, who is calling, and how to show the answer.
struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("HOST:PORT or unix:PATH.", valueName: "ADDRESS"))
  var target: String?

  @Option(help: "The authorities the server's certificate must come from, PEM.")
  var tlsCa: String?

  @Option(help: "Your certificate, PEM: it says which partner you are, and in what role.")
  var tlsCert: String?

  @Option(help: "The private key of your certificate, PEM.")
  var tlsKey: String?

  @Option(help: "The name the server's certificate must carry, if not the target's host.")
  var tlsServerName: String?

  @Flag(help: "Plaintext, for a server started with --insecure.")
  var insecure = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("With --insecure: who you are.", valueName: "PARTNER/ROLE"))
  var identity: DevelopmentIdentity?

  @Option(help: "What the call is for, such as PROCESSING; each verb has its usual purpose.")
  var purpose: String?

  @Option(help: "Your own partner's name for the person at the desk.")
  var endUser: String?

  @Option(help: "Seconds to wait for the answer.")
  var timeout = 30.0

  @Option(
    name: [.short, .long], help: "table or json; table on a terminal, json into a pipe or file.")
  var output: OutputFormat?

  @Option(help: "The request_id of a change, to repeat one that may have been made.")
  var requestId: RequestID?

  @Option(help: "The etag you have read; without it the newest is read first.")
  var etag: String?

  func validate() throws {
    guard timeout > 0, timeout <= 3_600 else {
      throw ValidationError("--timeout must be above 0 and at most 3600")
    }
    guard !insecure || tlsCert == nil else {
      throw ValidationError("--insecure is plaintext: leave out --tls-cert and --tls-key")
    }
    guard identity == nil || insecure else {
      throw ValidationError("--as goes with --insecure; over TLS your certificate says who you are")
    }
    if let purpose, SafeMobility.Purpose(metadataName: purpose) == nil {
      throw ValidationError("--purpose \(purpose) is none of the programme's purposes")
    }
  }

  /// The value of an option, or else of its environment variable.
  private func setting(_ value: String?, _ variable: String) -> String? {
    value ?? ProcessInfo.processInfo.environment[variable]
  }

  /// A client as the options say.
  func client(purpose usual: SafeMobility.Purpose) throws -> SafeMobilityClient {
    guard let text = setting(target, "PASARELA_TARGET") else {
      throw ValidationError("say where the server is: --target HOST:PORT, or PASARELA_TARGET")
    }
    guard let endpoint = Endpoint(text) else {
      throw ValidationError("\(text) is no address; write HOST:PORT, [V6]:PORT or unix:PATH")
    }
    let purpose = purpose.flatMap { SafeMobility.Purpose(metadataName: $0) } ?? usual
    return try SafeMobilityClient(
      target: endpoint, security: security(), purpose: purpose, endUser: endUser)
  }

  private func security() -> SafeMobilityClient.Security {
    if insecure { return .plaintext(identity) }
    return .tls(
      ClientTLSConfiguration(
        trustRootsPath: setting(tlsCa, "PASARELA_TLS_CA"),
        certificatePath: setting(tlsCert, "PASARELA_TLS_CERT"),
        privateKeyPath: setting(tlsKey, "PASARELA_TLS_KEY"), serverName: tlsServerName))
  }
}

extension DevelopmentIdentity: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension RequestID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// How answers are shown.
enum OutputFormat: String, ExpressibleByArgument {
  case table
  case json
}

public import ArgumentParser
import Foundation
import RPCTransportHTTP2
import SafeMobilityAPI
public import SafeMobilityClient

/// What every verb takes: where the server is, who is calling, and how to show the answer.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: [.long, .customLong("context")],
    help: ArgumentHelp(
      "What `pasarela ctx` keeps under a name; options count more. (env: PASARELA_CONTEXT)",
      valueName: "NAME"), completion: .custom(Candidates.contexts))
  var ctx: String?

  @Option(
    help: ArgumentHelp(
      "HOST:PORT or unix:PATH. (env: PASARELA_TARGET)", valueName: "ADDRESS"))
  var target: TargetAddress?

  @Option(
    help: ArgumentHelp(
      "Authorities the server's certificate must come from, PEM. (env: PASARELA_TLS_CA)",
      valueName: "FILE"), completion: .file())
  var tlsCa: String?

  @Option(
    help: ArgumentHelp(
      "Your certificate, which says who you are, PEM. (env: PASARELA_TLS_CERT)",
      valueName: "FILE"), completion: .file())
  var tlsCert: String?

  @Option(
    help: ArgumentHelp(
      "The private key of your certificate, PEM. (env: PASARELA_TLS_KEY)", valueName: "FILE"),
    completion: .file())
  var tlsKey: String?

  @Option(
    help: ArgumentHelp(
      "The name the server's certificate carries, if not the target's host. (env: PASARELA_TLS_SERVER_NAME)",
      valueName: "NAME"))
  var tlsServerName: String?

  @Flag(
    name: [.long, .customLong("plaintext")],
    help: "Plaintext, for a server without TLS. (env: PASARELA_INSECURE)")
  var insecure = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "With --insecure: who you are, such as unhcr/SCREENER. (env: PASARELA_AS)",
      valueName: "PARTNER/ROLE"))
  var identity: DevelopmentIdentity?

  @Option(
    help: ArgumentHelp(
      "What the call is for; each verb has its usual purpose. (env: PASARELA_PURPOSE)",
      valueName: "PURPOSE"))
  var purpose: EnumArgument<SafeMobility.Purpose>?

  @Option(
    help: ArgumentHelp(
      "Your organisation's pseudonym for the person at the desk. (env: PASARELA_END_USER)",
      valueName: "NAME"))
  var endUser: String?

  @Option(
    help: ArgumentHelp(
      "How long the call may take: 30s, 500ms, 2m. (env: PASARELA_TIMEOUT; default: 30s)",
      valueName: "LENGTH"))
  var timeout: TimeoutArgument?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      """
      table: for people; wide: the same with every column, whole; json: the response as canonical \
      proto3 JSON; yaml: the same as YAML; name: the resource's name alone; value=PATH: one field, \
      such as value=hold.fence. (default: table on a terminal, json into a pipe or file)
      """, valueName: "FORMAT"))
  var output: OutputFormat?

  @Option(
    help: ArgumentHelp(
      "Time zone of the times in tables, where a resource has none. (default: UTC)",
      valueName: "ZONE"))
  var zone: ZoneArgument?

  @Option(
    help: ArgumentHelp(
      "Of a change: its key. Give that of a try whose end is unknown to repeat it safely.",
      valueName: "UUID"))
  var requestId: RequestID?

  @Option(
    help: ArgumentHelp(
      "Of a change: only this version. Without it the newest is read first, and changed.",
      valueName: "ETAG"))
  var etag: String?

  func validate() throws {
    guard !insecure || tlsCert == nil else {
      throw ValidationError("--insecure is plaintext: leave out --tls-cert and --tls-key")
    }
  }
}

extension DevelopmentIdentity: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension RequestID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

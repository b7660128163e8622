import ArgumentParser
import CallRecorder
import RPCCore

/// `pasarela replay`: a server that answers from a cassette.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Answers calls from a cassette, in place of the server that was recorded.",
    discussion: """
      Statuses with their details, answers without headers, cancellations and resets are as they were. A call that is \
      none of the recorded ones is answered with FAILED_PRECONDITION, which says in which field it differs. Values that \
      were replaced while recording fit every value. Ctrl-C ends it, and says what nobody has asked for. For example:

        pasarela replay road.rpcas --listen 127.0.0.1:7501
      """)

  enum Matching: String, ExpressibleByArgument, CaseIterable {
    case strict, loose
  }

  enum Timing: String, ExpressibleByArgument, CaseIterable {
    case recorded
    case atOnce = "at-once"
  }

  @Argument(help: "The cassette.") var file: String
  @Option(help: ArgumentHelp("Where to listen: HOST:PORT or unix:PATH.", valueName: "ADDRESS"))
  var listen: ListenAddress
  @Option(
    help: """
      strict: the calls of each method in their order, each once; loose: any with the same request, the last one again \
      and again.
      """)
  var matching = Matching.strict
  @Option(help: "recorded: each response as long after the call's beginning as it was; at-once.")
  var timing = Timing.atOnce
  @Option(
    help: ArgumentHelp(
      "A field that need not be the same in requests, by name or path; may be repeated. request_id never need be.",
      valueName: "FIELD"))
  var ignore: [String] = []
  @OptionGroup var schema: CassetteSchemaOptions

  func run() async throws {
    let surroundings = Surroundings.current
    let cassette = try CassetteFiles.read(file)
    let replayer = Replayer(
      cassette.calls,
      comparison: Comparison(
        try schema.types(of: cassette), ignoring: Set(ignore).union(["request_id"])),
      matching: matching == .strict ? .strict : .loose,
      timing: timing == .recorded ? .recorded(1) : .atOnce)
    let router = Router(services: [], unknownMethod: replayer.handler)
    try await LocalServer.serve(router, at: listen, in: surroundings)
    let unplayed = replayer.unplayed
    surroundings.writeError(
      "\(cassette.calls.count - unplayed.count) of \(cassette.calls.count) recorded calls were asked for\n"
    )
    for call in unplayed.prefix(Self.shownCountMax) {
      surroundings.writeError("  call \(call.id) \(Plain.cell(call.header.path)) was not\n")
    }
    if unplayed.count > Self.shownCountMax {
      surroundings.writeError("  nor \(unplayed.count - Self.shownCountMax) more\n")
    }
  }

  private static let shownCountMax = 20
}

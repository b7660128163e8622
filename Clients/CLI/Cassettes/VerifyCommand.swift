import ArgumentParser
import CallRecorder
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient

/// `pasarela verify`: whether a server still answers as it did.
struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Makes recorded calls again, and shows in which fields they are answered otherwise.",
    discussion: """
      What a server makes anew each time, as its schema says, may differ, but always in the same way. Fields that were \
      replaced while recording are not compared. Exits with 3 when anything differs. For example:

        pasarela verify road.rpcas --target 127.0.0.1:7443 --insecure
      """)

  @Argument(help: "The cassette.") var file: String
  @Option(
    help: ArgumentHelp(
      "A field that is not compared, by name or path; may be repeated.", valueName: "FIELD"))
  var ignore: [String] = []
  @OptionGroup var schema: CassetteSchemaOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let surroundings = try options.inContext(Surroundings.current)
    let target = try options.connection(usual: .processing, in: surroundings).target
    let tls = try options.tls(in: surroundings)
    let cassette = try CassetteFiles.read(file)
    let verifier = Verifier(
      try asCaller(cassette), types: try schema.types(of: cassette), ignoring: Set(ignore),
      patience: try options.timeout(in: surroundings))
    var configuration = HTTP2Channel.Configuration()
    configuration.maxResponseBytes = LocalServer.messageByteCountMax
    let channel = HTTP2Channel(target: target, tls: tls, configuration: configuration)
    let verdicts = await verifier.verify(at: channel)
    await channel.close()
    try report(verdicts, target, surroundings)
  }

  /// The calls as made by whom `--as` names; by default by whom they were made.
  private func asCaller(_ cassette: Cassette) throws -> Cassette {
    guard let identity = options.identity else { return cassette }
    var cassette = cassette
    for index in cassette.entries.indices {
      guard case .clientHeader(var header) = cassette.entries[index].event else { continue }
      try header.metadata.set("pasarela-dev-identity", identity.description)
      cassette.entries[index].event = .clientHeader(header)
    }
    return cassette
  }

  private func report(
    _ verdicts: [Verifier.Verdict], _ target: ChannelTarget, _ surroundings: Surroundings
  ) throws(CommandFailure) {
    let changed = verdicts.filter { !$0.differences.isEmpty }
    if !changed.isEmpty, changed.count == verdicts.count, changed.allSatisfy(\.isUnreachable) {
      throw CommandFailure(
        "cannot reach \(target): check the address, that the server runs, and --insecure or TLS",
        exitCode: 64 + Int32(StatusCode.unavailable.rawValue))
    }
    for verdict in changed {
      surroundings.write("call \(verdict.call.id) \(Plain.cell(verdict.call.header.path))\n")
      for difference in verdict.differences {
        surroundings.write("  \(Plain.cell(difference.description))\n")
      }
    }
    guard changed.isEmpty else {
      throw CommandFailure(
        "\(changed.count) of \(verdicts.count) calls are answered otherwise", exitCode: 3)
    }
    surroundings.write("all \(verdicts.count) calls are answered as they were\n")
  }
}

extension Verifier.Verdict {
  /// Whether nothing came but that nobody is there, of a call that was answered otherwise.
  fileprivate var isUnreachable: Bool {
    differences.allSatisfy { $0.live?.hasPrefix(StatusCode.unavailable.name) ?? false }
      && call.status?.code != .unavailable
  }
}

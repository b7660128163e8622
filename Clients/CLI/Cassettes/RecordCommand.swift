import ArgumentParser
import CallRecorder
import Foundation
import Protobuf
import RPCTransportHTTP2

/// `pasarela record`: a proxy that writes down what passes through it.
struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records calls on their way to any gRPC server, as a proxy before it.",
    discussion: """
      Point clients at --listen, in plaintext. Ctrl-C or SIGTERM ends the recording, with a whole file. What tells of \
      people is replaced before it is written, as the schema marks it: the same value always by the same pseudonym. \
      Calls of methods that the schema does not have pass without being recorded, unless you say --unredacted. \
      For example:

        pasarela record --listen 127.0.0.1:7500 --to 127.0.0.1:7443 --insecure --out road.rpcas
      """)

  @Option(help: ArgumentHelp("Where to listen: HOST:PORT or unix:PATH.", valueName: "ADDRESS"))
  var listen: ListenAddress
  @Option(help: ArgumentHelp("The server to hand calls on to.", valueName: "ADDRESS"))
  var to: TargetAddress
  @Option(help: ArgumentHelp("The cassette to make; it must not exist.", valueName: "FILE"))
  var out: String
  @Flag(help: "Record everything as it is, of any service. For calls that hold nothing of people.")
  var unredacted = false
  @OptionGroup var schema: CassetteSchemaOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard options.target == nil else {
      throw ValidationError("the server to record is that of --to: leave out --target")
    }
    guard listen.endpoint.isLocal else {
      throw ValidationError(
        "clients come in plaintext, so --listen takes only addresses of this machine, such as 127.0.0.1:7500"
      )
    }
  }

  func run() async throws {
    let surroundings = Surroundings.current
    let options = options.at(to)
    let tls = try options.tls(in: options.inContext(surroundings))
    var header = CassetteFormat.CassetteHeader.with {
      $0.tool = "pasarela"
      $0.target = to.target.description
      $0.recordMode = "proxy"
    }
    let types = try types(&header)
    let output = try CassetteOutput(creating: out)
    let recorder: Recorder
    let proxy: RecordingProxy
    do {
      recorder = try Recorder(header, at: .now, redactor: Self.redactor(types)) {
        try output.append($0)
      }
      var configuration = HTTP2Channel.Configuration()
      configuration.maxResponseBytes = LocalServer.messageByteCountMax
      let channel = HTTP2Channel(target: to.target, tls: tls, configuration: configuration)
      proxy = RecordingProxy(to: channel, on: recorder, of: types)
      try await LocalServer.serve(proxy.router, at: listen, in: surroundings)
      await channel.close()
    } catch {
      output.remove()
      throw error
    }
    do {
      try recorder.finish()
    } catch {
      throw CommandFailure("\(out) is not whole, from some call on nothing was recorded: \(error)")
    }
    try output.close()
    report(proxy.passed, surroundings)
  }

  /// What may be recorded; nil for everything. The schema goes into the cassette, unless all readers have it.
  private func types(
    _ header: inout CassetteFormat.CassetteHeader
  ) throws(CommandFailure) -> MethodTypes? {
    let given = try schema.descriptorSet()
    if let given { CassetteSchema.embed(given, in: &header) }
    if unredacted { return nil }
    if let given { return try CassetteSchema.types(given, from: schema.protoset ?? "") }
    return try CassetteSchema.programme()
  }

  private static func redactor(_ types: MethodTypes?) -> any Redactor {
    guard let types else { return NoRedaction() }
    // Of this cassette alone, and kept nowhere: nobody can find out whose pseudonym it was.
    return SchemaRedactor(types, key: (0..<32).map { _ in UInt8.random(in: .min ... .max) })
  }

  private func report(_ counts: RecordingProxy.Counts, _ surroundings: Surroundings) {
    surroundings.writeError("\(counts.recorded) calls recorded in \(out)\n")
    for (path, count) in counts.passed.sorted(by: { $0.key < $1.key }) {
      surroundings.writeError(
        """
        \(count) calls of \(Plain.cell(path)) not recorded: the schema does not have the method; give -protoset FILE, or \
        --unredacted if it holds nothing of people\n
        """)
    }
  }
}

extension GoogleProtobuf.Timestamp {
  /// The time it is, by the machine's clock.
  fileprivate static var now: Self {
    .init(microsecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}

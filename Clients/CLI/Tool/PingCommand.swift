import ArgumentParser
import Protobuf
import RPCCore
import RPCServices
import RPCTransportHTTP2
import SafeMobilityClient

/// `pasarela ping`: how long a server takes to answer a small call.
struct PingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ping", abstract: "Measures how long a server takes to answer a small call.",
    usage: "pasarela ping [options] [HOST:PORT]",
    discussion: """
      Each ping is a unary call of grpc.health.v1.Health/Check on one connection. A server without that service \
      answers as well, by a status. Connecting is measured apart. For example:

        pasarela ping -plaintext localhost:50051 --count 3
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT, unless --target says it.", valueName: "HOST:PORT"))
  var words: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("How many, up to 1000000.", valueName: "COUNT"))
  var count = 5
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "From the beginning of one to that of the next: 200ms, 2s. (default: 1s)", valueName: "LENGTH"
    ))
  var interval: TimeoutArgument?
  @OptionGroup var headers: HeaderOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (1...1_000_000).contains(count) else {
      throw ValidationError("--count is from 1 to 1000000")
    }
  }

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: true)
    if let word = words.word {
      throw ValidationError("'\(word)' is no server: give HOST:PORT or unix:PATH")
    }
    let server = try ToolServer(options.at(words.target), headers, in: surroundings)
    try await server.use { try await ping($0, surroundings) }
  }

  private func ping(_ server: ToolServer, _ surroundings: Surroundings) async throws {
    let isForPeople = options.output == nil || options.output == .table || options.output == .wide
    func say(_ line: String) {
      if isForPeople { surroundings.write(Plain.cell(line) + "\n") }
    }
    let connecting = try await Self.ask(server)
    if let failure = connecting.failure { throw Self.failure(failure, server) }
    say("connected to \(server.connection.target) in \(Self.text(connecting.time))")
    var times = PingTimes()
    let start = ContinuousClock.now
    for number in 1...count {
      let answer = try await Self.ask(server)
      if let failure = answer.failure {
        times.fail(failure)
        say("\(number): \(failure.description)")
      } else {
        times.add(answer.time)
        say("\(number): \(answer.status) in \(Self.text(answer.time))")
      }
      if number < count {
        try? await Task.sleep(until: start + (interval?.duration ?? .seconds(1)) * number)
        if Task.isCancelled { break }
      }
    }
    say(times.summary)
    if !isForPeople {
      try Listing(lines: [], tree: times.tree(connecting: connecting.time))
        .show(options.output, in: surroundings)
    }
    if let failure = times.lastFailure { throw Self.failure(failure, server) }
  }

  /// What came of one ping.
  private struct Answer {
    var time: Duration
    /// What the server said of itself, or of the question.
    var status: String
    /// Why there was no answer.
    var failure: RPCError?
  }

  private static func ask(_ server: ToolServer) async throws -> Answer {
    let client = GRPCHealth.HealthClient(server.client.rpc)
    let start = ContinuousClock.now
    do throws(RPCError) {
      let response = try await client.check(
        .init(), metadata: server.metadata,
        options: CallOptions(timeout: server.timeout ?? .seconds(30)))
      let status = GRPCHealth.HealthCheckResponse.ServingStatus.descriptor
        .name(of: response.status.rawValue)
      return Answer(time: start.duration(to: .now), status: status ?? "\(response.status.rawValue)")
    } catch {
      let isSilence = [.unavailable, .deadlineExceeded, .cancelled].contains(error.code)
      return Answer(
        time: start.duration(to: .now), status: error.code.name, failure: isSilence ? error : nil)
    }
  }

  private static func failure(_ error: RPCError, _ server: ToolServer) -> CommandFailure {
    CommandFailure(
      Plain.line("\(server.connection.target) did not answer, \(error.description)"),
      exitCode: 64 + Int32(error.code.rawValue))
  }

  static func text(_ time: Duration) -> String { "\(PingTimes.milliseconds(time)) ms" }
}

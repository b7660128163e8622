import ArgumentParser
import Protobuf
import RPCCore
import RPCServices
import SafeMobilityClient

/// `pasarela health`: whether a server, or one of its services, serves.
struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Asks a server whether it, or one of its services, serves.",
    usage: "pasarela health [options] [HOST:PORT] [SERVICE]",
    discussion: """
      Ends with 0 when what was asked for is SERVING, and with 1 when it is not. For example:

        pasarela health -plaintext localhost:50051
        pasarela health -plaintext localhost:50051 safemobility.v1.OfficeService
        pasarela health --all
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT, unless --target says it; then the service.",
      valueName: "HOST:PORT SERVICE"),
    completion: .custom(Candidates.services))
  var words: [String] = []
  @Flag(help: "Every service that the server tells of.") var all = false
  @Flag(help: "Goes on and says each change, until Ctrl-C.") var watch = false
  @OptionGroup var headers: HeaderOptions
  @OptionGroup var options: GlobalOptions

  private typealias Status = GRPCHealth.HealthCheckResponse.ServingStatus

  func validate() throws {
    guard !all || !watch else { throw ValidationError("give --all or --watch, not both") }
  }

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: true)
    guard !all || words.word == nil else {
      throw ValidationError("--all is for every service: leave out \(words.word ?? "")")
    }
    let server = try ToolServer(options.at(words.target), headers, in: surroundings)
    try await server.use { server in
      do {
        try await ask(server, words.word ?? "", surroundings)
      } catch let error as RPCError {
        throw Self.failure(error, words.word)
      }
    }
  }

  private func ask(
    _ server: ToolServer, _ service: String, _ surroundings: Surroundings
  ) async throws {
    let client = GRPCHealth.HealthClient(server.client.rpc)
    let request = GRPCHealth.HealthCheckRequest.with { $0.service = service }
    let callOptions = CallOptions(timeout: server.timeout ?? (watch ? nil : .seconds(30)))
    if watch {
      let call = client.watch(request, metadata: server.metadata, options: callOptions)
      for try await response in call {
        try show([(service, response.status)], surroundings)
      }
      return
    }
    var statuses: [(String, Status)]
    if all {
      let list = try await client.list(.init(), metadata: server.metadata, options: callOptions)
      statuses = list.statuses.sorted { $0.key < $1.key }.map { ($0.key, $0.value.status) }
    } else {
      let response = try await client.check(
        request, metadata: server.metadata, options: callOptions)
      statuses = [(service, response.status)]
    }
    try show(statuses, surroundings)
    let silent = statuses.filter { $0.1 != .serving }.map { Self.name($0.0) }
    guard silent.isEmpty else {
      throw CommandFailure("not serving: \(Plain.cell(silent.joined(separator: ", ")))")
    }
  }

  private func show(_ statuses: [(String, Status)], _ surroundings: Surroundings) throws {
    let rows = statuses.map { [Self.name($0.0), Self.text($0.1)] }
    let isSingle = rows.count == 1 && !all
    try Listing(
      lines: isSingle ? [rows[0][1]] : Table(rows: rows).lines,
      tree: .array(
        statuses.map { .members(["service": .text($0.0), "status": .text(Self.text($0.1))]) })
    ).show(options.output, in: surroundings)
  }

  private static func text(_ status: Status) -> String {
    Status.descriptor.name(of: status.rawValue) ?? "\(status.rawValue)"
  }

  private static func name(_ service: String) -> String {
    service.isEmpty ? "(the server)" : service
  }

  private static func failure(_ error: RPCError, _ service: String?) -> CommandFailure {
    let text =
      switch error.code {
      case .unimplemented: "the server does not tell of its health (grpc.health.v1)"
      case .notFound: "the server knows no service \(service ?? "")"
      default: "the server could not be asked, \(error.description)"
      }
    return CommandFailure(Plain.line(text), exitCode: 64 + Int32(error.code.rawValue))
  }
}

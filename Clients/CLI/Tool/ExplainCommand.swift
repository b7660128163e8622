import ArgumentParser
import Protobuf

/// `pasarela explain`: what a field, or a whole message, is and takes.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Says what a field is: type, number, rules, class of data, and what was written of it.",
    usage: "pasarela explain [options] [HOST:PORT] TYPE[.FIELD]",
    discussion: """
      A path may lead through messages, from field to field. Comments are there where the schema brings them: from \
      -proto, and from servers that tell them. For example:

        pasarela explain Person.birth_date
        pasarela explain Registration.members.relationship
        pasarela explain -plaintext localhost:50051 grpc.health.v1.HealthCheckRequest
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT; then the message or enum, and the field after a dot.",
      valueName: "HOST:PORT TYPE.FIELD"),
    completion: .custom(Candidates.symbols))
  var words: [String]
  @OptionGroup var tool: ToolOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: false)
    guard let symbol = words.word else { throw ValidationError("say what to explain") }
    let listing = try await tool.search(words).first(
      at: tool.server(words, options, in: surroundings), symbol: symbol, in: surroundings
    ) { schema in try Explanation(schema).listing(of: symbol) }
    guard let listing else { throw SymbolSearch.notFound(symbol) }
    try listing.show(options.output, in: surroundings)
  }
}

import ArgumentParser
import Protobuf

/// `pasarela describe`: a part of a schema, as .proto files have it.
struct DescribeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Prints a service, method, message, enum, field or file as .proto text.",
    usage: "pasarela describe [options] [HOST:PORT] SYMBOL",
    discussion: """
      For example:

        pasarela describe -plaintext localhost:50051 grpc.health.v1.Health
        pasarela describe -protoset schema.protoset acme.v1.Order
        pasarela describe OfficeService/GetOffice
        pasarela describe safemobility/v1/office.proto
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT; then the name, whole or its end, or a file of the schema.",
      valueName: "HOST:PORT SYMBOL"),
    completion: .custom(Candidates.symbols))
  var words: [String]
  @OptionGroup var tool: ToolOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: false)
    guard let symbol = words.word else { throw ValidationError("say what to describe") }
    let name = SymbolSearch.name(of: symbol)
    let text = try await tool.search(words).first(
      at: tool.server(words, options, in: surroundings), symbol: name, in: surroundings
    ) { schema in try Self.text(of: symbol, in: schema) }
    guard let text else { throw SymbolSearch.notFound(symbol) }
    let listing = Listing(
      lines: [text], tree: .members(["symbol": .text(symbol), "proto": .text(text)]))
    try listing.show(options.output, in: surroundings)
  }

  private static func text(of symbol: String, in schema: ToolSchema) throws -> String? {
    let declarations = Declarations(schema.types.files)
    var writer = ProtoText(declarations, schema.types)
    if let file = schema.types.files.firstIndex(where: { $0.name == symbol }) {
      return writer.text(ofFile: file)
    }
    guard let found = try SymbolSearch.declaration(of: symbol, in: declarations) else { return nil }
    let head = "// \(found.fullName), in \(schema.types.files[found.file].name ?? "")\n"
    return head + writer.text(of: found)
  }
}

/// Finds what a person names by the whole of its name, or by the end of it.
enum SymbolSearch {
  /// A name as the schema has it: `OfficeService/GetOffice` is `OfficeService.GetOffice`.
  static func name(of text: String) -> String {
    text.hasSuffix(".proto") ? text : String(text.replacing("/", with: ".").drop { $0 == "." })
  }

  /// What a text names; nil for nothing.
  ///
  /// - Throws: `ValidationError` when it may be several
  static func declaration(
    of text: String, in declarations: Declarations
  ) throws -> Declarations.Declaration? {
    let name = name(of: text)
    if let exact = declarations.declaration(of: name) { return exact }
    let names = declarations.names(endingIn: name)
    guard names.count <= 1 else { throw ambiguous(text, names) }
    return names.first.flatMap(declarations.declaration)
  }

  static func ambiguous(_ text: String, _ names: [String]) -> ValidationError {
    let shown = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    return ValidationError("\(text) may be any of \(shown)")
  }

  static func notFound(_ text: String) -> CommandFailure {
    CommandFailure(
      "there is no \(text) in the schema; see: pasarela ls, or say where the schema is with HOST:PORT, -proto or -protoset"
    )
  }
}

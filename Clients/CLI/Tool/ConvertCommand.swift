import ArgumentParser
import Foundation
import Protobuf

/// `pasarela convert`: one message in another form.
struct ConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turns a message from one form into another: JSON, binary, hex, base64.",
    usage: "pasarela convert [options] [HOST:PORT] TYPE --from FORM --to FORM",
    discussion: """
      The message comes from standard input unless --data says otherwise. For example:

        pasarela convert Office --from json --to hex -d '{"name": "offices/a"}'
        pasarela convert -proto a.proto Order --from binary --to json -d @order.bin
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT, if its schema is meant; then the type.",
      valueName: "HOST:PORT TYPE"),
    completion: .custom(Candidates.messages))
  var words: [String]
  @Option(help: "The form that the message is in.") var from: Form
  @Option(help: "The form that is wanted.") var to: Form
  @Option(
    name: [.customShort("d"), .customLong("data")],
    help: ArgumentHelp(
      "The message itself, @FILE, or - for standard input. (default: -)", valueName: "MESSAGE"))
  var data: RequestData?
  @OptionGroup var tool: ToolOptions
  @OptionGroup var options: GlobalOptions

  /// How a message is written down.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case json, binary, hex, base64
  }

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: false)
    guard let name = words.word else { throw ValidationError("say what the message is of") }
    let found = try await tool.search(words).first(
      at: tool.server(words, options, in: surroundings), symbol: name, in: surroundings
    ) { schema -> (MessageDescriptor, DescriptorPool)? in
      let types = schema.messages(named: name)
      guard types.count <= 1 else { throw SymbolSearch.ambiguous(name, types.map(\.fullName)) }
      return types.first.map { ($0, schema.registry) }
    }
    guard let (type, registry) = found else { throw SymbolSearch.notFound(name) }
    let source = data ?? RequestData(file: "-")
    let message = ShownMessage(
      try bytes(of: try await Self.all(of: source, in: surroundings), source.name, type, registry),
      of: type, registry: registry)
    // What is no message of the type must not pass as one.
    let json = try message.json(pretty: true)
    switch to {
    case .json: surroundings.write(json + "\n")
    case .binary: surroundings.writeBytes(message.bytes)
    case .hex: surroundings.write(Hexadecimal.text(of: message.bytes) + "\n")
    case .base64: surroundings.write(Data(message.bytes).base64EncodedString() + "\n")
    }
  }

  private static func all(
    of data: RequestData, in surroundings: Surroundings
  ) async throws(CommandFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    let pieces = try data.pieces(in: surroundings)
    while let piece = try await pieces.next() { bytes += piece }
    return bytes
  }

  private func bytes(
    of given: [UInt8], _ source: String, _ type: MessageDescriptor, _ registry: DescriptorPool
  ) throws(CommandFailure) -> [UInt8] {
    switch from {
    case .binary: return given
    case .json:
      var options = JSONDecodingOptions()
      options.registry = registry
      do {
        return try type.serializedBytes(jsonUTF8: given, options: options)
      } catch {
        throw CommandFailure("\(source) is not the JSON of a \(type.fullName): \(error)")
      }
    case .hex:
      guard let bytes = Hexadecimal.bytes(of: String(decoding: given, as: UTF8.self)) else {
        throw CommandFailure("\(source) has not two hexadecimal digits for each byte")
      }
      return bytes
    case .base64:
      guard let bytes = Data(base64Encoded: Data(given), options: .ignoreUnknownCharacters) else {
        throw CommandFailure("\(source) is not base64 (RFC 4648, section 4)")
      }
      return Array(bytes)
    }
  }
}

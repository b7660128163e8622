import ArgumentParser
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// `pasarela call`: any method of any server, with requests and responses as JSON.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Calls any method of any gRPC server, with JSON in and out.",
    usage: "pasarela call [options] [HOST:PORT] METHOD",
    discussion: """
      The schema is the one of the programme for its own methods; else the server is asked for it by reflection, or \
      it comes from -proto or -protoset. A method with a stream of requests takes several JSON values, one behind \
      the other, and sends each as it arrives; of a stream of responses each is a line of JSON. Ctrl-C cancels the \
      call. A request to the programme that needs a request_id and has none gets one. For example:

        pasarela call OfficeService/GetOffice -d '{"name": "offices/gt-xel-01"}'
        pasarela call -plaintext localhost:50051 grpc.health.v1.Health/Check
        pasarela call -H 'authorization: Bearer ${TOKEN}' acme.eu:443 a.Chat/Talk
        pasarela call OfficeService/ListOffices --filter 'confirmed = true'
        pasarela call -proto a.proto acme.eu:443 a.Orders/Upload -d @orders.json

      grpcurl's flags -plaintext, -proto, -protoset, -import-path, -cacert, -cert and -key are taken as they are.
      """)

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT, unless --target says it; then the method, such as OfficeService/GetOffice.",
      valueName: "HOST:PORT METHOD"),
    completion: .custom(Candidates.methods))
  var words: [String]
  @Option(
    name: [.customShort("d"), .customLong("data")],
    help: ArgumentHelp(
      "The request as proto3 JSON; @FILE for a file, - or @ for standard input.", valueName: "JSON")
  )
  var data: RequestData?
  @Option(help: ArgumentHelp("A file with the request; - is standard input.", valueName: "FILE"))
  var file: String?
  @Flag(
    help: """
      Prints the headers and messages that would be sent, and sends none of them. The schema may still be asked for.
      """)
  var dryRun = false
  @Option(
    help: ArgumentHelp(
      """
      Shows only the messages of a stream, or the items of a list, of which it holds: PATH RELATION VALUE, with =, !=, \
      <, <=, >, >= or : for has; joined by AND, turned round by NOT.
      """, valueName: "CONDITION"))
  var filter: Condition?
  @Flag(name: .shortAndLong, help: "Says on standard error what came beside the messages.")
  var verbose = false
  @OptionGroup var tool: ToolOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard data == nil || file == nil else {
      throw ValidationError("give --data or --file, not both")
    }
  }

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: false)
    guard let name = words.word else { throw ValidationError("say which method to call") }
    let (method, registry) = try await method(name, words, surroundings)
    let server = try ToolServer(
      options.at(words.target), tool.headers, purpose: method.isOfProgramme ? .processing : nil,
      isDry: dryRun, in: surroundings)
    let request = Sent()
    let feed = try RequestFeed(
      method.request, from: data ?? file.map { RequestData(file: $0) }, registry: registry,
      in: surroundings
    ) { [requestID = options.requestId] bytes throws(CommandFailure) in
      let bytes = try Self.identified(bytes, method, requestID)
      request.set(bytes)
      return bytes
    }
    let output = CallOutput(
      method: method, registry: registry, format: options.format(in: surroundings),
      zone: options.zone?.zone, surroundings: surroundings,
      filter: try filter.map { try ResponseFilter($0, method) })
    try await server.use { server in
      try await call(MethodCall(server: server, method: method), feed, request, output)
    }
  }

  private func call(
    _ call: MethodCall, _ feed: RequestFeed, _ request: Sent, _ output: CallOutput
  ) async throws {
    func repetition() -> Repetition {
      // Only of the programme's methods is it known that what is repeated is done once.
      call.method.isOfProgramme && call.method.descriptor.kind == .unary
        ? Repetition(
          of: request.bytes, call.method.request, typed: output.surroundings.arguments)
        : Repetition(typed: output.surroundings.arguments)
    }
    do {
      let ending = try await call.run(feed) { try output.show($0, repetition()) }
      if verbose {
        output.tell("Header", ending.metadata)
        output.tell("Trailer", ending.trailingMetadata)
      }
    } catch let error as RPCError {
      if dryRun, error == DryTransport.end { return }
      if verbose { output.tell("Trailer", error.metadata) }
      throw output.failure(error, repetition())
    }
  }

  /// The method of a name.
  ///
  /// - Throws: `ValidationError` when there is none, or it may be several
  private func method(
    _ name: String, _ words: ServerWords, _ surroundings: Surroundings
  ) async throws -> (ToolSchema.Method, DescriptorPool) {
    // With a dot before its last part the name may be whole, and then the server is asked for that service alone.
    let parts = SymbolSearch.name(of: name).split(separator: ".").dropLast()
    // A schema that was compiled in says nothing wrong about a server that has the very method.
    let search = SchemaSearch(
      files: tool.schema, isServerNamed: words.target != nil && !Self.isCompiled(name))
    let found = try await search.first(
      at: tool.server(words, options, in: surroundings),
      symbol: parts.count > 1 ? parts.joined(separator: ".") : nil, in: surroundings
    ) { schema in
      let methods = schema.methods(named: name)
      guard methods.count <= 1 else {
        throw SymbolSearch.ambiguous(name, methods.map(\.descriptor.fullName))
      }
      return methods.first.map { ($0, schema.registry) }
    }
    guard let found else { throw ValidationError("there is no method \(name); see: pasarela ls") }
    return found
  }

  /// Whether a name is that of a method of the compiled schema, from its package on.
  private static func isCompiled(_ name: String) -> Bool {
    let methods = (try? ToolSchema.compiled().methods(named: name)) ?? []
    return methods.first.map { SymbolSearch.name(of: $0.descriptor.fullName) }
      == SymbolSearch.name(of: name)
  }

  /// A request to the programme with a request_id, if its type has one.
  private static func identified(
    _ request: [UInt8], _ method: ToolSchema.Method, _ given: RequestID?
  ) throws(CommandFailure) -> [UInt8] {
    guard method.isOfProgramme, method.descriptor.kind == .unary,
      method.request.field(named: "request_id") != nil
    else { return request }
    let isMissing = Repetition(of: request, method.request, typed: []).requestID == nil
    guard isMissing || given != nil else { return request }
    let id = given ?? .make()
    do {
      // The last value of a field is the one that counts.
      return request
        + (try method.request.serializedBytes(jsonUTF8: Array("{\"requestId\": \"\(id)\"}".utf8)))
    } catch {
      throw CommandFailure("the request takes no request id: \(error)")
    }
  }
}

import ArgumentParser
import Protobuf
import RPCCore

/// `pasarela ls`: what a server offers.
struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Lists the services of a server, or the methods of a service.",
    usage: "pasarela ls [options] [HOST:PORT] [SERVICE]",
    discussion: """
      The server is asked by reflection, v1 or v1alpha. Without a server, or where it does not tell, it is the \
      contract of the programme that is listed. For example:

        pasarela ls -plaintext localhost:50051
        pasarela ls -plaintext localhost:50051 grpc.health.v1.Health
        pasarela ls -proto greeter.proto -import-path protos -o wide
        pasarela ls OfficeService
      """, aliases: ["list"])

  @Argument(
    help: ArgumentHelp(
      "The server, HOST:PORT; then the service, or a part of its name.",
      valueName: "HOST:PORT SERVICE"),
    completion: .custom(Candidates.services))
  var words: [String] = []
  @OptionGroup var tool: ToolOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let surroundings = Surroundings.current
    let words = try ServerWords(words, takesAddressAlone: true)
    let schema = try await tool.search(words).listed(
      at: tool.server(words, options, in: surroundings), in: surroundings)
    guard let name = words.word else {
      return try services(schema).show(options.output, in: surroundings)
    }
    let found = schema.services(matching: name)
    guard !found.isEmpty else {
      throw CommandFailure("there is no service \(name); see: pasarela ls")
    }
    try methods(found).show(options.output, in: surroundings)
  }

  private func services(_ schema: ToolSchema) -> Listing {
    let rows = schema.services.map { name in
      let service = schema.types.service(named: name)
      return [name, "\(service?.methods.count ?? 0) methods", service?.file ?? "(not told)"]
    }
    return Listing(
      lines: options.output == .wide ? Table(rows: rows).lines : schema.services,
      names: schema.services,
      tree: .array(
        schema.services.map { name in
          let service = schema.types.service(named: name)
          return .members([
            "service": .text(name), "file": (service?.file).map(JSONTree.text),
            "methods": .array(service?.methods.map { .text($0.name) } ?? []),
          ])
        }))
  }

  private func methods(_ services: [RuntimeSchema.Service]) -> Listing {
    let methods = services.flatMap { service in
      service.methods.map { (name: "\(service.fullName)/\($0.name)", method: $0) }
    }
    let isWide = options.output == .wide
    let table = Table(
      rows: methods.map { name, method in
        let kind = ToolSchema.kind(of: method)
        return isWide
          ? [name, kind.words, method.request.fullName, method.response.fullName]
          : [name, kind == .unary ? "" : kind.words]
      })
    return Listing(
      lines: table.lines, names: methods.map(\.name),
      tree: .array(
        methods.map { name, method in
          .members([
            "method": .text(name), "kind": .text(ToolSchema.kind(of: method).words),
            "request": .text(method.request.fullName),
            "response": .text(method.response.fullName),
          ])
        }))
  }
}

import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

/// `pasarela call`: any unary method of the contract, with the request as JSON.
struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Calls any unary method; see `pasarela ls`.",
    discussion: """
      A request that needs a request_id and has none gets one. For example:

        pasarela call OfficeService/GetOffice --data '{"name": "offices/gt-xel-01"}'
      """)

  @Argument(help: "The method, such as OfficeService/GetOffice.") var method: String
  @Option(help: ArgumentHelp("The request as proto3 JSON.", valueName: "JSON")) var data: String?
  @Option(help: "A file with the request; - is standard input.") var file: RequestFile?
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard data == nil || file == nil else {
      throw ValidationError("give --data or --file, not both")
    }
  }

  func run() async throws {
    let methods = CompiledSchema.programme().methods(named: method)
    guard let method = methods.first else {
      throw ValidationError("there is no method \(self.method); see: pasarela ls")
    }
    guard methods.count == 1 else {
      let names = methods.map(\.descriptor.fullName).joined(separator: ", ")
      throw ValidationError("\(self.method) may be any of \(names)")
    }
    guard method.descriptor.kind == .unary else {
      throw ValidationError("\(method.descriptor.fullName) streams; call makes unary calls only")
    }
    try await call(method.descriptor, method.request, method.response)
  }

  private func call<Request: Message, Response: Message>(
    _ method: MethodDescriptor, _ requestType: Request.Type, _ responseType: Response.Type
  ) async throws {
    let surroundings = Surroundings.current
    let request = try identified(try request(as: requestType))
    let session = try Session(options, purpose: .processing, in: surroundings)
    let answer: Answer<Request, Response>
    do {
      let response: Unnamed<Response> = try await session.call(
        method, Unnamed(message: request),
        repetition: Repetition(of: request, typed: surroundings.arguments))
      answer = Answer(
        request: request, response: response.message, secondPerson: "Another authorised person")
    } catch {
      await session.close()
      throw error
    }
    await session.close()
    try answer.show(session.format, zone: options.zone?.zone, in: surroundings)
  }

  private func request<Request: Message>(as type: Request.Type) throws -> Request {
    if let file { return try file.read(as: type) }
    do {
      return try Request(jsonString: data ?? "{}")
    } catch {
      throw CommandFailure("--data is not the JSON of a \(Request.descriptor.fullName): \(error)")
    }
  }

  /// The request with a request_id, if its type has one.
  private func identified<Request: Message>(_ request: Request) throws -> Request {
    guard Request.descriptor.field(named: "request_id") != nil else { return request }
    let isMissing = Repetition(of: request, typed: []).requestID == nil
    guard isMissing || options.requestId != nil else { return request }
    let id = options.requestId ?? .make()
    let source = try Request(jsonString: "{\"requestId\": \"\(id)\"}")
    return try request.updated(from: source, mask: .init(paths: ["request_id"]))
  }
}

/// A message of a type that is only known when the program runs, as one that can be called with.
struct Unnamed<Value: Message>: RPCMessage {
  let message: Value

  init(message: Value) { self.message = message }

  init(serializedBytes: RawSpan) throws { message = try Value(serializedBytes: serializedBytes) }

  func serialize(into buffer: inout [UInt8]) throws { try message.serialize(into: &buffer) }
}

/// `pasarela ls`: what can be called.
struct ListMethods: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Lists the methods of the contract.")

  @Argument(help: "Only of services whose name has this in it.") var service = ""

  func run() throws {
    let methods = CompiledSchema.programme().methods.filter {
      service.isEmpty || $0.descriptor.service.contains(service)
    }
    let surroundings = Surroundings.current
    let table = Table(
      rows: methods.map { method in
        let name = method.descriptor.service.split(separator: ".").last ?? ""
        let kind = method.descriptor.kind == .unary ? "" : "streaming"
        return ["\(name)/\(method.descriptor.method)", kind]
      })
    surroundings.write(table.lines.joined(separator: "\n") + "\n")
  }
}

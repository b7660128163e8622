/// Writes one service: the protocol of a server, the list of methods, and the client.
///
/// The server has all four kinds of calls, the client the unary ones.
struct ServiceEmitter {
  let context: EmissionContext
  let service: SchemaService
  let namespace: String

  private var scope: LexicalScope { LexicalScope(namespace: namespace, path: []) }
  private var unaryMethods: [SchemaMethod] { service.methods.filter { $0.kind == .unary } }

  func emit(into text: inout SwiftText) {
    text.block("extension \(namespace) {") {
      emitProtocol(into: &$0)
      $0.gap()
      emitMethods(into: &$0)
      $0.gap()
      emitClient(into: &$0)
    }
    text.gap()
    emitHandlers(into: &text)
  }

  // MARK: Server

  private func emitProtocol(into text: inout SwiftText) {
    text.documentationWithWarning(service.note)
    let base = core("RPCService", in: scope)
    text.block("\(context.access)protocol \(service.names.server): \(base) {") {
      for method in service.methods {
        $0.item(documented: !method.note.isBare) {
          $0.documentationWithWarning(method.note)
          emitHead("", of: method, in: scope, into: &$0)
        }
      }
    }
  }

  /// The function's head, on one line where it fits; `closing` follows it.
  private func emitHead(
    _ start: String, of method: SchemaMethod, in scope: LexicalScope, closing: String = "",
    into text: inout SwiftText
  ) {
    let function = "\(start)func \(SwiftIdentifier.quoted(method.swiftName))("
    let input = context.spelling(of: method.input, in: scope)
    let output = context.spelling(of: method.output, in: scope)
    var parameters = [
      method.kind.hasOneRequest
        ? "_ request: \(input)" : "_ requests: \(core("RequestStream", in: scope))<\(input)>"
    ]
    if !method.kind.hasOneResponse {
      parameters.append("responses: \(core("ResponseStream", in: scope))<\(output)>")
    }
    parameters.append("call: \(core("ServerCall", in: scope))")
    let result =
      ") async throws" + (method.kind.hasOneResponse ? " -> \(output)" : "") + closing
    let list = parameters.joined(separator: ", ")
    if text.fits(function + list + result) {
      text.line(function + list + result)
      return
    }
    text.line(function)
    if text.fits("  " + list) {
      text.line("  " + list)
    } else {
      for parameter in parameters.dropLast() { text.line("  \(parameter),") }
      text.line("  \(parameters[parameters.count - 1])")
    }
    text.line(result)
  }

  private func emitHandlers(into text: inout SwiftText) {
    let access = context.access
    text.block("extension \(namespace).\(service.names.server) {") {
      $0.line("\(access)static var serviceName: String { \"\(service.fullName)\" }")
      $0.gap()
      $0.block("\(access)func methods() -> [MethodHandler] {") {
        guard !service.methods.isEmpty else {
          $0.line("[]")
          return
        }
        $0.block("[", closing: "]") { list in
          for method in service.methods { emitHandler(of: method, into: &list) }
        }
      }
      for method in service.methods {
        $0.gap()
        emitHead(access, of: method, in: .file, closing: " {", into: &$0)
        $0.line("  throw RPCError(.unimplemented, \"\(method.protoName) is not implemented\")")
        $0.line("}")
      }
    }
  }

  private func emitHandler(of method: SchemaMethod, into text: inout SwiftText) {
    let name = SwiftIdentifier.quoted(method.swiftName)
    let descriptor = "\(namespace).\(service.names.methods).\(name)"
    let one = method.kind.hasOneRequest ? "request" : "requests"
    let responses = method.kind.hasOneResponse ? "" : ", responses"
    let argument = method.kind.hasOneResponse ? "" : ", responses: responses"
    text.block(
      ".\(method.kind.rawValue)(\(descriptor)) { \(one)\(responses), call in", closing: "},"
    ) {
      $0.line("try await self.\(name)(\(one)\(argument), call: call)")
    }
  }

  // MARK: Both sides

  private func emitMethods(into text: inout SwiftText) {
    let access = context.access
    text.line("/// The methods of `\(service.fullName)`.")
    text.block("\(access)enum \(service.names.methods) {") {
      let type = core("MethodDescriptor", in: scope)
      for method in service.methods {
        let name = SwiftIdentifier.quoted(method.swiftName)
        $0.line("\(access)static let \(name) = \(type)(")
        $0.line(
          "  service: \"\(service.fullName)\", method: \"\(method.protoName)\", "
            + "kind: .\(method.kind.rawValue))")
      }
      $0.gap()
      $0.line("/// All of them, in the order of the schema.")
      if service.methods.isEmpty {
        $0.line("\(access)static let all: [\(type)] = []")
      } else {
        $0.block("\(access)static let all: [\(type)] = [", closing: "]") { list in
          for method in service.methods {
            list.line("\(SwiftIdentifier.quoted(method.swiftName)),")
          }
        }
      }
    }
  }

  // MARK: Client

  private func emitClient(into text: inout SwiftText) {
    let access = context.access
    let client = core("RPCClient", in: scope)
    text.line("/// Calls `\(service.fullName)`.")
    text.block("\(access)struct \(service.names.client): Sendable {") {
      $0.line("private let client: \(client)")
      $0.gap()
      $0.line("/// Makes its calls with `client`.")
      $0.line("\(access)init(_ client: \(client)) {")
      $0.line("  self.client = client")
      $0.line("}")
      for method in unaryMethods {
        $0.gap()
        emitCall(of: method, into: &$0)
      }
    }
  }

  private func emitCall(of method: SchemaMethod, into text: inout SwiftText) {
    let name = SwiftIdentifier.quoted(method.swiftName)
    text.documentation(method.note)
    if method.note.isDeprecated { text.line("@available(*, deprecated)") }
    text.line("\(context.access)func \(name)(")
    text.line("  _ request: \(context.spelling(of: method.input, in: scope)),")
    let options = core("CallOptions", in: scope)
    text.line(
      "  metadata: \(core("Metadata", in: scope)) = [:], options: \(options) = \(options)()")
    let response = context.spelling(of: method.output, in: scope)
    text.block(") async throws(\(core("RPCError", in: scope))) -> \(response) {") {
      $0.line("try await client.unary(")
      $0.line("  \(service.names.methods).\(name), request, metadata: metadata, options: options")
      $0.line(").message")
    }
  }

  private func core(_ name: String, in scope: LexicalScope) -> String {
    context.types.spelling(ofRuntime: name, module: "RPCCore", in: scope)
  }
}

/// Writes one service: the protocol of a server, the list of methods, and what calls it.
struct ServiceEmitter {
  let context: EmissionContext
  let service: SchemaService
  let namespace: String

  private var scope: LexicalScope { LexicalScope(namespace: namespace, path: []) }

  func emit(into text: inout SwiftText) {
    let client = ClientEmitter(context: context, service: service, namespace: namespace)
    text.block("extension \(namespace) {") {
      emitProtocol(into: &$0)
      $0.gap()
      emitMethods(into: &$0)
      $0.gap()
      client.emit(into: &$0)
      $0.gap()
      FakeEmitter(client: client).emit(into: &$0)
    }
    text.gap()
    emitHandlers(into: &text)
    if !service.methods.isEmpty {
      text.gap()
      client.emitDefaults(into: &text)
    }
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

  private func emitHead(
    _ start: String, of method: SchemaMethod, in scope: LexicalScope, closing: String = "",
    into text: inout SwiftText
  ) {
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
    text.functionHead(
      "\(start)func \(SwiftIdentifier.quoted(method.swiftName))", parameters,
      " async throws" + (method.kind.hasOneResponse ? " -> \(output)" : "") + closing)
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

  private func core(_ name: String, in scope: LexicalScope) -> String {
    context.spelling(ofCore: name, in: scope)
  }
}

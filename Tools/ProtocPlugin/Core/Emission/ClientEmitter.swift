/// Writes what calls a service: the protocol that code and tests share, and the struct that calls over a transport.
struct ClientEmitter {
  let context: EmissionContext
  let service: SchemaService
  let namespace: String

  var scope: LexicalScope { LexicalScope(namespace: namespace, path: []) }

  /// The protocol and the struct, within the namespace's braces.
  func emit(into text: inout SwiftText) {
    emitProtocol(into: &text)
    text.gap()
    emitStruct(into: &text)
  }

  /// The calls that leave metadata or options out, for everything that conforms to the protocol.
  ///
  /// Two functions each and no default values: a function of the same shape as the requirement would stand in
  /// for it where it was forgotten, and call itself.
  func emitDefaults(into text: inout SwiftText) {
    text.line("/// The calls without metadata, without options, and without both.")
    text.block("extension \(namespace).\(service.names.clientProtocol) {") {
      for method in service.methods {
        let name = SwiftIdentifier.quoted(method.swiftName)
        let request = method.kind.hasOneRequest ? "request, " : ""
        let options = core("CallOptions", in: .file)
        emitDefault(
          of: method, taking: "metadata: \(core("Metadata", in: .file)) = [:]",
          calling: "self.\(name)(\(request)metadata: metadata, options: \(options)())", into: &$0)
        emitDefault(
          of: method, taking: "options: \(options)",
          calling: "self.\(name)(\(request)metadata: [:], options: options)", into: &$0)
      }
    }
  }

  private func emitDefault(
    of method: SchemaMethod, taking parameter: String, calling call: String,
    into text: inout SwiftText
  ) {
    text.gap()
    if method.note.isDeprecated { text.line("@available(*, deprecated)") }
    emitHead(
      context.access, of: method, in: .file, beside: [parameter], closing: " {", into: &text)
    text.line("  \(method.kind == .unary ? "try await " : "")\(call)")
    text.line("}")
  }

  private func emitProtocol(into text: inout SwiftText) {
    text.line("/// What `\(service.fullName)` offers its clients.")
    text.block("\(context.access)protocol \(service.names.clientProtocol): Sendable {") {
      for method in service.methods {
        $0.item(documented: !method.note.isBare) {
          emitNote(method, into: &$0)
          emitHead("", of: method, in: scope, into: &$0)
        }
      }
    }
  }

  private func emitStruct(into text: inout SwiftText) {
    let access = context.access
    let client = core("RPCClient", in: scope)
    text.line("/// Calls `\(service.fullName)`.")
    text.block(
      "\(access)struct \(service.names.client): \(service.names.clientProtocol) {"
    ) {
      $0.line("private let client: \(client)")
      $0.gap()
      $0.line("/// Makes its calls with `client`.")
      $0.line("\(access)init(_ client: \(client)) {")
      $0.line("  self.client = client")
      $0.line("}")
      for method in service.methods {
        $0.gap()
        emitNote(method, into: &$0)
        emitHead(access, of: method, in: scope, closing: " {", into: &$0)
        emitCall(of: method, into: &$0)
        $0.line("}")
      }
    }
  }

  private func emitCall(of method: SchemaMethod, into text: inout SwiftText) {
    let descriptor = "\(service.names.methods).\(SwiftIdentifier.quoted(method.swiftName))"
    let request = method.kind.hasOneRequest ? " request," : ""
    let start = "\(method.kind == .unary ? "try await " : "")client.\(method.kind.rawValue)("
    let arguments = "\(descriptor),\(request) metadata: metadata, options: options"
    let end = method.kind == .unary ? ").message" : ")"
    if text.fits("  " + start + arguments + end) {
      text.line("  " + start + arguments + end)
      return
    }
    text.line("  " + start)
    text.line("    " + arguments)
    text.line("  " + end)
  }

  /// What the schema says of a method.
  func emitNote(_ method: SchemaMethod, into text: inout SwiftText) {
    text.documentation(method.note)
    if method.note.isDeprecated { text.line("@available(*, deprecated)") }
  }

  /// The head of a call; by default with all of its parameters.
  func emitHead(
    _ start: String, of method: SchemaMethod, in scope: LexicalScope,
    beside parameters: [String]? = nil, closing: String = "", into text: inout SwiftText
  ) {
    let request = "_ request: \(context.spelling(of: method.input, in: scope))"
    let all =
      (method.kind.hasOneRequest ? [request] : [])
      + (parameters ?? [
        "metadata: \(core("Metadata", in: scope))", "options: \(core("CallOptions", in: scope))",
      ])
    text.functionHead(
      "\(start)func \(SwiftIdentifier.quoted(method.swiftName))", all,
      "\(result(of: method, in: scope))\(closing)")
  }

  /// What follows the parameters of a call.
  func result(of method: SchemaMethod, in scope: LexicalScope) -> String {
    let output = context.spelling(of: method.output, in: scope)
    if method.kind == .unary {
      return " async throws(\(core("RPCError", in: scope))) -> \(output)"
    }
    return " -> \(stream(of: method, in: scope))<\(streamed(by: method, in: scope))>"
  }

  /// The type of a call with a stream, without its parameters.
  func stream(of method: SchemaMethod, in scope: LexicalScope) -> String {
    switch method.kind {
    case .unary: ""
    case .clientStreaming: core("ClientStreamingCall", in: scope)
    case .serverStreaming: core("ServerStreamingCall", in: scope)
    case .bidirectionalStreaming: core("BidirectionalStreamingCall", in: scope)
    }
  }

  private func streamed(by method: SchemaMethod, in scope: LexicalScope) -> String {
    let output = context.spelling(of: method.output, in: scope)
    if method.kind.hasOneRequest { return output }
    return "\(context.spelling(of: method.input, in: scope)), \(output)"
  }

  func core(_ name: String, in scope: LexicalScope) -> String {
    context.spelling(ofCore: name, in: scope)
  }
}

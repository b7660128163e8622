/// Writes the client of a service that has no server: a closure for each method, for tests.
struct FakeEmitter {
  let client: ClientEmitter

  private var context: EmissionContext { client.context }
  private var service: SchemaService { client.service }
  private var scope: LexicalScope { client.scope }

  func emit(into text: inout SwiftText) {
    let access = context.access
    text.line("/// A client of `\(service.fullName)` without a server, for tests.")
    if !service.methods.isEmpty {
      text.line("///")
      text.line("/// What is not given an answer is UNIMPLEMENTED.")
    }
    text.block("\(access)struct \(service.names.fake): \(service.names.clientProtocol) {") {
      for method in service.methods {
        $0.gap()
        emitAnswer(of: method, into: &$0)
      }
      $0.gap()
      $0.line("/// Has no answers yet.")
      $0.line("\(access)init() {}")
      for method in service.methods {
        $0.gap()
        if method.note.isDeprecated { $0.line("@available(*, deprecated)") }
        client.emitHead(access, of: method, in: scope, closing: " {", into: &$0)
        let request = method.kind.hasOneRequest ? "request" : ""
        let effects = method.kind == .unary ? "try await " : ""
        $0.line("  \(effects)\(method.answerName)(\(request))")
        $0.line("}")
      }
    }
  }

  private func emitAnswer(of method: SchemaMethod, into text: inout SwiftText) {
    text.line("/// The answer to `\(method.swiftName)`.")
    let property = "\(context.access)var \(method.answerName):"
    let input =
      method.kind.hasOneRequest ? context.spelling(of: method.input, in: scope) : ""
    let type = "@Sendable (\(input))\(client.result(of: method, in: scope))"
    let whole = "\(property) \(type) = {"
    if text.fits(whole) {
      emitClosure(of: method, opening: whole, indent: "", into: &text)
    } else {
      text.line(property)
      emitClosure(of: method, opening: "\(type) = {", indent: "  ", into: &text)
    }
  }

  private func emitClosure(
    of method: SchemaMethod, opening: String, indent: String, into text: inout SwiftText
  ) {
    let parameters = closureParameters(of: method)
    if text.fits(indent + opening + parameters) {
      text.line(indent + opening + parameters)
    } else {
      text.line(indent + opening)
      text.line(indent + " " + parameters)
    }
    emitRefusal(of: method, indent: indent, into: &text)
    text.line(indent + "}")
  }

  private func closureParameters(of method: SchemaMethod) -> String {
    if method.kind == .unary { return " _ throws(\(client.core("RPCError", in: scope))) in" }
    return method.kind.hasOneRequest ? " _ in" : ""
  }

  private func emitRefusal(of method: SchemaMethod, indent: String, into text: inout SwiftText) {
    let message = "the fake has no answer for \(method.swiftName)"
    let error = "\(client.core("RPCError", in: scope))(.unimplemented, \"\(message)\")"
    if method.kind == .unary {
      text.line("\(indent)  throw \(error)")
      return
    }
    let stream = client.stream(of: method, in: scope)
    let whole = "\(indent)  \(stream)(of: [], failing: \(error))"
    if text.fits(whole) {
      text.line(whole)
    } else {
      text.line("\(indent)  \(stream)(")
      text.line("\(indent)    of: [], failing: \(error))")
    }
  }
}

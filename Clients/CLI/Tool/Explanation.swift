import ArgumentParser
import Protobuf

/// What a schema says of one thing.
struct Explanation {
  private typealias Declaration = Declarations.Declaration

  private let declarations: Declarations
  private let options: OptionText

  init(_ schema: ToolSchema) {
    declarations = Declarations(schema.types.files)
    options = OptionText(declarations: declarations, types: schema.types)
  }

  /// What is said of a name, or of a path that goes on through the types of fields; nil where there is no such thing.
  ///
  /// - Throws: `ValidationError` when the name may be that of several
  func listing(of text: String) throws -> Listing? {
    guard let found = try declaration(at: text) else { return nil }
    var facts = facts(of: found)
    let comment = declarations.comment(at: found.path, of: found.file).map(Self.lines) ?? []
    var parts: [[String]] = []
    if !comment.isEmpty { parts.append(comment) }
    let members = members(of: found)
    if !members.isEmpty { parts.append(Table(rows: members).lines.map { "  " + $0 }) }
    let width = facts.map(\.0.count).max() ?? 0
    let head = facts.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }
    facts += comment.isEmpty ? [] : [("comment", comment.joined(separator: "\n"))]
    var tree = facts.map { JSONTree.Member(name: $0.0, value: .text($0.1)) }
    if !members.isEmpty {
      tree.append(.init(name: "members", value: .array(members.map { .text($0[0]) })))
    }
    return Listing(
      lines: Array(([head] + parts).joined(separator: [""])), names: [found.fullName],
      tree: .object(tree))
  }

  /// The longest beginning that is declared, and from there from field to field.
  private func declaration(at text: String) throws -> Declaration? {
    if let found = try SymbolSearch.declaration(of: text, in: declarations) { return found }
    let steps = SymbolSearch.name(of: text).split(separator: ".").map(String.init)
    for count in stride(from: steps.count - 1, to: 0, by: -1) {
      let start = steps.prefix(count).joined(separator: ".")
      guard var found = try SymbolSearch.declaration(of: start, in: declarations) else { continue }
      for step in steps.dropFirst(count) {
        guard let next = member(step, of: found) else { return nil }
        found = next
      }
      return found
    }
    return nil
  }

  private func member(_ name: String, of declaration: Declaration) -> Declaration? {
    switch declaration.element {
    case .field(let field), .extension(let field):
      let type = String((field.typeName ?? "").drop { $0 == "." })
      return declarations.declaration(of: type).flatMap { member(name, of: $0) }
    case .message(let message) where message.options?.mapEntry == true:
      // What a map holds is what is meant, not the entry.
      return declarations.declaration(of: "\(declaration.fullName).value").flatMap {
        member(name, of: $0)
      }
    default: return declarations.declaration(of: "\(declaration.fullName).\(name)")
    }
  }

  // MARK: Facts

  private func facts(of declaration: Declaration) -> [(String, String)] {
    let file = declarations.files[declaration.file].name ?? ""
    switch declaration.element {
    case .message(let message):
      return [("message", declaration.fullName), ("file", file)]
        + settings(options.texts(of: message.options, unknown: message.options?.unknownFields))
    case .enumeration(let type):
      return [("enum", declaration.fullName), ("file", file)]
        + settings(options.texts(of: type.options, unknown: type.options?.unknownFields))
    case .value(let value):
      return [("value", declaration.fullName), ("number", "\(value.number ?? 0)"), ("file", file)]
        + settings(options.texts(of: value.options, unknown: value.options?.unknownFields))
    case .service(let service):
      return [("service", declaration.fullName), ("file", file)]
        + settings(options.texts(of: service.options, unknown: service.options?.unknownFields))
    case .method(let method):
      return [
        ("method", declaration.fullName), ("kind", Self.kind(of: method)),
        ("request", String((method.inputType ?? "").drop { $0 == "." })),
        ("response", String((method.outputType ?? "").drop { $0 == "." })), ("file", file),
      ] + settings(options.texts(of: method.options, unknown: method.options?.unknownFields))
    case .field(let field), .extension(let field):
      return facts(of: field, declaration) + [("file", file)]
        + settings(options.texts(of: field.options, unknown: field.options?.unknownFields))
    }
  }

  private func facts(
    of field: GoogleProtobuf.FieldDescriptorProto, _ declaration: Declaration
  ) -> [(String, String)] {
    let scope = declaration.fullName.split(separator: ".").dropLast().joined(separator: ".")
    var message: GoogleProtobuf.DescriptorProto?
    if case .message(let found) = declarations.declaration(of: scope)?.element { message = found }
    let entry = message.flatMap { ProtoText.mapEntry(field, of: $0, named: scope) }
    var facts = [
      ("field", declaration.fullName),
      (
        "type",
        (entry == nil && field.label == .repeated ? "repeated " : "")
          + (entry.map(ProtoText.mapType) ?? ProtoText.typeText(field))
      ),
      ("number", "\(field.number ?? 0)"), ("json", field.jsonName ?? field.name ?? ""),
    ]
    if field.proto3Optional == true { facts.append(("presence", "optional")) }
    if field.label == .required { facts.append(("presence", "required")) }
    if let index = field.oneofIndex, field.proto3Optional != true,
      let oneof = message?.oneofDecl.dropFirst(Int(index)).first?.name
    {
      facts.append(("oneof", oneof))
    }
    if let value = field.defaultValue { facts.append(("default", value)) }
    return facts
  }

  private func settings(_ texts: [String]) -> [(String, String)] {
    texts.enumerated().map { ($0 == 0 ? "options" : "", $1) }
  }

  /// What is within, a line for each.
  private func members(of declaration: Declaration) -> [[String]] {
    switch declaration.element {
    case .message(let message):
      return message.field.map { field in
        let entry = ProtoText.mapEntry(field, of: message, named: declaration.fullName)
        let label = entry == nil && field.label == .repeated ? "repeated " : ""
        return [
          field.name ?? "", label + (entry.map(ProtoText.mapType) ?? ProtoText.typeText(field)),
          "\(field.number ?? 0)",
        ]
      }
    case .enumeration(let type): return type.value.map { [$0.name ?? "", "\($0.number ?? 0)"] }
    case .service(let service): return service.method.map { [$0.name ?? "", Self.kind(of: $0)] }
    case .field(let field), .extension(let field):
      // The values of an enum are what its field takes.
      guard field.type == .enum, let name = field.typeName?.drop(while: { $0 == "." }),
        let type = declarations.declaration(of: String(name))
      else { return [] }
      return members(of: type)
    case .value, .method: return []
    }
  }

  private static func kind(of method: GoogleProtobuf.MethodDescriptorProto) -> String {
    switch (method.clientStreaming == true, method.serverStreaming == true) {
    case (false, false): "unary"
    case (true, false): "client streaming"
    case (false, true): "server streaming"
    case (true, true): "bidirectional streaming"
    }
  }

  /// A comment as lines, without the space that follows its slashes.
  private static func lines(_ comment: String) -> [String] {
    var lines = comment.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      Plain.cell(String(line.hasPrefix(" ") ? line.dropFirst() : line))
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

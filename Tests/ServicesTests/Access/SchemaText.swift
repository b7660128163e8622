import Foundation
import RPCCore
import Testing

/// One method as the text of the schema describes it, read here with nothing of the program's own: no
/// plugin, no descriptors, no decoder.
struct DescribedMethod: Sendable, CustomTestStringConvertible {
  var descriptor: MethodDescriptor
  var isStreaming: Bool
  /// The call may change something.
  var isChange: Bool
  var isAnonymous: Bool
  /// The answer may hold personal data.
  var isPersonal: Bool
  /// Names without prefix, as certificates have them.
  var roles: Set<String>
  var purposes: Set<String>
  var needsSecondPerson: Bool
  var approverRoles: Set<String>

  var name: String { descriptor.fullName }
  var testDescription: String { name }

  /// Who may begin it.
  var firstPersons: Set<String> { roles }
  /// Who may finish what another has begun; nobody where one person is enough.
  var secondPersons: Set<String> {
    needsSecondPerson ? (approverRoles.isEmpty ? roles : approverRoles) : []
  }
}

/// The schema's text.
struct SchemaText {
  private let texts: [String]

  init() throws {
    let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Proto/safemobility/v1")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    texts = try files.filter { $0.pathExtension == "proto" }.map { file in
      try String(contentsOf: file, encoding: .utf8)
        .split(separator: "\n").map { $0[..<($0.firstRange(of: "//")?.lowerBound ?? $0.endIndex)] }
        .joined(separator: " ")
    }
  }

  /// The methods of all services.
  var methods: [DescribedMethod] {
    texts.flatMap { text in
      Self.blocks(after: "service ", in: text).flatMap { service, body in
        Self.blocks(after: "rpc ", in: body).map { signature, options in
          Self.method(of: service, signature, options)
        }
      }
    }
  }

  /// Of whom the records of each method are, by its full name, as far as the schema says so.
  var subjects: [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    for text in texts {
      for (service, body) in Self.blocks(after: "service ", in: text) {
        for (signature, options) in Self.blocks(after: "rpc ", in: body) {
          let access = Self.blocks(after: "option (access) =", in: options).first?.1 ?? ""
          found["safemobility.v1.\(service)/\(signature.prefix { $0 != "(" })"] =
            Set(Self.names("SUBJECT_", in: access))
        }
      }
    }
    return found
  }

  /// The names of an enum's values, without the prefix.
  func values(of name: String, prefix: String) -> Set<String> {
    let bodies = texts.flatMap { Self.blocks(after: "enum ", in: $0) }.filter { $0.0 == name }
    return Set(bodies.flatMap { Self.names(prefix, in: $0.1) })
  }

  private static func method(
    of service: String, _ signature: String, _ options: String
  ) -> DescribedMethod {
    let access = blocks(after: "option (access) =", in: options).first?.1 ?? ""
    let second = blocks(after: "two_person:", in: access).first?.1
    return DescribedMethod(
      descriptor: MethodDescriptor(
        service: "safemobility.v1.\(service)",
        method: String(signature.prefix { $0 != "(" }), kind: .unary),
      isStreaming: signature.contains("(stream "),
      isChange: !options.contains("idempotency_level = NO_SIDE_EFFECTS"),
      isAnonymous: access.contains("anonymous: true"),
      isPersonal: access.contains("personal_data: true"),
      roles: list(" roles:", in: " " + access), purposes: list("purposes:", in: access),
      needsSecondPerson: second != nil, approverRoles: list("approver_roles:", in: second ?? ""))
  }

  /// What stands between a word and its opening brace, and what stands between the braces.
  private static func blocks(after word: String, in text: String) -> [(String, String)] {
    var found: [(String, String)] = []
    var rest = text[...]
    while let start = rest.firstRange(of: word) {
      rest = rest[start.upperBound...]
      guard let open = rest.firstIndex(of: "{") else { break }
      var depth = 0
      let close = rest[open...].firstIndex { character in
        depth += character == "{" ? 1 : character == "}" ? -1 : 0
        return depth == 0
      }
      guard let close else { break }
      let head = rest[..<open].trimmingCharacters(in: .whitespaces)
      found.append((head, String(rest[rest.index(after: open)..<close])))
      rest = rest[close...]
    }
    return found
  }

  /// The names in the brackets after a field.
  private static func list(_ field: String, in text: String) -> Set<String> {
    guard let start = text.firstRange(of: field),
      let close = text[start.upperBound...].firstIndex(of: "]")
    else { return [] }
    let items = text[start.upperBound..<close]
    return Set(names("ROLE_", in: items) + names("PURPOSE_", in: items))
  }

  private static func names(_ prefix: String, in text: some StringProtocol) -> [String] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "_") }
      .filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}

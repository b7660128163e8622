import ArgumentParser
import Foundation
import RPCCore

/// Metadata that a person adds to a call.
struct HeaderOptions: ParsableArguments {
  @Option(
    name: [.customShort("H"), .customLong("header")],
    help: ArgumentHelp(
      """
      Metadata of the call. ${NAME} is replaced by the environment variable NAME; @FILE stands for the \
      lines of a file, one header each. Secrets are given by one of these two. Can be repeated.
      """, valueName: "NAME: VALUE"))
  var header: [String] = []

  /// Names whose values let somebody in: a command line shows them to everybody on the machine.
  static let secretNames: Set<String> = [
    "authorization", "proxy-authorization", "cookie", "x-api-key", "x-goog-api-key",
  ]

  /// The metadata to send: that of the context in use, and what was given instead or besides.
  ///
  /// - Throws: `ValidationError` for what is no header, and for a secret on the command line; ``CommandFailure`` for
  ///   a variable that is not set and a file that cannot be read
  func metadata(in surroundings: Surroundings) throws -> Metadata {
    var metadata = try Self.metadata(of: header, areTyped: true, in: surroundings)
    let given = Set(metadata.map(\.name))
    for field in try Self.kept(in: surroundings) where !given.contains(field.name) {
      try metadata.append(field.name, field.value)
    }
    return metadata
  }

  /// The metadata that the context in use has for every call.
  ///
  /// - Throws: as ``metadata(in:)``
  static func kept(in surroundings: Surroundings) throws -> Metadata {
    try metadata(of: surroundings.headers, areTyped: false, in: surroundings)
  }

  private static func metadata(
    of header: [String], areTyped: Bool, in surroundings: Surroundings
  ) throws -> Metadata {
    var metadata = Metadata()
    for text in header {
      if text.hasPrefix("@") {
        for line in try lines(of: String(text.dropFirst()), surroundings) {
          try add(line, isTyped: false, to: &metadata, surroundings)
        }
      } else {
        try add(text, isTyped: areTyped, to: &metadata, surroundings)
      }
    }
    return metadata
  }

  private static func lines(of path: String, _ surroundings: Surroundings) throws -> [String] {
    do {
      let text = String(decoding: try surroundings.readFile(path), as: UTF8.self)
      return text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") }
    } catch {
      throw CommandFailure("cannot read \(path): check the path and who may read the file")
    }
  }

  private static func add(
    _ text: String, isTyped: Bool, to metadata: inout Metadata, _ surroundings: Surroundings
  ) throws {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      // Not repeated: it may be a secret whose name was forgotten.
      throw ValidationError("a header is NAME: VALUE, such as -H 'x-team: pilot'")
    }
    let name = text[..<colon].trimmingCharacters(in: .whitespaces).lowercased()
    let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    let expansion = try expanded(value, surroundings)
    if isTyped, secretNames.contains(name), !expansion.hasVariable {
      throw ValidationError(
        """
        everybody on this machine can read a command line, so \(name) is not given there: put it into a variable and \
        write -H '\(name): ${TOKEN}' in single quotes, or into a file and write -H @FILE
        """)
    }
    do {
      if name.hasSuffix("-bin") {
        guard let bytes = base64(expansion.text) else {
          throw ValidationError("the value of \(name) must be base64: its name ends in -bin")
        }
        try metadata.append(name, binary: bytes)
      } else {
        try metadata.append(name, expansion.text)
      }
    } catch let refusal as Metadata.Refusal {
      throw ValidationError(Self.text(of: refusal))
    }
  }

  /// A text with its variables replaced, and whether it had any.
  static func expanded(
    _ text: String, _ surroundings: Surroundings
  ) throws -> (text: String, hasVariable: Bool) {
    var result = ""
    var hasVariable = false
    var rest = text[...]
    while let start = rest.range(of: "${") {
      guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
      let name = String(rest[start.upperBound..<end])
      guard let value = surroundings.environment[name] else {
        throw CommandFailure("the environment variable \(name) is not set")
      }
      result += rest[..<start.lowerBound] + value
      hasVariable = true
      rest = rest[rest.index(after: end)...]
    }
    return (result + rest, hasVariable)
  }

  private static func base64(_ text: String) -> [UInt8]? {
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text + padding).map(Array.init)
  }

  private static func text(of refusal: Metadata.Refusal) -> String {
    switch refusal {
    case .illegalName(let name):
      "'\(name)' is no name of a header: those have a-z, 0-9, _, - and . only"
    case .reservedName(let name): "\(name) is the protocol's own, and cannot be given"
    case .illegalValue(let name):
      "the value of \(name) must be printable ASCII; bytes go under a name that ends in -bin"
    case .wrongKind(let name): "the value of \(name) is of the wrong kind for its name"
    }
  }
}

extension HeaderOptions {
  /// Parts of names whose values let somebody in, whoever made the name up.
  private static let secretParts = ["auth", "token", "secret", "passw", "key", "cookie", "session"]

  /// Why a header may not be kept in a file as it is, if it may not: it is none, or its value is a secret and not a
  /// variable or file that has one.
  static func faultOfStored(_ text: String) -> String? {
    if text.hasPrefix("@") { return text == "@" ? "a header '@' names no file" : nil }
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      return "a header is NAME: VALUE or @FILE, such as -H 'x-team: pilot'"
    }
    let name = text[..<colon].trimmingCharacters(in: .whitespaces).lowercased()
    let value = text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    do {
      var trial = Metadata()
      try trial.append(name, name.hasSuffix("-bin") ? .binary([]) : .string("x"))
    } catch {
      return self.text(of: error)
    }
    let isSecret = secretNames.contains(name) || secretParts.contains { name.contains($0) }
    let isReference = value.wholeMatch(of: #/(?:[A-Za-z]+ )?\$\{[A-Za-z_][A-Za-z0-9_]*\}/#) != nil
    guard !isSecret || isReference else {
      return """
        the value of \(name) lets somebody in, so it is not kept here: write -H '\(name): ${TOKEN}' in single quotes, \
        which is looked up at each call, or put it into a file of your own and write -H @FILE
        """
    }
    return nil
  }
}

/// One file: its path from the top of the repository, and its text.
struct SourceFile: Sendable {
  let path: String
  let text: String
  /// The text with comments and string contents blanked, line for line.
  let code: String

  init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
    self.code = CodeOnly.of(text)
  }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
  var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }

  /// The number of lines as `wc -l` counts them, and one more for a last line without an end.
  var lineCount: Int {
    text.utf8.count { $0 == UInt8(ascii: "\n") } + (text.isEmpty || text.hasSuffix("\n") ? 0 : 1)
  }

  var name: Substring { path.split(separator: "/").last ?? "" }

  var isTest: Bool { path.hasPrefix("Tests/") }

  /// What the generator writes near the top of each file. Such a file is exempt from the rules for
  /// hands; `GeneratedRule` sees that nothing else claims to be one.
  static let generatedMark = "DO NOT EDIT"

  var isGenerated: Bool {
    lines.prefix(5).contains { $0.hasPrefix("//") && $0.contains(SourceFile.generatedMark) }
  }

  /// The endings of what the generator writes.
  var hasGeneratedName: Bool { path.hasSuffix(".pb.swift") || path.hasSuffix(".rpc.swift") }

  static func isGolden(_ path: String) -> Bool {
    path.hasPrefix("Tests/")
      && (path.contains("/Golden/") || path.contains("/Cassettes/"))
  }
}

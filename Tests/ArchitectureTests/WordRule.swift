/// Words that have no place in the product, each with what to write instead. A line that must have
/// one says why: `// reason: …`.
enum WordRule {
  struct Banned {
    var word: String
    var instead: String
    /// Looked for in comments too.
    var inProse = false
  }

  static let banned = [
    Banned(
      word: "fatalError(",
      instead: "answer what a peer sent with a typed error; `preconditionFailure` for our own bug"),
    Banned(word: "try!", instead: "`try` and let the caller know, or make the value unfailing"),
    Banned(word: " as!", instead: "`as?` with `guard`, or a generic that needs no cast"),
    Banned(word: "catch {}", instead: "handle it, or say in words why it may be dropped"),
    Banned(word: "TODO", instead: "do it, or open an issue", inProse: true),
    Banned(word: "FIXME", instead: "mend it, or open an issue", inProse: true),
  ]

  /// Parts of a file, folder or type name that say nothing about what is inside.
  static let bannedNames = ["Utils", "Util", "Helper", "Helpers", "Manager"]

  static func check(_ file: SourceFile) -> [Violation] {
    file.isGenerated ? [] : words(file) + proofs(file) + names(file)
  }

  private static func words(_ file: SourceFile) -> [Violation] {
    if file.isTest { return [] }
    return zip(file.lines, file.codeLines).enumerated().flatMap { index, pair in
      let (line, code) = pair
      if line.contains("// reason:") { return [Violation]() }
      return banned.filter { ($0.inProse ? line : code).contains($0.word) }.map { one in
        Violation(
          path: file.path, line: index + 1, rule: "banned: \(one.word)",
          found: line.trimmed, wayOut: one.instead + "; or end the line with // reason: …")
      }
    }
  }

  /// Promises the compiler cannot check have their proof beside them: from the line above to two
  /// below, since the formatter may put the brace on a line of its own.
  private static let promises = ["@unchecked Sendable", "nonisolated(unsafe)"]

  private static func proofs(_ file: SourceFile) -> [Violation] {
    let lines = file.lines
    return file.codeLines.enumerated().flatMap { index, code in
      promises.filter { code.contains($0) }.compactMap { promise in
        let near = lines[max(0, index - 1)...min(index + 2, lines.count - 1)]
        if near.contains(where: { $0.contains("//") }) { return nil }
        return Violation(
          path: file.path, line: index + 1, rule: "\(promise) has its reason beside it",
          found: lines[index].trimmed,
          wayOut: "say in a comment on that line or next to it why it is true, or use `sending`")
      }
    }
  }

  private static func names(_ file: SourceFile) -> [Violation] {
    let parts = file.path.split { $0 == "/" || $0 == "+" }.map { $0.prefix { $0 != "." } }
    return parts.flatMap { part in
      bannedNames.filter { part == $0 || part.hasSuffix($0) }.prefix(1).map { banned in
        Violation(
          path: file.path, rule: "no file is named \(banned)", found: String(part),
          wayOut: "such a file is a type not yet found: name it after what it holds")
      }
    }
  }
}

extension Substring {
  /// Without white space at either end.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}

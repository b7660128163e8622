/// Finds functions, initializers and subscripts with their lengths, by words and brackets alone.
struct FunctionScan {
  /// A declaration with a body. `line` is that of its keyword; `lines` runs to the closing brace.
  struct Function: Hashable {
    var name: String
    var line: Int
    var lines: Int
  }

  private struct Token {
    var text: Substring
    var line: Int
  }

  private static let declares: Set<Substring> = ["func", "init", "deinit", "subscript"]

  /// Words that begin the next declaration: a requirement of a protocol has no body before them.
  private static let begins: Set<Substring> = declares.union([
    "associatedtype", "case", "let", "mutating", "public", "static", "typealias", "var",
  ])

  private let tokens: [Token]

  /// `code` has no comments and no string contents; see `CodeOnly`.
  static func functions(in code: String) -> [Function] {
    let scan = FunctionScan(tokens: tokens(of: code))
    return scan.tokens.indices.compactMap { scan.function(at: $0) }
  }

  private static func tokens(of code: String) -> [Token] {
    var tokens: [Token] = []
    for (index, line) in code.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      for match in line.matches(of: #/[\w`]+|[^\w\s`]/#) {
        tokens.append(Token(text: match.output, line: index + 1))
      }
    }
    return tokens
  }

  private func function(at index: Int) -> Function? {
    let keyword = tokens[index].text
    guard Self.declares.contains(keyword), index + 1 < tokens.count else { return nil }
    // `.init(…)` is a call, and `init` needs a list of parameters to be a declaration.
    if index > 0, tokens[index - 1].text == "." { return nil }
    let following = tokens[index + 1].text
    if keyword == "init" || keyword == "subscript", !["(", "<", "?"].contains(following) {
      return nil
    }
    guard let open = body(after: index), let close = closing(open) else { return nil }
    return Function(
      name: keyword == "func" ? String(following) : String(keyword), line: tokens[index].line,
      lines: tokens[close].line - tokens[index].line + 1)
  }

  /// The brace that opens the body: the first one outside all brackets of the signature.
  private func body(after index: Int) -> Int? {
    var depth = 0
    for at in (index + 1)..<tokens.count {
      switch tokens[at].text {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return at
      case "}" where depth == 0: return nil
      case let word where depth == 0 && at > index + 1 && Self.begins.contains(word): return nil
      default: break
      }
    }
    return nil
  }

  private func closing(_ open: Int) -> Int? {
    var depth = 0
    for at in open..<tokens.count {
      if tokens[at].text == "{" { depth += 1 }
      if tokens[at].text == "}" { depth -= 1 }
      if depth == 0 { return at }
    }
    return nil
  }
}

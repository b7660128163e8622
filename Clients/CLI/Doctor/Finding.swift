/// What one look at a server or at oneself has shown.
struct Finding: Hashable, Sendable {
  /// How it stands.
  enum Verdict: String, Sendable {
    case ok, warning, wrong, unknown

    /// For the eye; the word stands beside it for everybody else.
    var mark: String {
      switch self {
      case .ok: "✓"
      case .warning: "!"
      case .wrong: "✗"
      case .unknown: "?"
      }
    }

    /// Its colour (ECMA-48, SGR): green, yellow, red, faint.
    var colour: String {
      switch self {
      case .ok: "32"
      case .warning: "33"
      case .wrong: "31"
      case .unknown: "2"
      }
    }
  }

  /// What was looked at, in a word.
  var check: String
  var verdict: Verdict
  /// What was seen.
  var found: String
  /// What to do about it; nil for nothing.
  var next: String?
}

/// All that was found, as people and programs see it.
struct DoctorReport {
  let findings: [Finding]

  private static let wordWidth = 7
  private static let checkWidth = 8
  /// Where the text of a finding begins: after mark, word and check.
  private static let indent = 1 + 1 + wordWidth + 2 + checkWidth + 2
  /// Text is broken no narrower than this.
  private static let textWidthMin = 24

  /// - Parameters:
  ///   - widthMax: columns of the terminal; nil to break no lines
  ///   - isStyled: whether verdicts have their colours
  func lines(widthMax: Int?, isStyled: Bool) -> [String] {
    findings.flatMap { finding in
      let width = widthMax.map { max(Self.textWidthMin, $0 - Self.indent) }
      var texts = Self.broken(Plain.cell(finding.found), to: width)
      if let next = finding.next { texts += Self.broken(Plain.cell("Next: \(next)"), to: width) }
      let word = Self.padded(
        "\(finding.verdict.mark) \(finding.verdict.rawValue)", 2 + Self.wordWidth)
      let shown = isStyled ? "\u{1B}[\(finding.verdict.colour)m\(word)\u{1B}[0m" : word
      let head = "\(shown)  \(Self.padded(finding.check, Self.checkWidth))  "
      let margin = String(repeating: " ", count: Self.indent)
      return texts.enumerated().map { ($0 == 0 ? head : margin) + $1 }
    }
  }

  var tree: JSONTree {
    .array(
      findings.map { finding in
        .members([
          "check": .text(finding.check), "verdict": .text(finding.verdict.rawValue),
          "found": .text(finding.found), "next": finding.next.map(JSONTree.text),
        ])
      })
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
  }

  /// A text in lines, broken between words; a word that is too long stays whole.
  private static func broken(_ text: String, to width: Int?) -> [String] {
    guard let width else { return [text] }
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, DisplayWidth.of(last) + 1 + DisplayWidth.of(String(word)) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.isEmpty ? [""] : lines
  }
}

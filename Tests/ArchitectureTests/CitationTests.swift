import Foundation
import Testing

/// Comments name rules by number; RULES.md says what each number is, and no other.
@Suite("Numbered rules")
struct CitationTests {
  /// The numbers in a text: `INV-9`, and `Q13` where it is called a rule or an attack.
  static func cited(in text: String) -> Set<String> {
    var found = Set(text.matches(of: #/\bINV-\d+\b/#).map { String($0.output) })
    for match in text.matches(of: #/\b(?:rules?|attack) ([A-Z]\d{1,2})\b/#) {
      found.insert(String(match.output.1))
    }
    return found
  }

  /// The numbers in the first column of the page's tables.
  static func explained(by page: String) -> Set<String> {
    let cells = page.split(separator: "\n").filter { $0.hasPrefix("|") }
      .compactMap { $0.split(separator: "|").first }
    return Set(
      cells.flatMap { $0.matches(of: #/INV-\d+|[A-Z]\d{1,2}/#).map { String($0.output) } })
  }

  @Test("every number that a comment cites is explained, and none that none cites")
  func complete() throws {
    let page = try String(
      contentsOf: House.top.appending(path: "RULES.md"), encoding: .utf8)
    let texts = try House.asItStands.get().swift.map(\.text)
    let explained = Self.explained(by: page)
    let cited = texts.reduce(into: Set<String>()) { $0.formUnion(Self.cited(in: $1)) }
    #expect(cited.count > 15)
    #expect(cited.subtracting(explained).sorted() == [], "explain them in RULES.md")
    let unused = explained.filter { number in
      !texts.contains { $0.contains(number) }
    }
    #expect(unused.sorted() == [], "take them out of RULES.md")
  }

  @Test("a number is found where it is cited, and a name that looks like one is not")
  func reading() {
    #expect(
      Self.cited(in: "// (INV-9), rule Q13, attack T7; P256, SHA1, C2SP") == ["INV-9", "Q13", "T7"])
    #expect(Self.explained(by: "| Q2, Q3 | x |\n| INV-1 | Q9 |\ntext R1") == ["Q2", "Q3", "INV-1"])
  }
}

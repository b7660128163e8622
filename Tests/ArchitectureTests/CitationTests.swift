import Foundation
import Testing

/// Comments and the titles of tests name rules by number; RULES.md says what each number is, and no other.
@Suite("Numbered rules")
struct CitationTests {
  /// The page, and all Swift there is.
  private struct Read {
    let explained: Set<String>
    let files: [SourceFile]

    init() throws {
      let page = try String(
        contentsOf: House.top.appending(path: "RULES.md"), encoding: .utf8)
      explained = CitationTests.explained(by: page)
      files = try House.asItStands.get().swift.filter { !$0.isGenerated }
    }
  }

  /// The numbers in prose: `INV-9`, `Q13`.
  static func numbers(in prose: Substring) -> Set<String> {
    Set(prose.matches(of: #/\b(?:INV-\d+|[CDGNPQRT]\d{1,2})\b/#).map { String($0.output) })
  }

  /// The titles of tests and suites.
  static func titles(in text: String) -> [Substring] {
    text.matches(of: #/@(?:Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"/#).map(\.output.1)
  }

  /// The numbers in a file's comments and titles.
  static func cited(in text: String) -> Set<String> {
    let lines: [Substring] = text.split(separator: "\n")
    let comments = lines.compactMap { line in
      line.range(of: "//").map { line[$0.upperBound...] }
    }
    return (comments + titles(in: text)).reduce(into: []) { $0.formUnion(numbers(in: $1)) }
  }

  /// The numbers that a file's titles name. A range names none: it says where to look, not what is tested.
  static func named(in text: String) -> Set<String> {
    titles(in: text).reduce(into: []) { named, title in
      let single = title.replacing(#/[A-Z]\d+ ?(?:…|–|-|to) ?[A-Z]\d+/#, with: "")
      named.formUnion(numbers(in: single[...]))
    }
  }

  /// The numbers in the first column of the page's tables.
  static func explained(by page: String) -> Set<String> {
    let cells = page.split(separator: "\n").filter { $0.hasPrefix("|") }
      .compactMap { $0.split(separator: "|").first }
    return cells.reduce(into: []) { $0.formUnion(numbers(in: $1)) }
  }

  @Test("every number that a comment or a title cites is explained, and none that none cites")
  func complete() throws {
    let read = try Read()
    let cited = read.files.reduce(into: Set<String>()) { $0.formUnion(Self.cited(in: $1.text)) }
    #expect(cited.count > 80)
    #expect(cited.subtracting(read.explained).sorted() == [], "explain them in RULES.md")
    let unused = read.explained.subtracting(cited).filter { number in
      // Rows of tables, SQL and the like cite as well.
      !read.files.contains { Self.numbers(in: $0.text[...]).contains(number) }
    }
    #expect(unused.sorted() == [], "take them out of RULES.md")
  }

  @Test("every rule of gRPC over HTTP/2 and every attack is named by the title of a test")
  func tested() throws {
    let read = try Read()
    let rules = read.explained.filter { $0.contains(#/^[CDQRT]\d/#) }
    #expect(rules.count > 60)
    let named = read.files.filter(\.isTest)
      .reduce(into: Set<String>()) { $0.formUnion(Self.named(in: $1.text)) }
    #expect(rules.subtracting(named).sorted() == [], "name them in the titles of their tests")
  }

  @Test("a number is found where it is cited, and a name that looks like one is not")
  func reading() {
    #expect(
      Self.cited(in: "// (INV-9), rule Q13, attack T7; P256, SHA1, C2SP") == ["INV-9", "Q13", "T7"])
    #expect(Self.cited(in: "struct Row<T1, R2> {}  // D3") == ["D3"])
    #expect(
      Self.cited(in: "@Test(\n  \"T2: \\\"a\\\" (R9)\",\n  arguments: x)\n@Suite(\"C1–C3\")")
        == ["T2", "R9", "C1", "C3"])
    #expect(
      Self.explained(by: "| Q2, Q3 | x |\n| INV-1 | Q9 |\ntext R1") == ["Q2", "Q3", "INV-1"])
  }

  @Test("a title names the numbers that it says, but not the ends of a range")
  func naming() {
    #expect(Self.named(in: "@Test(\"Q12, D7: a deadline (R14)\")") == ["Q12", "D7", "R14"])
    #expect(Self.named(in: "@Suite(\"Q1–Q8, R6…R16 and C1 to C3, D6\", .serialized)") == ["D6"])
    #expect(Self.named(in: "// T1\nlet a = \"T2\"") == [])
  }
}

import Foundation
import Testing

/// RULES.md says of each invariant what attacks it: the tests that it names are there, by these very titles.
@Suite("Published invariants")
struct InvariantTableTests {
  /// A test as the page names it.
  struct Named: Hashable, CustomStringConvertible {
    var file: String
    var title: String
    var description: String { "\(file): \(title)" }
  }

  private static func page() throws -> String {
    try String(contentsOf: House.top.appending(path: "RULES.md"), encoding: .utf8)
  }

  /// The rows of the table of attacks: what holds each invariant, and what attacks it.
  static func rows(of page: String) -> [String: (held: String, attacks: [Named])] {
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("| | held by | attacked by |") }
      .prefix { $0.hasPrefix("|") }.dropFirst(2)
    var rows: [String: (held: String, attacks: [Named])] = [:]
    for line in lines {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3 else { continue }
      rows[cells[0]] = (cells[1], cells[2].split(separator: ";").map { named(by: $0) })
    }
    return rows
  }

  /// The test of a part of a cell; one without a file, which is none, where it names none.
  private static func named(by text: Substring) -> Named {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard let match = text.wholeMatch(of: #/`(\w+)`: (.+)/#) else {
      return Named(file: "", title: text)
    }
    return Named(file: String(match.output.1), title: String(match.output.2))
  }

  /// The titles of a file's tests, those that are names of functions among them.
  static func tests(in file: SourceFile) -> Set<String> {
    let names = file.text.matches(of: #/func `([^`]+)`/#).map { String($0.output.1) }
    let titles = file.text.matches(of: #/@Test\(\s*"((?:[^"\\]|\\.)*)"/#).map { match in
      // A number in front or behind is the page's own first column.
      String(match.output.1).replacing(#/^INV-\d+: | \(INV-\d+\)$/#, with: "")
    }
    return Set(names + titles)
  }

  @Test("each invariant has what holds it and what attacks it, and none is missing")
  func complete() throws {
    let page = try Self.page()
    let rows = Self.rows(of: page)
    let explained = CitationTests.explained(by: page).filter { $0.hasPrefix("INV-") }
    #expect(Set(rows.keys) == explained)
    #expect(explained == Set((1...18).map { "INV-\($0)" }))
    for (number, row) in rows {
      #expect(!row.held.isEmpty, "\(number)")
      #expect(!row.attacks.isEmpty, "\(number)")
    }
  }

  @Test("every attack that the page names is a test")
  func real() throws {
    let files = try House.asItStands.get().swift.filter(\.isTest)
    var titles: [String: Set<String>] = [:]
    for file in files {
      let name = file.path.split(separator: "/").last.map { String($0.dropLast(6)) } ?? ""
      titles[name, default: []].formUnion(Self.tests(in: file))
    }
    let named = try Self.rows(of: Self.page()).values.flatMap(\.attacks)
    #expect(named.count > 30)
    let missing = Set(named).filter { !(titles[$0.file] ?? []).contains($0.title) }
    #expect(missing.map(\.description).sorted() == [], "name them in RULES.md as they are called")
  }

  @Test("what is no table, no row or no test is none")
  func reading() {
    let page =
      "| | held by | attacked by |\n|---|---|---|\n| INV-1 | x | `A`: b c; `D`: e; f |\n\n| INV-2 | y | z |"
    let rows = Self.rows(of: page)
    #expect(rows.keys.sorted() == ["INV-1"])
    #expect(
      rows["INV-1"]?.attacks
        == [
          Named(file: "A", title: "b c"), Named(file: "D", title: "e"), Named(file: "", title: "f"),
        ])
    let file = SourceFile(
      "Tests/T.swift", "@Test(\"INV-9: a\")\n@Test(\n  \"b\", arguments: x)\n@Test func `c d`() {}")
    #expect(Self.tests(in: file) == ["a", "b", "c d"])
  }
}

import Foundation
import Testing

/// People read ARCHITECTURE.md, the rule reads `ImportTable`: both must say the same.
@Suite("Published import table")
struct PublishedTableTests {
  /// The row as ARCHITECTURE.md has it.
  static func row(_ room: Room) -> String {
    let names = (room.rooms + room.c + room.outside).joined(separator: ", ")
    let module = room.module + (room.toCome ? " (to come)" : "")
    return "| \(room.floor) | \(module) | \(names.isEmpty ? "the standard library only" : names) |"
  }

  /// The rows of the text's table, without its head.
  static func rows(_ text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { !$0.hasPrefix("| floor | module |") }
    return lines.prefix { $0.hasPrefix("|") }.dropFirst(2).map(String.init)
  }

  @Test("ARCHITECTURE.md has each row of the table, and no other")
  func published() throws {
    let file = House.top.appending(path: "ARCHITECTURE.md")
    let published = Self.rows(try String(contentsOf: file, encoding: .utf8))
    let held = ImportTable.rooms.sorted { $0.floor < $1.floor }.map(Self.row)
    let missing = held.filter { !published.contains($0) }
    let stale = published.filter { !held.contains($0) }
    #expect(missing.isEmpty, "add to ARCHITECTURE.md:\n\(missing.joined(separator: "\n"))")
    #expect(stale.isEmpty, "take out of ARCHITECTURE.md:\n\(stale.joined(separator: "\n"))")
  }

  @Test("rows are read from the right table only")
  func reading() {
    let text =
      "| a | b |\n|---|---|\n| 1 | X |\n\n| floor | module | may |\n|-|-|-|\n| 1 | D | d |\n\n| z |"
    #expect(Self.rows(text) == ["| 1 | D | d |"])
  }
}

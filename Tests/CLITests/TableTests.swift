import Foundation
import Protobuf
import Testing

@testable import CLI

/// Columns, and the room that characters take.
@Suite struct TableTests {
  @Test(
    "characters take the room that a terminal gives them",
    arguments: [
      ("", 0), ("abc", 3), ("Pérez Ñuñez", 11), ("Pe\u{301}rez", 5), ("李", 2), ("한글", 4),
      ("ﾊﾝ", 2), ("ｗ", 2), ("👩‍👩‍👧", 2), ("☎️", 2), ("Q'eqchi’", 8), ("a\u{200D}b", 2), ("🇬🇹", 2),
    ])
  func widths(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test(
    "a cut text is never wider than it may be",
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("李李李", 6, "李李李"), ("李李李", 5, "李李…"),
      ("李李李", 4, "李…"), ("abc", 1, "…"),
    ])
  func cuts(text: String, columns: Int, cut: String) {
    #expect(DisplayWidth.cut(text, to: columns) == cut)
    #expect(DisplayWidth.of(cut) <= columns)
  }

  @Test("cells stand under each other, whatever is in them, and no line ends in a space")
  func aligned() {
    let table = Table(
      header: ["NAME", "AGE"], rows: [["Ñuñez 李", "7"], ["", "12"], ["Eva", ""]])
    #expect(table.lines == ["NAME      AGE", "Ñuñez 李  7", "          12", "Eva"])
  }

  @Test("columns give way from the right, the first one never", arguments: 20...60)
  func narrow(width: Int) {
    let table = Table(
      header: nil,
      rows: [["resource-name", "a rather long text of it", "a longer text than that one"]],
      widthMax: width)
    let line = table.lines[0]
    #expect(line.hasPrefix("resource-name"))
    // 13 for the name, at least 8 for each other column, and the gaps.
    #expect(DisplayWidth.of(line) <= max(width, 13 + 8 + 8 + 4))
  }

  @Test(
    "times carry their offset",
    arguments: [
      ("2023-07-03T14:00:00Z", "America/Guatemala", "2023-07-03 08:00 -06:00"),
      ("2023-07-03T03:30:15Z", "America/Guatemala", "2023-07-02 21:30:15 -06:00"),
      ("2023-07-03T14:00:00Z", "UTC", "2023-07-03 14:00 UTC"),
      ("2023-07-03T14:00:00Z", "Asia/Kathmandu", "2023-07-03 19:45 +05:45"),
      ("2023-07-03T14:00:00Z", "America/St_Johns", "2023-07-03 11:30 -02:30"),
      ("1969-12-31T23:59:59Z", "UTC", "1969-12-31 23:59:59 UTC"),
    ])
  func times(text: String, zone: String, shown: String) throws {
    let time = try #require(GoogleProtobuf.Timestamp(text: text))
    #expect(ValueText.timeText(time, try #require(TimeZone(identifier: zone))) == shown)
  }
}

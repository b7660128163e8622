import Foundation

/// Lays records out for a person: lists as tables, single resources as names and values.
struct Page {
  /// Columns of the terminal; nil for no limit.
  var widthMax: Int?
  /// Headers in bold.
  var isStyled = false
  /// Whether lists show every field, instead of those that people look for.
  var showsAllColumns = false

  /// Tokens that only a program goes on with, and what is kept from the caller.
  private static let unshown: Set<String> = ["next_page_token", "resume_token", "redacted_paths"]

  /// Columns that the values of a list may take on one line.
  private static let listWidthMax = 60

  /// The text of a response, without a newline at the end.
  func text(of response: Record) -> String {
    var parts: [[String]] = []
    var loose: [Record.Field] = []
    for field in response.fields where !Self.unshown.contains(field.name) {
      switch field.value {
      case .record(let record):
        parts.append([heading(field.name)] + lines(of: record, indent: 0))
      case .list(let items) where items.contains { $0.record != nil }:
        parts.append(lines(of: items.compactMap(\.record), indent: 0))
      case .text, .list:
        loose.append(field)
      }
    }
    if !loose.isEmpty { parts.insert(lines(of: Record(type: "", fields: loose), indent: 0), at: 0) }
    if parts.isEmpty { return "(none)" }
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private func heading(_ name: String) -> String {
    let text = name.uppercased().replacing("_", with: " ")
    return isStyled ? "\u{1B}[1m\(text)\u{1B}[0m" : text
  }

  /// One field a line, what is within it indented below.
  private func lines(of record: Record, indent: Int) -> [String] {
    let leaves = record.fields.filter { !Self.unshown.contains($0.name) && $0.value.isLeaf }
    let table = Table(rows: leaves.flatMap { Self.rows(of: $0) })
    var lines = table.lines.map { String(repeating: " ", count: indent) + $0 }
    for field in record.fields where !field.value.isLeaf {
      lines.append(String(repeating: " ", count: indent) + field.name)
      switch field.value {
      case .record(let inner): lines += self.lines(of: inner, indent: indent + 2)
      case .list(let items): lines += self.lines(of: items.compactMap(\.record), indent: indent + 2)
      case .text: break
      }
    }
    return lines
  }

  /// A name and its value; a list that is long stands one value a line.
  private static func rows(of field: Record.Field) -> [[String]] {
    guard case .list(let items) = field.value, DisplayWidth.of(field.value.shown) > listWidthMax
    else { return [[field.name, field.value.shown]] }
    return items.enumerated().map { index, item in [index == 0 ? field.name : "", item.shown] }
  }

  /// Records as a table; as blocks when they hold lists of their own.
  private func lines(of records: [Record], indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    if indent > 0, records.contains(where: \.hasLists) {
      let blocks = records.map { lines(of: $0, indent: indent) }
      return Array(blocks.joined(separator: [""]))
    }
    let columns = columns(of: records)
    let table = Table(
      header: columns.map { $0.uppercased() },
      rows: records.map { record in
        columns.map { path in record.values(at: path).map(\.shown).joined(separator: ", ") }
      },
      widthMax: widthMax.map { $0 - indent }, isHeaderBold: isStyled)
    return table.lines.map { margin + $0 }
  }

  private func columns(of records: [Record]) -> [String] {
    guard let type = records.first?.type else { return [] }
    if !showsAllColumns, let columns = Columns.of(type) {
      // A column that is empty for all says nothing.
      return columns.filter { path in records.contains { !$0.values(at: path).isEmpty } }
    }
    var columns: [String] = []
    for field in records.flatMap(\.fields)
    where field.value.isLeaf && !columns.contains(field.name)
      && (showsAllColumns || !Columns.quiet.contains(field.name))
    {
      columns.append(field.name)
    }
    return columns
  }
}

extension Record {
  fileprivate var hasLists: Bool {
    fields.contains { field in
      if case .list(let items) = field.value { items.contains { $0.record != nil } } else { false }
    }
  }
}

extension Record.Value {
  fileprivate var record: Record? {
    if case .record(let record) = self { record } else { nil }
  }

  /// Whether the value fits behind its name on one line.
  fileprivate var isLeaf: Bool {
    switch self {
    case .text: true
    case .record: false
    case .list(let items): items.allSatisfy { $0.record == nil }
    }
  }

  /// The text for people.
  fileprivate var shown: String {
    switch self {
    case .text(let shown, _): shown
    case .list(let items): items.map(\.shown).joined(separator: ", ")
    case .record(let record):
      record.fields.filter(\.value.isLeaf).map { "\($0.name)=\($0.value.shown)" }
        .joined(separator: " ")
    }
  }
}

/// Swift source as it grows, line by line, with its indentation.
struct SwiftText {
  private(set) var lines: [String] = []
  private var depth = 0
  /// Where the last documented item ended.
  private var lastItemEnd: Int?

  /// The finished file.
  var text: String { lines.joined(separator: "\n") + "\n" }

  /// One line at the current depth.
  mutating func line(_ text: String = "") {
    lines.append(text.isEmpty ? "" : String(repeating: "  ", count: depth) + text)
  }

  /// Whether the text stays within 100 columns at the current depth.
  func fits(_ text: String) -> Bool {
    2 * depth + text.count <= 100
  }

  /// The head of a function: on one line where that fits, else its parameters on one line, else on one each.
  mutating func functionHead(_ start: String, _ parameters: [String], _ result: String) {
    let list = parameters.joined(separator: ", ")
    if fits("\(start)(\(list))\(result)") {
      line("\(start)(\(list))\(result)")
      return
    }
    line("\(start)(")
    if fits("  " + list) {
      line("  " + list)
    } else {
      for parameter in parameters.dropLast() { line("  \(parameter),") }
      line("  \(parameters[parameters.count - 1])")
    }
    line(")\(result)")
  }

  /// `opening`, the lines that `body` writes one step deeper, then `closing`.
  mutating func block<E: Error>(
    _ opening: String, closing: String = "}", _ body: (inout SwiftText) throws(E) -> Void
  ) throws(E) {
    line(opening)
    depth += 1
    try body(&self)
    depth -= 1
    line(closing)
  }

  /// An empty line, unless one would follow an opening brace or another empty line.
  mutating func gap() {
    guard let last = lines.last, !last.isEmpty, !last.hasSuffix("{") else { return }
    line()
  }

  /// A declaration in a list of such: one with documentation stands apart from its neighbours,
  /// bare ones stand together.
  mutating func item<E: Error>(
    documented: Bool, _ body: (inout SwiftText) throws(E) -> Void
  ) throws(E) {
    if documented || lastItemEnd == lines.count { gap() }
    try body(&self)
    lastItemEnd = documented ? lines.count : nil
  }

  /// The schema's comment as documentation.
  mutating func documentation(_ note: SchemaNote, and more: [String] = []) {
    var all = note.comment
    if !more.isEmpty { all += (all.isEmpty ? [] : [""]) + more }
    for text in all { line(text.isEmpty ? "///" : "/// \(text)") }
  }

  /// The same, for what cannot carry `@available` because generated code itself must name it.
  mutating func documentationWithWarning(_ note: SchemaNote) {
    documentation(note, and: note.isDeprecated ? ["- Warning: deprecated in the schema."] : [])
  }
}

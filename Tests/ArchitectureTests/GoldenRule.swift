/// A golden file that no test reads guards nothing.
enum GoldenRule {
  /// `readers` are the texts of tests and scripts. A test reads a file by name, or by the name of
  /// its folder when it goes through the folder.
  static func check(_ golden: [String], readers: [SourceFile]) -> [Violation] {
    golden.filter { path in !readers.contains { reads($0.text, path) } }.map { path in
      Violation(
        path: path, rule: "every golden file is read by a test", found: "no test names it",
        wayOut: "read it in a test, or remove it")
    }
  }

  private static func reads(_ text: String, _ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last else { return false }
    // The folder counts from its `Golden` or `Cassettes` on: that word alone names no file.
    let folder = parts.dropLast().drop { $0 != "Golden" && $0 != "Cassettes" }
    return text.contains(name) || text.contains("\"\(name.prefix { $0 != "." })\"")
      || (folder.count > 1 && text.contains(folder.joined(separator: "/")))
  }
}

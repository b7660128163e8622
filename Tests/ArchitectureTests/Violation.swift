/// A broken rule: where, which, and the way out.
struct Violation: Hashable, CustomStringConvertible {
  /// The file, from the top of the repository.
  var path: String
  /// Counted from 1; nil for the file as a whole.
  var line: Int?
  /// The rule in a few words, always the same for one rule.
  var rule: String
  /// What was found.
  var found: String
  /// What to do instead.
  var wayOut: String

  var description: String {
    "\(path)\(line.map { ":\($0)" } ?? ""): \(found)\n  rule: \(rule)\n  way out: \(wayOut)"
  }
}

/// What a test prints: the violations, one below the other.
func report(_ violations: [Violation]) -> String {
  violations.map(\.description).joined(separator: "\n")
}

/// Unsafe code marks itself, since `.strictMemorySafety()` is on; the sentence that says why it is
/// right is for people. Each file that has any says it at least once, for the whole or line by line.
enum SafetyRule {
  static func check(_ file: SourceFile) -> [Violation] {
    if file.isGenerated || file.text.contains("SAFETY:") { return [] }
    // The expression `unsafe x`, not `@unsafe`, `@safe` or `(unsafe)`.
    let form = #/(?:^|[\s(\[,=])unsafe\s+[\w(&.]/#
    guard let index = file.codeLines.firstIndex(where: { $0.contains(form) }) else { return [] }
    return [
      Violation(
        path: file.path, line: index + 1, rule: "unsafe code says why it is safe",
        found: file.lines[index].trimmed,
        wayOut: "write // SAFETY: above it: who owns the memory, how long it lives, what bounds it")
    ]
  }
}

/// Short files and short functions: what does not fit on a screen or two is more than one thought.
enum LengthRule {
  static let fileLinesMax = 400
  static let functionLinesMax = 70

  /// Files that were longer when the rule came, with the length they may not exceed. It is empty, and
  /// a file that is not listed gets no place here: cut it in two instead.
  static let ratchet: [String: Int] = [:]

  static func check(_ file: SourceFile, ratchet: [String: Int] = ratchet) -> [Violation] {
    if file.isGenerated { return [] }
    return checkFile(file, ratchet: ratchet)
      + (file.path.hasSuffix(".swift") ? checkFunctions(file) : [])
  }

  private static func checkFile(_ file: SourceFile, ratchet: [String: Int]) -> [Violation] {
    let limit = ratchet[file.path] ?? fileLinesMax
    if let old = ratchet[file.path], file.lineCount <= fileLinesMax {
      return [
        Violation(
          path: file.path, rule: "the ratchet only tightens",
          found: "listed with \(old) lines, has \(file.lineCount)",
          wayOut: "take it off LengthRule.ratchet")
      ]
    }
    guard file.lineCount > limit else { return [] }
    return [
      Violation(
        path: file.path, rule: "a file has at most \(limit) lines",
        found: "\(file.lineCount) lines",
        wayOut: "one type, one file; Type+Part.swift for a part that stands on its own")
    ]
  }

  private static func checkFunctions(_ file: SourceFile) -> [Violation] {
    FunctionScan.functions(in: file.code).compactMap { function in
      guard function.lines > functionLinesMax else { return nil }
      return Violation(
        path: file.path, line: function.line,
        rule: "a function has at most \(functionLinesMax) lines",
        found: "\(function.name) has \(function.lines)",
        wayOut: "keep the branches here, move loops and pure sums into functions of their own")
    }
  }
}

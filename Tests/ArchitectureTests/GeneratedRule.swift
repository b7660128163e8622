/// Generated files are known by their header and by their name, and both must agree: the header
/// exempts from the rules for hands, so nobody may borrow it.
enum GeneratedRule {
  static func check(_ file: SourceFile) -> [Violation] {
    if file.isGenerated == file.hasGeneratedName { return [] }
    return [
      Violation(
        path: file.path, rule: "generated files have the header and the name, others neither",
        found: file.isGenerated ? "the header without the name" : "the name without the header",
        wayOut: file.isGenerated
          ? "take “\(SourceFile.generatedMark)” off the first lines"
          : "let Tools/generate write it, or name it without .pb or .rpc")
    ]
  }
}

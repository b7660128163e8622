import Testing

@Suite("Manifest rule")
struct ManifestRuleTests {
  /// A manifest that builds each room of the table, and its folders and files.
  static var whole: (manifest: String, swift: [SourceFile], paths: Set<String>) {
    let rooms = ImportTable.rooms.filter { !$0.toCome }
    let tested = rooms.filter { ManifestRule.testedElsewhere[$0.module] == nil }.map(\.module)
    let lines =
      rooms.map { "room(\n  \"\($0.module)\", \"\($0.path)\", [])" }
      + tested.map { "tests(\"\($0)\", [])" }
    return (
      lines.joined(separator: "\n"), rooms.map { SourceFile("\($0.path)/A.swift", "") },
      Set(rooms.map(\.path) + tested.map { "Tests/\($0)Tests" })
    )
  }

  static func check(
    adding: String = "", file: String? = nil, without path: String? = nil
  ) -> String {
    var (manifest, swift, paths) = whole
    manifest += "\n" + adding
    if let file { swift.append(SourceFile(file, "")) }
    if let path { paths.remove(path) }
    return report(ManifestRule.check(manifest: manifest, swift: swift, paths: paths))
  }

  @Test("a house in order passes")
  func inOrder() { #expect(Self.check() == "") }

  @Test("a target without a folder fails")
  func noFolder() {
    #expect(Self.check(without: "Sources/Server").contains("every target has its folder"))
    #expect(Self.check(adding: "tests(\"Lost\")").contains("Tests/LostTests"))
    #expect(
      Self.check(adding: ".systemLibrary(name: \"CX\", path: \"Sources/System/CX\")")
        .contains("CX has no folder"))
  }

  @Test("a file no target builds fails")
  func homeless() {
    #expect(Self.check(file: "Sources/Lost/A.swift").contains("every folder has its target"))
  }

  @Test("a target without a row fails, and a row without a target")
  func table() {
    #expect(Self.check(adding: "program(\"New\", \"Tools/New\", [])").contains("has its row"))
    let none = ManifestRule.check(manifest: "", swift: [], paths: [])
    #expect(report(none).contains("every row has its room"))
  }

  @Test("a room without tests fails")
  func untested() {
    #expect(Self.check(adding: "program(\"New\", \"Tools/New\", [])").contains("no NewTests"))
    #expect(
      !Self.check(adding: "room(\"Shared\", \"Tests/Support/Shared\", [])")
        .contains("no SharedTests"))
  }

  @Test("a target declared by hand fails")
  func byHand() {
    #expect(Self.check(adding: ".target(\n  name: \"X\")").contains("settings of the house"))
  }
}

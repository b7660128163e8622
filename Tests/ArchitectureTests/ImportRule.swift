/// Holds every file to its room's row of the import table.
enum ImportRule {
  /// A module named in an import line.
  struct Import: Hashable {
    var module: String
    var line: Int
  }

  /// The imports of a file, whatever attribute or access stands before them. `import struct A.B` and
  /// `import A.B` import A.
  static func imports(of file: SourceFile) -> [Import] {
    let form =
      #/^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:typealias|struct|class|enum|protocol|actor|let|var|func)\s+)?(\w+)/#
    return file.codeLines.enumerated().compactMap { index, line in
      guard line.contains("import"), let match = line.firstMatch(of: form) else { return nil }
      return Import(module: String(match.output.1), line: index + 1)
    }
  }

  static func check(_ file: SourceFile) -> [Violation] {
    if file.path == "Package.swift" { return [] }
    if file.isTest { return imports(of: file).compactMap { inTest($0, of: file) } }
    guard let room = ImportTable.room(of: file.path) else {
      return [
        Violation(
          path: file.path, rule: "every file is in a room", found: "no row of the table has it",
          wayOut: "move it, or add its room to ImportTable.swift, ARCHITECTURE.md and Package.swift"
        )
      ]
    }
    return imports(of: file).compactMap { inRoom(room, $0, of: file) }
  }

  private static func inRoom(_ room: Room, _ one: Import, of file: SourceFile) -> Violation? {
    if room.mayImport.contains(one.module) { return nil }
    if room.module != "Domain", ImportTable.standardLibrary.contains(one.module) { return nil }
    let allowed = room.mayImport.sorted().joined(separator: ", ")
    return Violation(
      path: file.path, line: one.line,
      rule:
        "import table, floor \(room.floor): \(room.module) may import "
        + (allowed.isEmpty ? "the standard library only" : allowed),
      found: "\(room.module) imports \(one.module)", wayOut: wayOut(one.module, from: room))
  }

  /// Tests may import what they like, but a C library has one room, so that its names, its errors
  /// and its memory rules are known in one place. The room's own tests count as that room.
  private static func inTest(_ one: Import, of file: SourceFile) -> Violation? {
    guard ImportTable.cModules.contains(one.module) else { return nil }
    let owner = ImportTable.owner(ofC: one.module)?.module ?? "no room yet"
    if file.path.hasPrefix("Tests/\(owner)Tests/") { return nil }
    return Violation(
      path: file.path, line: one.line, rule: "a C module is imported in its one room",
      found: "a test outside \(owner) imports \(one.module)", wayOut: "test through \(owner)")
  }

  private static func wayOut(_ module: String, from room: Room) -> String {
    if module.hasPrefix("Foundation") || module == "Glibc" {
      return "take the clock, text or bytes as a parameter; let a room of floor 5 do the rest"
    }
    if ImportTable.cModules.contains(module) {
      let owner = ImportTable.owner(ofC: module)?.module ?? "a room of its own"
      return "only \(owner) touches \(module); add what you need to \(owner)"
    }
    if module.hasPrefix("NIO") {
      return "sockets and TLS live in RPCTransportHTTP2; pass bytes or events across its seam"
    }
    if module == "GRDB" { return "SQL lives in StorageSQL; ask the Store in domain words" }
    if ["Protobuf", "SafeMobilityAPI"].contains(module),
      ["Domain", "Storage"].contains(room.module)
    {
      return "messages are not the domain: map them in Services/Mapping"
    }
    if let other = ImportTable.rooms.first(where: { $0.module == module }) {
      return other.floor >= room.floor
        ? "\(module) is on floor \(other.floor): declare a protocol here and let it conform"
        : "move what you need, or the row in ImportTable.swift and ARCHITECTURE.md, saying why"
    }
    return "do without, or add \(module) to the row in ImportTable.swift and ARCHITECTURE.md"
  }
}

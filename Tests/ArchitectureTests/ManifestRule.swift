/// Package.swift, the folders and the import table tell the same story.
enum ManifestRule {
  /// A target as the manifest declares it.
  struct Target: Hashable {
    var name: String
    var path: String
    var isSystem = false

    /// A test target, or support that only tests link.
    var isTest: Bool { path.hasPrefix("Tests/") }
  }

  /// Reads the four forms the manifest uses: `room`, `program`, `tests`, `.systemLibrary`.
  static func targets(_ manifest: String) -> [Target] {
    let rooms = manifest.matches(of: #/\b(?:room|program)\(\s*"(\w+)",\s*"([^"]+)"/#).map {
      Target(name: String($0.output.1), path: String($0.output.2))
    }
    let tests = manifest.matches(of: #/\btests\(\s*"(\w+)"/#).map {
      Target(name: "\($0.output.1)Tests", path: "Tests/\($0.output.1)Tests")
    }
    let system = manifest.matches(of: #/\.systemLibrary\(name: "(\w+)", path: "([^"]+)"/#).map {
      Target(name: String($0.output.1), path: String($0.output.2), isSystem: true)
    }
    return rooms + tests + system
  }

  static func check(manifest: String, swift: [SourceFile], paths: Set<String>) -> [Violation] {
    let targets = targets(manifest)
    return otherForms(manifest) + folders(targets, paths) + homeless(targets, swift)
      + table(targets) + untested(targets)
  }

  private static func otherForms(_ manifest: String) -> [Violation] {
    manifest.matches(
      of: #/\.(?:target|executableTarget|testTarget|macro|plugin)\(\s*name: "(\w+)"/#
    )
    .map {
      violation(
        "a target shares the settings of the house", "\($0.output.1) is declared by hand",
        "declare it with room, program or tests")
    }
  }

  private static func folders(_ targets: [Target], _ paths: Set<String>) -> [Violation] {
    targets.filter { !paths.contains($0.path) }.map {
      violation(
        "every target has its folder", "\($0.name) has no folder \($0.path)",
        "make the folder, or take the target out")
    }
  }

  private static func homeless(_ targets: [Target], _ swift: [SourceFile]) -> [Violation] {
    swift.filter { file in
      file.path != "Package.swift" && !targets.contains { file.path.hasPrefix($0.path + "/") }
    }.map {
      Violation(
        path: $0.path, rule: "every folder has its target", found: "no target builds this file",
        wayOut: "declare its folder in Package.swift, or remove it")
    }
  }

  private static func table(_ targets: [Target]) -> [Violation] {
    let built = targets.filter { !$0.isTest && !$0.isSystem }
    let unknown = built.filter { target in
      !ImportTable.rooms.contains { $0.module == target.name && $0.path == target.path }
    }.map {
      violation(
        "every room has its row", "\($0.name) at \($0.path) is not in the import table",
        "add it to ImportTable.swift and ARCHITECTURE.md")
    }
    let missing = ImportTable.rooms.filter { room in
      !room.toCome && !built.contains { $0.name == room.module }
    }.map {
      violation(
        "every row has its room", "\($0.module) is not in Package.swift",
        "declare it, or mark its row as to come")
    }
    return unknown + missing
  }

  /// Rooms without tests of their name, each with where it is tested instead.
  static let testedElsewhere = [
    "FuzzEntry": "hands libFuzzer's bytes to FuzzTargets; Tools/fuzz runs it",
    "ProtocPluginMain": "reads and writes for ProtocPlugin; Tools/generate --check runs it",
    "StoreBench": "measures, and fails when an answer is wrong; Tools/bench store runs it",
    "SafeMobilityAPI": "generated; ProtocPluginTests and ServicesTests use what it holds",
  ]

  private static func untested(_ targets: [Target]) -> [Violation] {
    targets.filter { room in
      !room.isTest && !room.isSystem && testedElsewhere[room.name] == nil
        && !targets.contains { $0.name == "\(room.name)Tests" }
    }.map {
      violation(
        "every room has its tests", "there is no \($0.name)Tests",
        "make Tests/\($0.name)Tests, or say in testedElsewhere where it is tested")
    }
  }

  private static func violation(_ rule: String, _ found: String, _ wayOut: String) -> Violation {
    Violation(path: "Package.swift", rule: rule, found: found, wayOut: wayOut)
  }
}

import Foundation

/// The files of this repository as the rules see them. Only files are read: calling SwiftPM from
/// inside `swift test` waits for ever on the build's own lock.
struct House {
  /// Every Swift file of the rooms and of the tests, with the manifest.
  var swift: [SourceFile]
  /// Scripts and Python: they keep the length rule too.
  var scripts: [SourceFile]
  /// Paths of golden files and cassettes.
  var golden: [String]
  /// The text of `Package.swift`.
  var manifest: String
  /// Every folder and file, by path from the top, for the manifest rule.
  var paths: Set<String>

  /// Folders that hold the house's own text.
  static let grounds = ["Sources", "Clients", "Tools", "Tests"]

  /// The folder of `Package.swift`. Links are followed, so that the suite also runs from a package
  /// that only points here.
  static var top: URL {
    URL(filePath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  /// Reads the house once for all tests.
  static let asItStands: Result<House, any Error> = Result { try House(at: top) }

  init(at top: URL) throws {
    manifest = try String(contentsOf: top.appending(path: "Package.swift"), encoding: .utf8)
    (swift, scripts, golden, paths) = ([SourceFile("Package.swift", manifest)], [], [], [])
    for ground in House.grounds { try walk(top, ground) }
  }

  private mutating func walk(_ top: URL, _ folder: String) throws {
    let here = top.appending(path: folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: here.path).sorted()
    // A nested package is a house of its own.
    if folder.contains("/"), names.contains("Package.swift") { return }
    paths.insert(folder)
    for name in names where !name.hasPrefix(".") && name != "__pycache__" {
      let path = "\(folder)/\(name)"
      let file = here.appending(path: name)
      if try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true {
        try walk(top, path)
      } else {
        try add(file, path)
      }
    }
  }

  private mutating func add(_ file: URL, _ path: String) throws {
    paths.insert(path)
    if SourceFile.isGolden(path) {
      golden.append(path)
    } else if path.hasSuffix(".swift") {
      swift.append(SourceFile(path, try String(contentsOf: file, encoding: .utf8)))
    } else if path.hasSuffix(".py") || path.hasSuffix(".sh")
      || !file.lastPathComponent.contains(".")
    {
      // A file without an ending may be data; only text is a script.
      if let text = try? String(contentsOf: file, encoding: .utf8), text.hasPrefix("#!") {
        scripts.append(SourceFile(path, text))
      }
    }
  }
}

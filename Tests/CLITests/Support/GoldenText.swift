import Foundation
import Testing

/// Texts that people have read, in `Golden/`; `UPDATE_GOLDEN=1` rewrites them.
enum GoldenText {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")

  /// Holds a text against the file of that name.
  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: "\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: file)
    }
    let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let ours = text.split(separator: "\n", omittingEmptySubsequences: false)
    let theirs = golden.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, (our, their)) in zip(ours, theirs).enumerated() where our != their {
      Issue.record(
        "\(name).txt:\(number + 1) says\n  \(their)\nand not\n  \(our)",
        sourceLocation: sourceLocation)
      return
    }
    #expect(ours.count == theirs.count, "\(name).txt", sourceLocation: sourceLocation)
  }
}

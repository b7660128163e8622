import ArgumentParser
import Foundation

/// Files as text.
enum FileText {
  /// The text of a file, or of standard input for `-`.
  static func read(_ path: String) throws -> String {
    let data: Data
    if path == "-" {
      data = FileHandle.standardInput.readDataToEndOfFile()
    } else {
      guard let content = FileManager.default.contents(atPath: path) else {
        throw ValidationError("cannot read \(path)")
      }
      data = content
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ValidationError("\(path) is not UTF-8")
    }
    return text
  }
}

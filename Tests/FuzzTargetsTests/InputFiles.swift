import Foundation
import FuzzTargets

/// An input that is kept in `Tools/Fuzzing`: a seed to begin from, or a finding that was mended.
///
/// A `.txt` file is its bytes, without the newline at its end; a `.hex` file is digits in pairs, with
/// comments from `#` to the end of the line. `Tools/fuzz` reads them alike.
struct InputFile: Sendable, CustomStringConvertible {
  var target: FuzzTarget
  /// From the top of the repository.
  var path: String
  var bytes: [UInt8]

  var description: String { path }

  static let top = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct Unreadable: Error { var path: String }

  /// All files of both kinds.
  static func all() throws -> [InputFile] {
    try ["Tools/Fuzzing/Seeds", "Tools/Fuzzing/Kept"].flatMap { folder in
      try names(in: folder).flatMap { name in
        guard let target = FuzzTarget(rawValue: name) else {
          throw Unreadable(path: "\(folder)/\(name)")
        }
        return try names(in: "\(folder)/\(name)").map {
          try InputFile(target, path: "\(folder)/\(name)/\($0)")
        }
      }
    }
  }

  private static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: top.appending(path: folder).path)
      .filter { !$0.hasPrefix(".") && $0 != "README.md" }.sorted()
  }

  init(_ target: FuzzTarget, path: String) throws {
    self.target = target
    self.path = path
    let content = [UInt8](try Data(contentsOf: Self.top.appending(path: path)))
    if path.hasSuffix(".txt"), content.last == UInt8(ascii: "\n") {
      bytes = content.dropLast()
    } else if path.hasSuffix(".hex"), let read = Self.bytes(hex: content) {
      bytes = read
    } else {
      throw Unreadable(path: path)
    }
  }

  private static func bytes(hex content: [UInt8]) -> [UInt8]? {
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
    let digits = lines.flatMap { $0.prefix { $0 != "#" } }.filter { !$0.isWhitespace }
    let values = digits.compactMap { $0.hexDigitValue }
    guard values.count == digits.count, values.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
  }
}

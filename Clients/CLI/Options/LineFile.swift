import Foundation

/// A file of lines, read a piece at a time: it may be larger than memory.
final class LineFile {
  private static let pieceSize = 1 << 20
  /// What can be read only once, such as standard input.
  private var kept: [UInt8]?

  private let path: String
  private let surroundings: Surroundings

  init(path: String, in surroundings: Surroundings) {
    self.path = path
    self.surroundings = surroundings
  }

  /// Hands over each line that is not empty, with its number from 1.
  func read(_ body: (_ number: Int, _ line: String) throws -> Void) throws {
    var number = 0
    var rest = Data()
    func take(_ line: Data) throws {
      number += 1
      if !line.isEmpty { try body(number, String(decoding: line, as: UTF8.self)) }
    }
    try forEachPiece { piece in
      rest.append(piece)
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        try take(rest[rest.startIndex..<end])
        rest = rest[(end + 1)...]
      }
      // Indices begin anew, and what was read is let go.
      rest = Data(rest)
    }
    if !rest.isEmpty { try take(rest) }
  }

  private func forEachPiece(_ body: (Data) throws -> Void) throws {
    guard path != "-", isRegular, let file = FileHandle(forReadingAtPath: path) else {
      return try body(Data(try bytes()))
    }
    defer { try? file.close() }
    while let piece = try file.read(upToCount: Self.pieceSize), !piece.isEmpty { try body(piece) }
  }

  private var isRegular: Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.type] as? FileAttributeType == .typeRegular
  }

  private func bytes() throws -> [UInt8] {
    if let kept { return kept }
    do {
      let bytes = try surroundings.readFile(path)
      kept = bytes
      return bytes
    } catch {
      throw CommandFailure("cannot read \(path): check the path and who may read the file")
    }
  }
}

import Domain
import Foundation
import Storage
import StorageSQL

/// The keys by which people are found, put away in files by their first byte, to be stored in their order in the end.
///
/// A store's index of them is in the order of digests, and there are a dozen for each person: one by one each would
/// read and write a page of its own.
final class MatchKeyShelf {
  private static let boardCount = 256
  private static let bufferByteCount = 64 << 10
  private static let keyByteCount = 32

  private let folder: URL
  private var boards: [Board]

  /// - Parameter folder: where there is room, and nothing by the name of `keys`
  init(in folder: URL) throws {
    self.folder = folder.appendingPathComponent("keys")
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    boards = try (0..<Self.boardCount).map { [folder = self.folder] number in
      try Board(folder.appendingPathComponent("\(number)"))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func add(_ household: FilledHousehold) throws {
    for (person, keys) in zip(household.persons, household.matchKeys) {
      for key in keys {
        try boards[Int(key.bytes[0])].add(key.bytes + Array(person.id.rawValue.utf8))
      }
    }
  }

  /// Stores all of them.
  func empty(_ connection: any SQLConnection) throws {
    try MatchKeyFill.begin(connection)
    for index in boards.indices {
      let hits = try boards[index].takeAll().map { record in
        MatchHit(
          key: try Self.digest(record.prefix(Self.keyByteCount)),
          person: PersonID(
            checked: String(decoding: record.dropFirst(Self.keyByteCount), as: UTF8.self)))
      }
      try MatchKeyFill.insert(hits, connection)
    }
    try MatchKeyFill.end(connection)
  }

  private static func digest(_ bytes: ArraySlice<UInt8>) throws -> Digest {
    guard let digest = Digest(Array(bytes)) else { throw CocoaError(.fileReadCorruptFile) }
    return digest
  }

  /// The keys of one first byte.
  private struct Board {
    private let file: URL
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var recordByteCount = 0

    init(_ file: URL) throws {
      self.file = file
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
      handle = try FileHandle(forWritingTo: file)
    }

    mutating func add(_ record: [UInt8]) throws {
      recordByteCount = record.count
      buffer += record
      if buffer.count >= MatchKeyShelf.bufferByteCount { try flush() }
    }

    private mutating func flush() throws {
      try handle.write(contentsOf: Data(buffer))
      buffer.removeAll(keepingCapacity: true)
    }

    /// Its records in order; the file is gone.
    mutating func takeAll() throws -> [ArraySlice<UInt8>] {
      try flush()
      try handle.close()
      let bytes = Array(try Data(contentsOf: file))
      try FileManager.default.removeItem(at: file)
      guard recordByteCount > 0 else { return [] }
      return stride(from: 0, to: bytes.count, by: recordByteCount)
        .map { (rank: Self.rank(bytes[$0...]), start: $0) }
        .sorted { $0.rank < $1.rank }
        .map { bytes[$0.start..<($0.start + recordByteCount)] }
    }

    /// The bytes behind the first as a number: enough for an order in which few are out of place.
    private static func rank(_ bytes: ArraySlice<UInt8>) -> UInt64 {
      bytes.dropFirst().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
  }
}

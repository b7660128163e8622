import Foundation

/// How long the disk takes to make a page durable.
enum FsyncTime {
  /// The median of so many.
  static func median(in folder: String, of count: Int = 51) throws -> Duration {
    let path = "\(folder)/pasarela-fsync-\(UUID().uuidString.prefix(8))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    let page = Data(repeating: 1, count: 4_096)
    let times = try (0..<count).map { _ in
      let begin = ContinuousClock.now
      try handle.write(contentsOf: page)
      try handle.synchronize()
      return begin.duration(to: .now)
    }
    try handle.close()
    return times.sorted()[count / 2]
  }
}

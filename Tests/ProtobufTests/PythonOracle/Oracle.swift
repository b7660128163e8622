import Foundation

/// Python protobuf as the judge: one process for a whole run of cases.
enum Oracle {
  /// One message of ours: its bytes, and its JSON where it has one.
  struct Case {
    var type: UInt8
    var bytes: [UInt8]
    var json: [UInt8]?
  }

  /// What Python made of a case.
  struct Answer {
    /// Ours, read and written by Python; nil when it could not read them.
    var bytes: [UInt8]?
    /// Python's JSON of the message; nil when it has none.
    var json: [UInt8]?
    /// Our JSON, read by Python and written as bytes; nil when it could not read it.
    var bytesOfJSON: [UInt8]?
  }

  /// Python's answers, and messages that Python made.
  static func judge(
    _ cases: [Case], seed: UInt64, madeCount: Int
  ) throws -> (answers: [Answer], made: [Case]) {
    let folder = NSTemporaryDirectory() + "pasarela-oracle-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var written = Data()
    for each in cases {
      written.append(each.type)
      written.append(pack: each.bytes)
      written.append(pack: each.json)
    }
    try written.write(to: URL(fileURLWithPath: folder + "/cases"))
    try run(folder, seed: seed, madeCount: madeCount)
    var reader = Reader(
      bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/answers"))))
    let answers = try cases.map { _ in
      _ = try reader.byte()
      let (bytes, json) = (try reader.block(), try reader.block())
      _ = try reader.byte()
      return Answer(bytes: bytes, json: json, bytesOfJSON: try reader.block())
    }
    let made = try (0..<madeCount).map { _ in
      Case(type: try reader.byte(), bytes: try reader.block() ?? [], json: try reader.block())
    }
    return (answers, made)
  }

  private static func run(_ folder: String, seed: UInt64, madeCount: Int) throws {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let tests = here.deletingLastPathComponent().deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try python(top: tests.deletingLastPathComponent()))
    process.arguments = [
      here.appendingPathComponent("oracle.py").path,
      tests.appendingPathComponent("Support/KitchenSink/Protos").path, folder + "/cases",
      folder + "/answers", "\(seed)", "\(madeCount)",
    ]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw OracleFailure(description: "oracle.py ended with \(process.terminationStatus)")
    }
  }

  private static func python(top: URL) throws -> String {
    let path =
      ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
      ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw OracleFailure(description: "there is no Python to ask: run Tools/test, which makes one")
    }
    return path
  }

  private struct Reader {
    let bytes: [UInt8]
    var index = 0

    mutating func byte() throws -> UInt8 { try take(1)[0] }

    mutating func block() throws -> [UInt8]? {
      let count = try take(4).reduce(0) { $0 << 8 | Int($1) }
      return count == 0xFFFF_FFFF ? nil : try take(count)
    }

    private mutating func take(_ count: Int) throws -> [UInt8] {
      guard index + count <= bytes.count else {
        throw OracleFailure(description: "oracle.py wrote too little")
      }
      defer { index += count }
      return Array(bytes[index..<index + count])
    }
  }
}

struct OracleFailure: Error, CustomStringConvertible {
  let description: String
}

extension Data {
  fileprivate mutating func append(pack bytes: [UInt8]?) {
    let count = bytes.map { UInt32($0.count) } ?? .max
    append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) })
    append(contentsOf: bytes ?? [])
  }
}

import Foundation
import Testing
import Trials

/// The wire rules that no client library lets us break, against the real server (grpc.md § 1).
@Suite("requests by hand", .serialized, .timeLimit(.minutes(3)))
struct RawCasesTests {
  private struct Answer: Decodable {
    var name: String
    var http: String
    var status: String
    var ended: Bool
    var reset: Int?
  }

  /// What each case is answered: HTTP status and grpc-status.
  private static let expected: [String: (http: String, status: String)] = [
    "honest": ("200", "0"),
    "wrong content-type": ("415", ""),  // Q2
    "grpc-web content-type": ("415", ""),
    "no content-type": ("415", ""),
    "GET": ("405", "13"),  // Q1
    "PUT": ("405", "13"),
    "unknown method": ("200", "12"),  // Q26
    "unknown service": ("200", "12"),
    "path without second slash": ("200", "12"),  // Q5
    "path without first slash": ("", ""),  // malformed by RFC 9113 § 8.3.1: see `resets`
    "path with trailing slash": ("200", "12"),
    "path in other case": ("200", "12"),
    "bad timeout": ("400", "13"),  // Q10
    "unknown encoding": ("200", "12"),  // Q20
    "no message": ("200", "12"),  // D1
    "two messages": ("200", "12"),
    "truncated message": ("200", "13"),  // Q18
    "truncated prefix": ("200", "13"),
    "unknown flag": ("200", "13"),
    "compressed without encoding": ("200", "13"),  // Q21
    "length of 4 GiB": ("200", "8"),
    "one byte at a time": ("200", "0"),  // Q17
  ]

  /// Cases that libnghttp2 ends before any answer, and its error code: 1 is PROTOCOL_ERROR.
  private static let resets = ["path without first slash": 1]

  @Test("each is answered by its rule, and the server serves on")
  func answers() async throws {
    let world = try await TrialWorld(
      seed: 1, householdCount: 1, seatsPerSlot: 1, slotCount: 1)
    try world.start()
    let answers = try Python.run("raw_cases.py", "\(world.port)").map {
      try JSONDecoder().decode(Answer.self, from: $0)
    }
    try world.stop()
    #expect(Set(answers.map(\.name)) == Set(Self.expected.keys))
    for answer in answers {
      let rule = try #require(Self.expected[answer.name])
      #expect(
        answer.http == rule.http && (answer.status == rule.status || rule.status.isEmpty),
        "\(answer.name): HTTP \(answer.http), grpc-status \(answer.status)")
      #expect(answer.reset == Self.resets[answer.name], "\(answer.name): reset")
      #expect(answer.ended == (answer.reset == nil), "\(answer.name): the stream has no end")
    }
  }
}

/// The Python that Tools/bootstrap made.
enum Python {
  /// The lines that a script of this folder prints; it must end with 0.
  static func run(_ script: String, _ arguments: String...) throws -> [Data] {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(
      fileURLWithPath: try path(top: here.deletingLastPathComponent().deletingLastPathComponent()))
    process.arguments = [here.appendingPathComponent(script).path] + arguments
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TrialFailure("\(script) ended with \(process.terminationStatus)")
    }
    return data.split(separator: UInt8(ascii: "\n")).map { Data($0) }
  }

  private static func path(top: URL) throws -> String {
    let path =
      ProcessInfo.processInfo.environment["PASARELA_PYTHON"]
      ?? top.appendingPathComponent(".build-tools/python/bin/python").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw TrialFailure("there is no Python to ask: run Tools/test, which makes one")
    }
    return path
  }
}

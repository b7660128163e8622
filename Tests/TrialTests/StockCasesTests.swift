import Foundation
import Testing
import Trials

/// Bad input through a client that nobody here wrote, which also reads the errors' details.
@Suite("a stock client's bad input", .serialized, .timeLimit(.minutes(3)))
struct StockCasesTests {
  private struct Answer: Decodable, Equatable {
    var name: String
    var code: String
    var reason = ""
    var fields: [String] = []
  }

  private static let expected: [Answer] = [
    Answer(name: "honest", code: "OK"),
    Answer(
      name: "0 bytes", code: "INVALID_ARGUMENT", reason: "REQUEST_ID_REQUIRED",
      fields: ["request_id"]),
    Answer(
      name: "only a request_id", code: "INVALID_ARGUMENT", reason: "FIELD_INVALID",
      fields: ["registration", "principal"]),
    Answer(
      name: "request_id of version 1", code: "INVALID_ARGUMENT", reason: "REQUEST_ID_REQUIRED",
      fields: ["request_id"]),
    Answer(name: "no bytes of a message", code: "INTERNAL"),
    Answer(name: "200 levels", code: "INTERNAL"),
    Answer(name: "invalid UTF-8", code: "INTERNAL"),
    Answer(name: "5 MiB", code: "RESOURCE_EXHAUSTED"),
    Answer(name: "no identity", code: "UNAUTHENTICATED"),
    Answer(name: "no purpose", code: "INVALID_ARGUMENT", reason: "PURPOSE_REQUIRED"),
    Answer(name: "role nobody knows", code: "UNAUTHENTICATED"),
    Answer(name: "unknown method", code: "UNIMPLEMENTED"),
    Answer(name: "unknown service", code: "UNIMPLEMENTED"),
    Answer(name: "path without second slash", code: "UNIMPLEMENTED"),
    Answer(name: "20 KiB of metadata", code: "RESOURCE_EXHAUSTED"),
  ]

  @Test("has its status, reason and fields, and the server serves on")
  func answers() async throws {
    let world = try await TrialWorld(
      seed: 51, householdCount: 1, seatsPerSlot: 1, slotCount: 1)
    try world.start()
    let lines = try Python.run("stock_cases.py", "\(world.port)")
    try world.stop()
    let answers = try lines.map { try JSONDecoder().decode(Answer.self, from: $0) }
    #expect(answers.map(\.name) == Self.expected.map(\.name))
    for (answer, rule) in zip(answers, Self.expected) {
      #expect(answer == rule)
    }
  }
}

import KitchenSink
import Testing

@testable import Protobuf

/// Inputs that a bad line or a bad peer sends: both sides read the same in them, or both refuse.
@Suite("Python protobuf agrees on bad input", .timeLimit(.minutes(5)))
struct OracleDamageTests {
  static let caseCount = 6_000

  /// What we refuse and Python reads, by our reason, and why that is right.
  static let exceptions: [DecodingError.Reason: String] = [
    .malformedVarint: "Python drops the bits beyond 64; grpc.md P7 has us refuse them",
    .equivalentKeys: "Python keeps both of two keys that Swift's strings cannot hold apart",
  ]

  @Test("Damaged bytes are refused by both, or are the same message to both")
  func damage() throws {
    var random = RandomMessage(seed: OracleSubject.seed &+ 1)
    let cases = try (0..<Self.caseCount).map { number in
      var each = try OracleSubject.random(number, &random)
      each.bytes = random.damaged(each.bytes)
      each.json = nil
      return each
    }
    let answers = try Oracle.judge(cases, seed: 0, madeCount: 0).answers
    var problems: [String] = []
    var (refusedCount, exceptionCount) = (0, 0)
    for (each, answer) in zip(cases, answers) {
      let verdict = OracleSubject.verdict(each.bytes, as: each.type)
      let pythons = answer.bytes.flatMap { OracleSubject.rewritten($0, as: each.type) }
      switch verdict {
      case .success(let ours) where ours == pythons: continue
      case .failure where answer.bytes == nil: refusedCount += 1
      case .failure(let error) where Self.exceptions[error.reason] != nil: exceptionCount += 1
      case .failure(let error) where isFieldless(error): exceptionCount += 1
      // A string that another replaced is looked at by Python alone; see the row in the table.
      case .success where answer.bytes == nil && DamagedText.isIn(each): exceptionCount += 1
      // Python keeps such an entry as an unknown field of the message; to us it is an entry, of which
      // key and value count and the rest is dropped.
      case .success where answer.bytes != nil && DamagedText.isInEntries(each): exceptionCount += 1
      case .success, .failure:
        problems.append(
          "\(OracleSubject.types[Int(each.type)]): we say \(verdict), Python"
            + " \(answer.bytes == nil ? "refuses" : "reads") \(hex(each.bytes))")
      }
    }
    print(
      "\(cases.count) damaged messages, \(refusedCount) refused by both,"
        + " \(exceptionCount) by one of us alone, for a reason")
    #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(8).joined(separator: "\n"))")
    #expect((500..<Self.caseCount - 200).contains(refusedCount))
  }

  /// Python reads the field number 0, which is none, in messages of types without fields.
  private func isFieldless(_ error: DecodingError) -> Bool {
    let places = ["kitchen.v1.Nothing", " empty", ".empty", " nothing", ".nothing"]
    return error.reason == .illegalTag && places.contains { error.path.hasSuffix($0) }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.prefix(400).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

import Foundation
import KitchenSink
import Protobuf
import Testing

/// Twelve thousand messages, there and back, in bytes and in JSON, with Python protobuf at the other
/// end (grpc.md G8).
@Suite("Python protobuf agrees", .timeLimit(.minutes(5)))
struct OracleTests {
  static let ourCount = 6_000
  static let madeCount = 6_000

  @Test("about random messages, both directions, bytes and JSON")
  func agreement() throws {
    let seed = OracleSubject.seed
    var random = RandomMessage(seed: seed)
    let made = try Oracle.judge([], seed: seed, madeCount: Self.madeCount).made
    var cases = try (0..<Self.ourCount).map { number in
      try OracleSubject.random(number, &random)
    }
    cases += try made.map { try OracleSubject.reread($0) }
    let answers = try Oracle.judge(cases, seed: seed, madeCount: 0).answers
    var problems: [String] = []
    for (index, (each, answer)) in zip(cases, answers).enumerated() {
      let source = index < Self.ourCount ? nil : made[index - Self.ourCount]
      let type = OracleSubject.types[Int(each.type)]
      if let difference = try Self.difference(type, each, answer, source) {
        problems.append("\(type.descriptor.fullName): \(difference)")
      }
    }
    #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(5).joined(separator: "\n"))")
    let compared = cases.count { $0.json.map { !Self.isLossy($0) } ?? false }
    print("\(cases.count) messages, \(compared) of them in JSON too")
    #expect(compared > 9_000, "too few messages had a JSON form for the run to prove anything")
  }

  /// What we and Python see differently in a message, or nil.
  ///
  /// - Parameter source: what Python made the message as, if it did.
  private static func difference<Value: Message>(
    _ type: Value.Type, _ each: Oracle.Case, _ answer: Oracle.Answer, _ source: Oracle.Case?
  ) throws -> String? {
    guard let bytes = answer.bytes else { return "Python cannot read our bytes" }
    if try Value(serializedBytes: bytes).serializedBytes() != each.bytes {
      return "Python wrote another message than it read"
    }
    if let source, source.bytes != bytes { return "came back as another message than was sent" }
    guard let json = each.json else {
      return answer.json.map { "only Python has JSON: \(text($0))" }
    }
    guard let pythons = answer.json else { return "only we have JSON: \(text(json))" }
    if isLossy(json) { return nil }
    if try OracleSubject.read(pythons, as: type).map(OracleSubject.json) != text(json) {
      return "Python's JSON \(text(pythons)) reads as another message than \(text(json))"
    }
    guard let read = answer.bytesOfJSON else { return "Python cannot read \(text(json))" }
    if try OracleSubject.json(Value(serializedBytes: read)) != text(json) {
      return "Python reads another message from \(text(json))"
    }
    if let source, source.bytes != read { return "lost something on its way through \(text(json))" }
    return nil
  }

  /// JSON that says less than the message did, in every implementation: a NullValue is written as
  /// null whatever its number, and null in a field without presence is no value.
  private static func isLossy(_ json: [UInt8]) -> Bool {
    text(json).contains(#""nullValue":null"#)
  }

  private static func text(_ json: [UInt8]) -> String { String(decoding: json, as: UTF8.self) }
}

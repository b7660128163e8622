import Foundation
import KitchenSink
import Protobuf
import Testing

/// Ten thousand messages, there and back, in bytes and in JSON, with Python protobuf at the other
/// end (grpc.md G8).
@Suite("Python protobuf agrees", .timeLimit(.minutes(5)))
struct OracleTests {
  static let caseCount = 6_000
  static let madeCount = 6_000
  static let seed: UInt64 =
    ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 1...UInt64.max)

  /// In the order of oracle.py's TYPES.
  static let types: [any Message.Type] = [
    KitchenV1.Scalars.self, KitchenV1.Maps.self, KitchenV1.Choices.self, KitchenV1.Tree.self,
    KitchenV1.WellKnown.self, KitchenV1.Names.self, KitchenV1.Nothing.self,
  ]

  @Test("about random messages, both directions, bytes and JSON")
  func agreement() throws {
    print("seed \(Self.seed): PASARELA_SEED=\(Self.seed) repeats this run")
    var random = RandomMessage(seed: Self.seed)
    let cases = try (0..<Self.caseCount).map { number in
      let type = number % Self.types.count
      return try Self.makeCase(Self.types[type], UInt8(type), &random)
    }
    let (answers, made) = try Oracle.judge(cases, seed: Self.seed, madeCount: Self.madeCount)
    var problems: [String] = []
    for (each, answer) in zip(cases, answers) {
      let type = Self.types[Int(each.type)]
      let difference = try Self.difference(type, each, answer)
      problems += difference.map { [$0] } ?? []
    }
    for each in made {
      let type = Self.types[Int(each.type)]
      let difference = try Self.difference(type, madeByPython: each)
      problems += difference.map { [$0] } ?? []
    }
    #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(5).joined(separator: "\n"))")
    let withJSON = cases.count { $0.json != nil } + made.count { $0.json != nil }
    print("\(cases.count + made.count) messages, \(withJSON) of them in JSON too")
    #expect(withJSON > 6_000, "too few messages had a JSON form for the run to prove anything")
  }

  private static func makeCase<Value: Message>(
    _ type: Value.Type, _ number: UInt8, _ random: inout RandomMessage
  ) throws -> Oracle.Case {
    let message = try random.make(type)
    let json = try? message.jsonString()
    return Oracle.Case(
      type: number, bytes: try message.serializedBytes(), json: json.map { Array($0.utf8) })
  }

  /// What we and Python see differently in a message of ours, or nil.
  private static func difference<Value: Message>(
    _ type: Value.Type, _ each: Oracle.Case, _ answer: Oracle.Answer
  ) throws -> String? {
    let name = Value.descriptor.fullName
    guard let bytes = answer.bytes else { return "\(name): Python cannot read our bytes" }
    let again = try Value(serializedBytes: bytes).serializedBytes()
    if again != each.bytes { return "\(name): Python wrote another message than it read" }
    guard let json = each.json else {
      return answer.json == nil ? nil : "\(name): only Python has JSON: \(text(answer.json))"
    }
    guard let pythons = answer.json else { return "\(name): only we have JSON: \(text(json))" }
    if isLossy(json) { return nil }
    if try Value(jsonUTF8: pythons).jsonString() != text(json) {
      return "\(name): Python's JSON \(text(pythons)) reads as another message than \(text(json))"
    }
    guard let read = answer.bytesOfJSON else { return "\(name): Python cannot read \(text(json))" }
    if try Value(serializedBytes: read).jsonString() != text(json) {
      return "\(name): Python reads another message from \(text(json))"
    }
    return nil
  }

  /// What we see differently in a message of Python's, or nil.
  private static func difference<Value: Message>(
    _ type: Value.Type, madeByPython each: Oracle.Case
  ) throws -> String? {
    let name = Value.descriptor.fullName
    let message = try Value(serializedBytes: each.bytes)
    if try message.serializedBytes() != each.bytes {
      // Maps may be in another order; what counts is that the message is the same.
      let again = try Value(serializedBytes: message.serializedBytes())
      if try again.serializedBytes() != message.serializedBytes() {
        return "\(name): does not come back from its own bytes"
      }
    }
    guard let json = each.json else {
      return (try? message.jsonString()).map { "\(name): only we have JSON: \($0)" }
    }
    let ours = try message.jsonString()
    if isLossy(Array(ours.utf8)) { return nil }
    if try Value(jsonUTF8: json).jsonString() != ours {
      return "\(name): \(text(json)) reads as another message than \(ours)"
    }
    return nil
  }

  /// JSON that says less than the message did, in every implementation: a NullValue is written as
  /// null whatever its number, and null in a field without presence is no value.
  private static func isLossy(_ json: [UInt8]) -> Bool {
    text(json).contains(#""nullValue":null"#)
  }

  private static func text(_ json: [UInt8]?) -> String {
    String(decoding: json ?? [], as: UTF8.self)
  }
}

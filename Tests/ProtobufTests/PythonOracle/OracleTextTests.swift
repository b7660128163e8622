import KitchenSink
import Testing

@testable import Protobuf

/// JSON that few writers write: both sides read the same in it, or both refuse, but for what is
/// listed here with its reason.
@Suite("Python protobuf agrees about odd JSON", .timeLimit(.minutes(1)))
struct OracleTextTests {
  static let same = [
    #"{"int32Value": 5.0}"#, #"{"int32Value": 5e2}"#, #"{"int32Value": 0.5}"#,
    #"{"int32Value": "7"}"#, #"{"int32Value": " 7"}"#, #"{"int32Value": ""}"#,
    #"{"int32Value": true}"#, #"{"int32Value": 2147483648}"#, #"{"int32Value": -2147483648}"#,
    #"{"uint32Value": -1}"#, #"{"uint64Value": "18446744073709551615"}"#,
    #"{"uint64Value": 18446744073709551616}"#, #"{"int64Value": "-9223372036854775809"}"#,
    #"{"doubleValue": "NaN"}"#, #"{"doubleValue": "-Infinity"}"#, #"{"doubleValue": 1e309}"#,
    #"{"floatValue": 3.5e38}"#, #"{"floatValue": 3.4028234e38}"#, #"{"boolValue": 1}"#,
    #"{"boolValue": "true"}"#, #"{"stringValue": 1}"#, #"{"bytesValue": "-_8="}"#,
    #"{"bytesValue": "+/8"}"#, #"{"enumValue": "COLOR_CRIMSON"}"#, #"{"enumValue": 77}"#,
    #"{"enumValue": "NO"}"#, #"{"int32List": [null]}"#, #"{"int32List": null}"#,
    #"{"int32List": 1}"#, #"{"unknown": 1}"#, #"{"int32_value": 1}"#,
    #"{"int32Value": "5e2"}"#, #"{"int32Value": 1, "int32Value": 1}"#, #"{"doubleValue": NaN}"#,
    #"{"stringValue": "\ud83c\udf09"}"#, #"{"stringValue": "\ud83c"}"#, #"{} {}"#, "", "null",
    #"{"bytesValue": "A*=="}"#,
    #"{"int32Value": 1,}"#, #"{"int32Value": 01}"#, "{\"stringValue\": \"\n\"}",
  ]

  /// Texts about which we differ, and why that is right.
  static let exceptions: [(text: String, reason: String)] = [
    (#"{"int32Value": "007"}"#, "no JSON number has leading zeros; Python reads them in strings"),
    (
      #"{"int32Value": 1, "int32_value": 1}"#,
      "two spellings of a field are one field twice; Python keeps the last"
    ),
    ("[]", "a message is an object; Python takes any empty container for one"),
  ]

  @Test("Both read the same, or both refuse")
  func verdicts() throws {
    for (text, ours, pythons) in try Self.judged(Self.same) {
      #expect(ours == pythons, "\(text)")
    }
  }

  @Test("The exceptions are still exceptions")
  func differences() throws {
    let judged = try Self.judged(Self.exceptions.map(\.text))
    for ((text, ours, pythons), reason) in zip(judged, Self.exceptions.map(\.reason)) {
      #expect(ours != pythons, "\(text): no longer so: \(reason)")
    }
  }

  /// What the two of us make of texts; nil for a refusal.
  private static func judged(
    _ texts: [String]
  ) throws -> [(text: String, ours: [UInt8]?, pythons: [UInt8]?)] {
    let type = OracleSubject.number(of: KitchenV1.Scalars.self)
    let cases = texts.map { Oracle.Case(type: type, bytes: [], json: Array($0.utf8)) }
    let answers = try Oracle.judge(cases, seed: 0, madeCount: 0).answers
    return try zip(texts, answers).map { text, answer in
      let ours = OracleSubject.read(Array(text.utf8), as: KitchenV1.Scalars.self)
      let pythons = answer.bytesOfJSON.flatMap { OracleSubject.rewritten($0, as: type) }
      return (text, try ours?.serializedBytes(), pythons)
    }
  }
}

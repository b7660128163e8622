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

  /// The same about keys of maps.
  static let sameKeys = [
    #"{"int32Keys": {"1": 5}}"#, #"{"int32Keys": {"1.0": 5}}"#, #"{"int32Keys": {"1e0": 5}}"#,
    #"{"int32Keys": {"10e-1": 5}}"#, #"{"int32Keys": {"-0": 5}}"#, #"{"int32Keys": {"-1": 5}}"#,
    #"{"int32Keys": {"": 5}}"#, #"{"int32Keys": {" 1": 5}}"#, #"{"int32Keys": {"0x1": 5}}"#,
    #"{"int32Keys": {"1.5": 5}}"#, #"{"int32Keys": {"2147483648": 5}}"#,
    #"{"uint32Keys": {"-1": 5}}"#, #"{"uint32Keys": {"-0": 5}}"#,
    #"{"int32Keys": {"1": 5, "1": 6}}"#, #"{"boolKeys": {"true": true}}"#,
    #"{"boolKeys": {"True": true}}"#, #"{"boolKeys": {"1": true}}"#,
    #"{"stringKeys": {"é": "a", "ñ": "b", "": "c"}}"#, #"{"string\u212aeys": {}}"#,
  ]

  static let keyExceptions: [(text: String, reason: String)] = [
    (#"{"int32Keys": {"01": 5}}"#, "no JSON number has leading zeros; Python's int() takes them"),
    (#"{"int32Keys": {"+1": 5}}"#, "no JSON number has a plus sign; Python's int() takes it"),
    (#"{"int32Keys": {"1_0": 5}}"#, "Python's int() reads 10, as in a Python program"),
    (#"{"int32Keys": {"\u0661": 5}}"#, "Python's int() takes the digits of every script"),
    (
      #"{"int32Keys": {"1": 5, "1.0": 6}}"#,
      "two spellings of a key are one key twice; Python keeps the last"
    ),
    (#"{"int32Keys": {"0": 5, "-0": 6}}"#, "the same: Python keeps the last"),
    (
      #"{"stringKeys": {"\u00e9": "a", "e\u0301": "b"}}"#,
      "Swift's strings are equal, and one value would be lost; Python keeps both"
    ),
    (#"{"stringKeys": {"K": "a", "\u212a": "b"}}"#, "the same: Python keeps both"),
  ]

  @Test("Both read the same, or both refuse")
  func verdicts() throws {
    let judged =
      try Self.judged(Self.same, as: KitchenV1.Scalars.self)
      + Self.judged(Self.sameKeys, as: KitchenV1.Maps.self)
    for (text, ours, pythons) in judged {
      #expect(ours == pythons, "\(text)")
    }
  }

  @Test("The exceptions are still exceptions")
  func differences() throws {
    let judged =
      try Self.judged(Self.exceptions.map(\.text), as: KitchenV1.Scalars.self)
      + Self.judged(Self.keyExceptions.map(\.text), as: KitchenV1.Maps.self)
    let reasons = (Self.exceptions + Self.keyExceptions).map(\.reason)
    for ((text, ours, pythons), reason) in zip(judged, reasons) {
      #expect(ours != pythons, "\(text): no longer so: \(reason)")
    }
  }

  /// What the two of us make of texts; nil for a refusal.
  private static func judged<Value: Message>(
    _ texts: [String], as valueType: Value.Type
  ) throws -> [(text: String, ours: [UInt8]?, pythons: [UInt8]?)] {
    let type = OracleSubject.number(of: valueType)
    let cases = texts.map { Oracle.Case(type: type, bytes: [], json: Array($0.utf8)) }
    let answers = try Oracle.judge(cases, seed: 0, madeCount: 0).answers
    return try zip(texts, answers).map { text, answer in
      let ours = OracleSubject.read(Array(text.utf8), as: valueType)
      // Rewritten, since the order of fields is anybody's; as it is when only Python can read it.
      let pythons = answer.bytesOfJSON.map { OracleSubject.rewritten($0, as: type) ?? $0 }
      return (text, try ours?.serializedBytes(), pythons)
    }
  }
}

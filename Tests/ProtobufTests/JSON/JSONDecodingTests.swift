import KitchenSink
import Protobuf
import Testing

@Suite("Messages from JSON")
struct JSONDecodingTests {
  @Test(
    "Every spelling of a value is read",
    arguments: [
      // What is given, and what it is in the canonical form.
      (#""int32Value": 5.0"#, #""int32Value":5"#), (#""int32Value": 50e-1"#, #""int32Value":5"#),
      (#""int32Value": 5E2"#, #""int32Value":500"#), (#""int32Value": "7""#, #""int32Value":7"#),
      (#""int32Value": -0"#, ""), (#""int32_value": 3"#, #""int32Value":3"#),
      (#""int32Value": 2147483647"#, #""int32Value":2147483647"#),
      (#""int32Value": -2.147483648e9"#, #""int32Value":-2147483648"#),
      (#""int64Value": 9223372036854775807"#, #""int64Value":"9223372036854775807""#),
      (#""int64Value": "-9223372036854775808""#, #""int64Value":"-9223372036854775808""#),
      (#""uint64Value": 18446744073709551615"#, #""uint64Value":"18446744073709551615""#),
      (#""uint64Value": 0.0e-5"#, ""),
      (#""uint32Value": 4294967295"#, #""uint32Value":4294967295"#),
      (#""doubleValue": "1.5e3""#, #""doubleValue":1500.0"#),
      (#""doubleValue": 1"#, #""doubleValue":1.0"#),
      (#""doubleValue": "NaN""#, #""doubleValue":"NaN""#),
      (#""floatValue": "-Infinity""#, #""floatValue":"-Infinity""#),
      (#""floatValue": 3.4028234e38"#, #""floatValue":3.4028235e+38"#),
      (#""bytesValue": "-_8=""#, #""bytesValue":"+/8=""#),
      (#""bytesValue": "+/8""#, #""bytesValue":"+/8=""#),
      (#""enumValue": "COLOR_CRIMSON""#, #""enumValue":"COLOR_RED""#),
      (#""enumValue": 77"#, #""enumValue":77"#),
      (#""enumValue": 1.0"#, #""enumValue":"COLOR_RED""#),
      (#""stringValue": null"#, ""), (#""int32List": null"#, ""), (#""int32List": []"#, ""),
      (#""stringValue": "\u00f1\ud83c\udf09\/""#, #""stringValue":"ñ🌉/""#),
    ])
  func spellings(_ given: String, _ canonical: String) throws {
    let message = try KitchenV1.Scalars(jsonString: "{ \(given) }")
    #expect(try message.jsonString() == "{\(canonical)}")
  }

  @Test(
    "What a field does not take is refused",
    arguments: [
      #""int32Value": 0.5"#, #""int32Value": 2147483648"#, #""int32Value": -2147483649"#,
      #""int32Value": true"#, #""int32Value": """#, #""int32Value": " 1""#, #""int32Value": "1.""#,
      #""int32Value": "+1""#, #""int32Value": "0x1""#, #""int32Value": "1 ""#,
      #""int32Value": [1]"#,
      #""int32Value": "NaN""#, #""int32Value": 1e99999999999999999999"#,
      #""int32Value": 1.5e-9223372036854775808"#, #""int32Value": 1e9223372036854775807"#,
      #""int64Value": 9223372036854775808"#, #""int64Value": "-9223372036854775809""#,
      #""uint32Value": -1"#, #""uint32Value": 4294967296"#, #""uint64Value": 18446744073709551616"#,
      #""doubleValue": 1e309"#, #""doubleValue": "infinity""#, #""doubleValue": "1,5""#,
      #""doubleValue": "0x1p3""#, #""doubleValue": """#, #""floatValue": 3.5e38"#,
      #""boolValue": "true""#, #""boolValue": 1"#, #""stringValue": 1"#,
      #""bytesValue": "A""#, #""bytesValue": "AA=A""#, #""bytesValue": "A*==""#,
      #""bytesValue": [1]"#,
      #""enumValue": "RED""#, #""enumValue": 1.5"#, #""enumValue": 2147483648"#,
      #""int32List": 1"#, #""int32List": [null]"#, #""int32List": {}"#,
      #""stringList": ["a", null]"#,
      #""unknown": 1"#, #""int32Value": 1, "int32Value": 1"#, #""int32Value": 1, "int32_value": 1"#,
      #""int32Value": null, "int32_value": 1"#,
    ])
  func refused(_ member: String) {
    #expect(throws: JSONError.self) { try KitchenV1.Scalars(jsonString: "{ \(member) }") }
  }

  @Test("One member of a oneof is read, null is none, two are refused")
  func oneofs() throws {
    let null = try KitchenV1.Choices(jsonString: #"{"text": null, "number": 0}"#)
    #expect(null.choice == .number(0))
    #expect(throws: JSONError.self) {
      try KitchenV1.Choices(jsonString: #"{"text": "a", "number": 0}"#)
    }
    let both = try KitchenV1.Choices(jsonString: #"{"text": "a", "low": 1}"#)
    #expect(both.choice == .text("a"))
    #expect(both.secondChoice == .low(1))
  }

  @Test("What is not known is refused, or passed over when asked: fields, and names of enums")
  func unknown() throws {
    let text = #"""
      {"new": {"a": [1, {}]}, "enumValue": "COLOR_NEW", "enumList": ["COLOR_NEW", "COLOR_RED"],
       "int32Value": 1}
      """#
    #expect(throws: JSONError.self) { try KitchenV1.Scalars(jsonString: text) }
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    let message = try KitchenV1.Scalars(jsonString: text, options: options)
    #expect(try message.jsonString() == #"{"int32Value":1,"enumList":["COLOR_RED"]}"#)
    let map = try KitchenV1.Maps(
      jsonString: #"{"enumValues": {"a": "COLOR_NEW", "b": "COLOR_GREEN"}}"#, options: options)
    #expect(map.enumValues == ["b": .green])
    // Known fields stay strict.
    #expect(throws: JSONError.self) {
      try KitchenV1.Scalars(jsonString: #"{"int32Value": "x"}"#, options: options)
    }
  }

  @Test(
    "A key must be one of its type",
    arguments: [
      #"{"int32Keys": {"a": 1}}"#, #"{"int32Keys": {"2147483648": 1}}"#,
      #"{"boolKeys": {"1": true}}"#, #"{"boolKeys": {"TRUE": true}}"#,
      #"{"uint32Keys": {"-1": 1}}"#, #"{"int32Keys": {"1": null}}"#, #"{"int32Keys": []}"#,
      #"{"int32Keys": {"1": 1, "1": 2}}"#, #"{"messageValues": {"a": null}}"#,
      #"{"int32Keys": {"": 1}}"#, #"{"int32Keys": {"01": 1}}"#, #"{"int32Keys": {"1.5": 1}}"#,
      #"{"enumValues": {"\u212a": 0, "K": 0}}"#,
    ])
  func keys(_ text: String) {
    #expect(throws: JSONError.self) { try KitchenV1.Maps(jsonString: text) }
  }

  @Test(
    "A number is one key in every spelling, and there once",
    arguments: [("1", "1.0"), ("1", "1e0"), ("10e-1", "0.1e1"), ("0", "-0"), ("-0", "0.0")])
  func spelledKeys(_ one: String, _ other: String) throws {
    for spelling in [one, other] {
      let map = try KitchenV1.Maps(jsonString: #"{"int32Keys": {"\#(spelling)": 5}}"#)
      #expect(map.int32Keys.count == 1)
      #expect(map.int32Keys.keys.allSatisfy { (0...1).contains($0) })
    }
    for name in ["int32Keys", "int64Keys", "uint32Keys", "uint64Keys", "sfixed64Keys"] {
      let error = #expect(throws: JSONError.self) {
        try KitchenV1.Maps(jsonString: #"{"\#(name)": {"\#(one)": 5, "7": 5, "\#(other)": 5}}"#)
      }
      #expect(error?.path == #"\#(name)["\#(other)"]"#)
    }
  }

  @Test("Two keys that Swift cannot hold apart are refused", arguments: MapKeyTests.pairs)
  func equivalentKeys(_ one: String, _ other: String) {
    let error = #expect(throws: JSONError.self) {
      try KitchenV1.Maps(jsonString: #"{"stringKeys": {"\#(one)": "a", "\#(other)": "b"}}"#)
    }
    #expect(error?.problem == "the key is there already, spelled differently")
  }

  @Test("An error says where it is, and never the value")
  func places() throws {
    let error = #expect(throws: JSONError.self) {
      try KitchenV1.Tree(
        jsonString: #"{"children": [{}, {"branch": {"twig": {"leaves": [{"size": "secret"}]}}}]}"#)
    }
    #expect(error?.path == "children[1].branch.twig.leaves[0].size")
    #expect(error?.description.contains("secret") == false)
    let text = #expect(throws: JSONError.self) {
      try KitchenV1.Tree(jsonString: "{\n  \"label\": oops\n}")
    }
    #expect(text?.position?.line == 2)
    #expect(text?.position?.column == 12)
  }
}

import KitchenSink
import Protobuf
import Testing

@Suite("Messages as JSON")
struct JSONEncodingTests {
  @Test("Numbers of 64 bits are strings, of 32 bits numbers, at both ends of their ranges")
  func integers() throws {
    let message = KitchenV1.Scalars.with {
      $0.int32Value = .min
      $0.int64Value = .min
      $0.uint32Value = .max
      $0.uint64Value = .max
    }
    #expect(
      try message.jsonString() == """
        {"int32Value":-2147483648,"int64Value":"-9223372036854775808",\
        "uint32Value":4294967295,"uint64Value":"18446744073709551615"}
        """)
  }

  @Test(
    "Doubles are as short as they can be and read back the same",
    arguments: [
      0.1, -0.0, 1e-7, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1.0 / 3,
      9_007_199_254_740_992,
      .infinity, -.infinity,
    ])
  func doubles(_ number: Double) throws {
    let message = KitchenV1.Scalars.with { $0.doubleOptional = number }
    let back = try KitchenV1.Scalars(jsonString: message.jsonString())
    #expect(back.doubleOptional?.bitPattern == number.bitPattern)
  }

  @Test("A float is as short as a float can be; what is not a number is a word")
  func floats() throws {
    let message = KitchenV1.Scalars.with { $0.floatList = [0.1, .nan, .infinity, -.infinity] }
    #expect(
      try message.jsonString() == #"{"floatList":[0.1,"NaN","Infinity","-Infinity"]}"#)
  }

  @Test("Text is escaped where JSON or JavaScript needs it, and nowhere else")
  func text() throws {
    let leaf = KitchenV1.Leaf.with { $0.name = "\"\\/\u{1}\n\u{7F}\u{2028}ñ🌉" }
    let expected = #"{"name":"\"\\/\u0001\n\u007f\u2028ñ🌉"}"#
    #expect(try leaf.jsonString() == expected)
    #expect(try leaf.jsonUTF8() == Array(expected.utf8))
    #expect(try KitchenV1.Leaf(jsonString: expected) == leaf)
  }

  @Test("Bytes are base 64 with padding; enums are names, unknown ones numbers")
  func bytesAndEnums() throws {
    let message = KitchenV1.Scalars.with {
      $0.bytesValue = [0xFB, 0xFF]
      $0.enumList = [.unspecified, .red, .unrecognized(77)]
    }
    #expect(
      try message.jsonString()
        == #"{"bytesValue":"+/8=","enumList":["COLOR_UNSPECIFIED","COLOR_RED",77]}"#)
    var options = JSONEncodingOptions()
    options.enumsAsNumbers = true
    #expect(
      try message.jsonString(options: options) == #"{"bytesValue":"+/8=","enumList":[0,1,77]}"#)
  }

  @Test("Names are lowerCamelCase or what json_name says, or on request as in the schema")
  func names() throws {
    let message = KitchenV1.Names.with {
      $0.renamed = "a"
      $0.snakeCaseName = "b"
      $0.dashed = "c"
    }
    #expect(try message.jsonString() == #"{"snakeCaseName":"b","otherName":"a","with-dash":"c"}"#)
    var options = JSONEncodingOptions()
    options.preserveProtoFieldNames = true
    #expect(
      try message.jsonString(options: options)
        == #"{"snake_case_name":"b","renamed":"a","dashed":"c"}"#)
  }

  @Test("Presence shows: an optional default is written, an implicit one only on request")
  func defaults() throws {
    #expect(try KitchenV1.Leaf().jsonString() == "{}")
    #expect(
      try KitchenV1.Scalars.with { $0.int32Optional = 0 }.jsonString() == #"{"int32Optional":0}"#)
    var options = JSONEncodingOptions()
    options.alwaysPrintImplicitFields = true
    #expect(try KitchenV1.Leaf().jsonString(options: options) == #"{"name":"","size":0}"#)
    let tree = try KitchenV1.Tree().jsonString(options: options)
    #expect(tree == #"{"label":"","children":[],"status":"STATUS_UNSPECIFIED"}"#)
  }

  @Test("Pretty text has two spaces per level, and nothing in what is empty")
  func pretty() throws {
    let tree = KitchenV1.Tree.with {
      $0.label = "a"
      $0.parent = KitchenV1.Tree()
      $0.children = [.with { $0.label = "b" }]
    }
    var options = JSONEncodingOptions()
    options.pretty = true
    #expect(
      try tree.jsonString(options: options) == """
        {
          "label": "a",
          "parent": {},
          "children": [
            {
              "label": "b"
            }
          ]
        }
        """)
  }

  @Test("Keys of every kind are strings")
  func maps() throws {
    let maps = KitchenV1.Maps.with {
      $0.int32Keys = [-1: 1]
      $0.uint64Keys = [.max: 2]
      $0.boolKeys = [true: false]
      $0.stringKeys = ["": "x"]
      $0.messageValues = ["m": KitchenV1.Leaf()]
    }
    let text = #"""
      {"int32Keys":{"-1":1},"uint64Keys":{"18446744073709551615":"2"},"boolKeys":{"true":false},\#
      "stringKeys":{"":"x"},"messageValues":{"m":{}}}
      """#
    #expect(try maps.jsonString() == text)
    #expect(try KitchenV1.Maps(jsonString: text) == maps)
  }

  /// Found by the fuzzer: the object had the member twice, and our own reader refused it.
  @Test("Of two fields with one JSON name, which proto2 allows, only the first has JSON")
  func sharedName() throws {
    // `foo_bar` and `fooBar`.
    let first = LegacyV1.Old.with { $0.fooBar = 1 }
    #expect(try first.jsonString() == #"{"fooBar":1}"#)
    #expect(try LegacyV1.Old(jsonString: #"{"fooBar":1}"#) == first)
    for second in [
      LegacyV1.Old.with { $0.fooBar_ = 1 },
      LegacyV1.Old.with {
        $0.fooBar = 1
        $0.fooBar_ = 1
      },
    ] {
      let error = #expect(throws: JSONError.self) { try second.jsonString() }
      #expect(error?.path == "fooBar" && error?.problem == "has the JSON name of another field")
    }
  }
}

import KitchenSink
import Protobuf
import Testing

/// Every refusal of a text points at the text.
@Suite("The place of an error in JSON")
struct JSONPlaceTests {
  /// A text in which `^` stands in front of the byte that the error must point to, and its path.
  struct Case: Sendable, CustomTestStringConvertible {
    let marked: String
    let path: String
    var testDescription: String { marked }

    init(_ marked: String, _ path: String) {
      self.marked = marked
      self.path = path
    }
  }

  /// The options under which every type is known.
  static let options: JSONDecodingOptions = {
    var options = JSONDecodingOptions()
    options.registry = DescriptorPool(KitchenV1.fileDescriptors + GoogleProtobuf.fileDescriptors)
    return options
  }()

  private func check<Value: Message>(_ each: Case, as type: Value.Type) throws {
    let bytes = Array(each.marked.utf8)
    let before = bytes.prefix { $0 != UInt8(ascii: "^") }
    let lines = before.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let error = #expect(throws: JSONError.self) {
      try Value(jsonUTF8: Array(before + bytes[(before.count + 1)...]), options: Self.options)
    }
    #expect(error?.position?.line == lines.count)
    #expect(error?.position?.column == (lines.last?.count ?? 0) + 1)
    #expect(error?.path == each.path)
  }

  @Test(
    "What a field does not take is pointed to at its value",
    arguments: [
      Case(#"{"int32Value": ^true}"#, "int32Value"),
      Case(#"{"int32Value":^2147483648}"#, "int32Value"),
      Case("{\n\t\"boolValue\" :\r\n\t ^1 }", "boolValue"),
      Case("{\"stringValue\": \"a,]}\\\"\\\\\",\n\"int32List\": [1, 2 , ^{}]}", "int32List[2]"),
      Case(#"{"stringList": ["[{", "\\", ^null]}"#, "stringList[2]"),
      Case(#"{"stringValue": "ñ🌉", "bytesValue": ^"A*=="}"#, "bytesValue"),
      Case(#"{"enumList": [0,^"NO"]}"#, "enumList[1]"),
      Case(#"{"int32List": ^1}"#, "int32List"), Case(" \n ^[]", ""), Case("^null", ""),
      Case(#"  ^"a""#, ""),
    ])
  func values(_ each: Case) throws {
    try check(each, as: KitchenV1.Scalars.self)
  }

  @Test(
    "A member that must not be there is pointed to at its name",
    arguments: [
      Case(#"{"int32Value": 1, ^"unknown": {"a": [1]}}"#, "unknown"),
      Case("{\"int32Value\": 1,\n  ^\"int32_value\": 1}", "int32_value"),
      Case(#"{"int32Value": null, ^"int32_value": 1}"#, "int32_value"),
    ])
  func names(_ each: Case) throws {
    try check(each, as: KitchenV1.Scalars.self)
  }

  @Test("So is the second member of a oneof")
  func oneofs() throws {
    let text = Case(#"{"text": "a", ^"number": 0}"#, "number")
    try check(text, as: KitchenV1.Choices.self)
  }

  @Test(
    "A key is pointed to at its name, an entry's value at the value",
    arguments: [
      Case(#"{"int32Keys": {"1": 1, ^"a": 1}}"#, #"int32Keys["a"]"#),
      Case(#"{"int32Keys": {"1": 1, "2": ^[]}}"#, #"int32Keys["2"]"#),
      Case(#"{"int32Keys": {"1": 1, ^"1.0": 1}}"#, #"int32Keys["1.0"]"#),
      Case(#"{"boolKeys": {"true": true, ^"0": true}}"#, #"boolKeys["0"]"#),
      Case(#"{"messageValues": {"\"{": {}, "b": {"size": ^""}}}"#, #"messageValues["b"].size"#),
      Case(#"{"messageValues": {"a": ^null}}"#, #"messageValues["a"]"#),
      Case("{\"stringKeys\": {\"\u{E9}\": \"\", ^\"e\u{301}\": \"\"}}", "stringKeys[\"e\u{301}\"]"),
    ])
  func maps(_ each: Case) throws {
    try check(each, as: KitchenV1.Maps.self)
  }

  @Test(
    "Well-known types are looked into by the names in the text",
    arguments: [
      Case(#"{"timestamp": ^"yesterday"}"#, "timestamp"), Case(#"{"duration":^1}"#, "duration"),
      Case(#"{"timestampList": ["2023-06-12T15:00:00Z", ^0]}"#, "timestampList[1]"),
      Case(#"{"struct": {"a": {"b": [0, ^1e309]}}}"#, #"struct["a"]["b"][1]"#),
      Case(#"{"struct": {"\u00e9": 1, ^"e\u0301": 2}}"#, "struct[\"e\u{301}\"]"),
      Case(#"{"listValue": [[], [{"a": ^1e309}]]}"#, #"listValue[1][0]["a"]"#),
      Case(#"{"any": ^{"value": 1}}"#, "any"),
      Case(#"{"any": {"a": 1, "@type": ^"x/no.Such"}}"#, "any.@type"),
      Case(#"{"any": {"size": ^"", "@type": "x/kitchen.v1.Leaf"}}"#, "any.size"),
      Case(#"{"any": {"@type": "x/kitchen.v1.Leaf", ^"b": 1}}"#, "any.b"),
      Case(#"{"any": {"value": ^1, "@type": "x/google.protobuf.Duration"}}"#, "any.value"),
      Case(#"{"any": ^{"@type": "x/google.protobuf.Duration"}}"#, "any"),
      Case(
        #"{"any": {"value": {"@type": "x/kitchen.v1.Leaf", "size": ^[]}, "#
          + #""@type": "x/google.protobuf.Any"}}"#,
        "any.value.size"),
    ])
  func wellKnown(_ each: Case) throws {
    try check(each, as: KitchenV1.WellKnown.self)
  }

  @Test("What is no JSON has a place and no path, and the text says all of it in one line")
  func description() throws {
    let text = #expect(throws: JSONError.self) {
      try KitchenV1.Scalars(jsonString: "{\n  \"int32Value\": oops}")
    }
    #expect(text?.description == "line 2, column 17: no JSON value")
    let field = #expect(throws: JSONError.self) {
      try KitchenV1.Scalars(jsonString: "{\n  \"int32List\": [\"x\"]}")
    }
    #expect(
      field?.description
        == "line 2, column 17: int32List[0]: must be a 32-bit integer, not a string like this")
  }

  @Test("The last value of a long text is found like the first")
  func length() throws {
    let head = #"{"branch": {"twig": {"leaves": ["#
    let filler = String(repeating: #"{"name": "[]", "size": 1}, "#, count: 10_000)
    let error = #expect(throws: JSONError.self) {
      try KitchenV1.Tree(jsonString: head + filler + #"{"size": -0.5}]}}}"#)
    }
    #expect(error?.path == "branch.twig.leaves[10000].size")
    #expect(error?.position?.column == (head + filler + #"{"size": "#).utf8.count + 1)
  }

  @Test("A message that cannot be written, and a text that is too long, have no place")
  func nowhere() {
    let written = #expect(throws: JSONError.self) {
      try GoogleProtobuf.Timestamp.with { $0.nanos = -1 }.jsonString()
    }
    #expect(written?.position == nil)
    var options = JSONDecodingOptions()
    options.limits.messageByteCountMax = 1
    let long = #expect(throws: JSONError.self) {
      try KitchenV1.Leaf(jsonString: "{}", options: options)
    }
    #expect(long?.position == nil)
  }
}

import KitchenSink
import Protobuf
import Testing

@Suite("JSON has limits", .timeLimit(.minutes(1)))
struct JSONLimitTests {
  @Test("100 levels are read, as in bytes; 101 are refused, and 100,000 do not crash")
  func depth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: #"{"parent":"#, count: levels - 1) + "{}"
        + String(repeating: "}", count: levels - 1)
    }
    let deepest = try KitchenV1.Tree(jsonString: nested(100))
    #expect(try KitchenV1.Tree(serializedBytes: deepest.serializedBytes()) == deepest)
    #expect(try deepest.jsonString() == nested(100))
    for levels in [101, 250, 100_000] {
      #expect(throws: JSONError.self) { try KitchenV1.Tree(jsonString: nested(levels)) }
    }
  }

  @Test("Values nested so deeply that bytes could not hold them are refused")
  func dynamicDepth() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    let value = try GoogleProtobuf.Value(jsonString: nested(50))
    #expect(try GoogleProtobuf.Value(serializedBytes: value.serializedBytes()) == value)
    for levels in [51, 200, 100_000] {
      #expect(throws: JSONError.self) { try GoogleProtobuf.Value(jsonString: nested(levels)) }
    }
    for open in ["[", #"{"a":"#] {
      var options = JSONDecodingOptions()
      options.ignoreUnknownFields = true
      let text = #"{"x":"# + String(repeating: open, count: 100_000)
      #expect(throws: JSONError.self) { try KitchenV1.Leaf(jsonString: text, options: options) }
    }
  }

  @Test("An Any within an Any within an Any ends, in both directions")
  func anyDepth() throws {
    var encoding = JSONEncodingOptions()
    encoding.registry = DescriptorPool(GoogleProtobuf.fileDescriptors)
    var decoding = JSONDecodingOptions()
    decoding.registry = encoding.registry
    func nested(_ levels: Int) throws -> GoogleProtobuf.Any_ {
      var any = try GoogleProtobuf.Any_(packing: GoogleProtobuf.Empty())
      for _ in 1..<levels { any = try GoogleProtobuf.Any_(packing: any) }
      return any
    }
    let fits = try nested(50)
    let text = try fits.jsonString(options: encoding)
    #expect(try GoogleProtobuf.Any_(jsonString: text, options: decoding) == fits)
    let bomb = try nested(2_000)
    #expect(throws: JSONError.self) { try bomb.jsonString(options: encoding) }
  }

  @Test("A text is as long as its limit allows and no longer")
  func size() throws {
    var options = JSONDecodingOptions()
    options.limits.messageByteCountMax = 12
    #expect(try KitchenV1.Leaf(jsonString: #"{"size": 12}"#, options: options).size == 12)
    #expect(throws: JSONError.self) {
      try KitchenV1.Leaf(jsonString: #"{"size": 123}"#, options: options)
    }
  }

  @Test("Small values by the million end at the budget of memory")
  func budget() throws {
    var options = JSONDecodingOptions()
    options.limits.arenaByteCountMax = 1 << 16
    let text = "[" + String(repeating: "0,", count: 100_000) + "0]"
    #expect(throws: JSONError.self) {
      try GoogleProtobuf.ListValue(jsonString: text, options: options)
    }
  }

  @Test("A number of a million digits takes no more time than its length")
  func longNumbers() throws {
    let zeros = String(repeating: "0", count: 1_000_000)
    #expect(try KitchenV1.Leaf(jsonString: "{\"size\": 0.\(zeros)}").size == 0)
    #expect(try KitchenV1.Leaf(jsonString: "{\"size\": 1\(zeros)e-1000000}").size == 1)
    #expect(throws: JSONError.self) { try KitchenV1.Leaf(jsonString: "{\"size\": 1\(zeros)}") }
    let double = try KitchenV1.Scalars(jsonString: "{\"doubleValue\": 1.\(zeros)1}")
    #expect(double.doubleValue == 1)
  }
}

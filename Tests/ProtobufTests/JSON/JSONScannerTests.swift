import KitchenSink
import Protobuf
import Testing

@Suite("JSON as text")
struct JSONScannerTests {
  @Test(
    "What RFC 8259 does not allow is refused",
    arguments: [
      "", " ", "{", "}", "[]", "null", "1", "{} {}", "{}x", "{,}", #"{"name"}"#, #"{"name":}"#,
      #"{"name":"a",}"#, #"{name:"a"}"#, #"{'name':"a"}"#, #"{"name":"a" "size":1}"#,
      #"{"size":01}"#, #"{"size":+1}"#, #"{"size":1.}"#, #"{"size":.5}"#, #"{"size":1e}"#,
      #"{"size":-}"#, #"{"size":0x1}"#, #"{"size":NaN}"#, #"{"size":Infinity}"#, #"{"size":1/**/}"#,
      #"{"name":"\x"}"#, #"{"name":"\u12"}"#, #"{"name":"\u+123"}"#, #"{"name":"\ud800"}"#,
      #"{"name":"\ud800\ud800"}"#, #"{"name":"\ud800x"}"#, #"{"name":"\udc00"}"#,
      #"{"name":"\udc00\ud800"}"#, "{\"name\":\"\u{1}\"}", "{\"name\":\"\n\"}", #"{"name":"a}"#,
      #"{"name":tru}"#, #"{"name":nul"#, #"{"size":1}]"#, "\u{FEFF}{}",
    ])
  func refused(_ text: String) {
    #expect(throws: JSONError.self) { try KitchenV1.Leaf(jsonString: text) }
  }

  @Test("White space may stand anywhere between tokens")
  func space() throws {
    let leaf = try KitchenV1.Leaf(jsonString: "\n\t\r { \"name\" :\t\"a\" ,\n\"size\" : 1 } \n")
    #expect(leaf.name == "a")
    #expect(leaf.size == 1)
  }

  @Test(
    "Bytes that are not UTF-8 are refused", arguments: [[0xC3, 0x28], [0xED, 0xA0, 0x80], [0xFF]])
  func encoding(_ content: [UInt8]) {
    #expect(throws: JSONError.self) {
      try KitchenV1.Leaf(jsonUTF8: Array(#"{"name":""#.utf8) + content + Array(#""}"#.utf8))
    }
  }

  @Test("Two names are one only when their bytes are")
  func equivalence() throws {
    let value = try GoogleProtobuf.Struct(jsonString: "{\"\u{F1}\":1}")
    #expect(value.fields.count == 1)
    // One letter in one piece and in two: Swift's strings are equal, JSON's are not. That a map can
    // hold only one of them is not the text's fault.
    var options = JSONDecodingOptions()
    options.ignoreUnknownFields = true
    _ = try KitchenV1.Leaf(jsonString: "{\"\u{F1}\":1,\"n\u{303}\":2}", options: options)
    #expect(throws: JSONError.self) {
      try KitchenV1.Leaf(
        jsonString: "{\"n\u{303}\":1,\"\\u006e\u{303}\":2}", options: options)
    }
  }
}

import KitchenSink
import Protobuf
import Testing

@Suite("Well-known types in JSON")
struct JSONWellKnownTests {
  @Test(
    "A form of its own comes back as it was",
    arguments: [
      #""duration":"1.500s""#, #""duration":"-0.000000001s""#, #""duration":"315576000000s""#,
      #""empty":{}"#, #""fieldMask":"""#, #""fieldMask":"fooBar,baz.quxQuux""#,
      #""struct":{"a":null,"b":[1.0,"x",true,{}]}"#, #""value":null"#, #""value":"s""#,
      #""value":[[],null]"#, #""listValue":[]"#, #""listValue":[null,{"a":[]}]"#,
      #""timestamp":"0001-01-01T00:00:00Z""#, #""timestamp":"9999-12-31T23:59:59.999999999Z""#,
      #""timestamp":"2023-06-12T15:00:00.120Z""#, #""boolValue":false"#, #""bytesValue":"""#,
      #""doubleValue":"NaN""#, #""floatValue":0.1"#, #""int32Value":0"#, #""int64Value":"0""#,
      #""stringValue":"""#, #""uint32Value":4294967295"#, #""uint64Value":"18446744073709551615""#,
      #""valueList":[null,1.0,"a"]"#, #""nullOptional":null"#,
    ])
  func roundTrip(_ member: String) throws {
    let text = "{\(member)}"
    #expect(try KitchenV1.WellKnown(jsonString: text).jsonString() == text)
  }

  @Test(
    "What is no value of the type is refused",
    arguments: [
      #""duration": "1""#, #""duration": "1.5.s""#, #""duration": "315576000001s""#,
      #""duration": 1"#,
      #""duration": "1.0000000001s""#, #""duration": "+1s""#, #""duration": " 1s""#,
      #""timestamp": "2023-02-29T00:00:00Z""#, #""timestamp": "2023-06-12T15:00:00""#,
      #""timestamp": "2023-06-12t15:00:00Z""#, #""timestamp": "2023-06-12T15:00:00z""#,
      #""timestamp": "2023-06-12 15:00:00Z""#, #""timestamp": "0001-01-01T00:00:00+00:01""#,
      #""timestamp": "2023-06-12T24:00:00Z""#, #""timestamp": "2023-06-12T15:00:00.0000000001Z""#,
      #""timestamp": "10000-01-01T00:00:00Z""#, #""timestamp": 0"#,
      #""fieldMask": "foo_bar""#, #""fieldMask": ["a"]"#,
      #""struct": []"#, #""struct": 1"#, #""listValue": {}"#, #""value": 1e309"#,
      #""timestampList": [null]"#, #""empty": {"a": 1}"#, #""empty": []"#, #""boolValue": "true""#,
      #""boolValue": {"value": true}"#, #""nullValue": "NULL""#, #""any": {"value": 1}"#,
      #""any": {"@type": "type.googleapis.com/no.Such"}"#, #""any": []"#,
    ])
  func refused(_ member: String) {
    #expect(throws: JSONError.self) { try KitchenV1.WellKnown(jsonString: "{\(member)}") }
  }

  @Test("Null is absence, but for Value and NullValue, which hold it")
  func nulls() throws {
    let message = try KitchenV1.WellKnown(
      jsonString: #"""
        {"any": null, "duration": null, "struct": null, "listValue": null, "boolValue": null,
         "timestampList": null, "value": null, "nullOptional": null}
        """#)
    #expect(try message.jsonString() == #"{"value":null,"nullOptional":null}"#)
    #expect(message.value?.kind == .nullValue(.nullValue))
  }

  @Test("A time with an offset is the moment it names")
  func offsets() throws {
    let message = try KitchenV1.WellKnown(jsonString: #"{"timestamp":"2023-06-12T08:30:00-06:00"}"#)
    #expect(try message.jsonString() == #"{"timestamp":"2023-06-12T14:30:00Z"}"#)
  }

  @Test(
    "What has no JSON form is not written",
    arguments: [
      KitchenV1.WellKnown.with { $0.timestamp = .with { $0.seconds = 253_402_300_800 } },
      KitchenV1.WellKnown.with { $0.timestamp = .with { $0.nanos = -1 } },
      KitchenV1.WellKnown.with {
        $0.duration = .with {
          $0.seconds = 1
          $0.nanos = -1
        }
      },
      KitchenV1.WellKnown.with { $0.fieldMask = .with { $0.paths = ["fooBar"] } },
      KitchenV1.WellKnown.with { $0.value = .with { $0.kind = .numberValue(.nan) } },
      KitchenV1.WellKnown.with { $0.any = .with { $0.typeUrl = "a/no.Such" } },
    ])
  func unwritable(_ message: KitchenV1.WellKnown) {
    let error = #expect(throws: JSONError.self) { try message.jsonString() }
    #expect(error?.path.isEmpty == false)
  }

  @Test("An Any shows what is in it, and well-known types under value")
  func any() throws {
    let pool = DescriptorPool(GoogleProtobuf.fileDescriptors + KitchenV1.fileDescriptors)
    var encoding = JSONEncodingOptions()
    encoding.registry = pool
    var decoding = JSONDecodingOptions()
    decoding.registry = pool
    for text in [
      #"{"@type":"type.googleapis.com/kitchen.v1.Leaf","name":"a","size":1}"#,
      #"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}"#,
      #"{"@type":"type.googleapis.com/google.protobuf.Value","value":null}"#,
      #"{"@type":"type.googleapis.com/google.protobuf.Int64Value","value":"5"}"#,
      #"{"@type":"type.googleapis.com/google.protobuf.Empty"}"#, "{}",
    ] {
      let any = try GoogleProtobuf.Any_(jsonString: text, options: decoding)
      #expect(try any.jsonString(options: encoding) == text)
    }
    let late = #"{"size":1,"@type":"x/kitchen.v1.Leaf"}"#
    let any = try GoogleProtobuf.Any_(jsonString: late, options: decoding)
    #expect(any.value == [16, 1])
    for text in [
      #"{"@type":"x/google.protobuf.Duration"}"#, #"{"@type":1}"#,
      #"{"@type":"x/google.protobuf.Duration","value":"1s","b":1}"#,
      #"{"@type":"x/kitchen.v1.Leaf","b":1}"#,
    ] {
      #expect(throws: JSONError.self) {
        try GoogleProtobuf.Any_(jsonString: text, options: decoding)
      }
    }
  }

  @Test("A map entry that came without a value has its type's default")
  func bareEntries() throws {
    var options = JSONEncodingOptions()
    options.registry = DescriptorPool(KitchenV1.fileDescriptors)
    let entry = Bytes.field(1, "k")
    let any = GoogleProtobuf.Any_.with {
      $0.typeUrl = "x/kitchen.v1.Maps"
      $0.value = Bytes.field(17, entry) + Bytes.field(19, entry) + Bytes.field(20, entry)
    }
    #expect(
      try any.jsonString(options: options) == #"""
        {"@type":"x/kitchen.v1.Maps","messageValues":{"k":{}},\#
        "timestampValues":{"k":"1970-01-01T00:00:00Z"},"jsonValues":{"k":null}}
        """#)
  }
}

import KitchenSink
import Testing

@testable import Protobuf

@Suite("Schemas read while the program runs")
struct RuntimeSchemaTests {
  private static func protos() throws -> [GoogleProtobuf.FileDescriptorProto] {
    try KitchenV1.fileDescriptors.map {
      try GoogleProtobuf.FileDescriptorProto(serializedBytes: $0.serializedBytes)
    }
  }

  @Test("its messages are read and written as those with Swift types are", arguments: [1, 7, 2024])
  func same(_ seed: UInt64) throws {
    let schema = try RuntimeSchema(Self.protos())
    var source = RandomMessage(seed: seed)
    for _ in 0..<60 {
      try check(KitchenV1.Scalars.self, schema, &source)
      try check(KitchenV1.Maps.self, schema, &source)
      try check(KitchenV1.Choices.self, schema, &source)
      try check(KitchenV1.Tree.self, schema, &source)
      try check(KitchenV1.Names.self, schema, &source)
    }
    try check(
      KitchenV1.WellKnown.with {
        $0.timestamp = .with { $0.seconds = 1_688_396_400 }
        $0.duration = .with { $0.seconds = 3 }
      }, schema)
  }

  private func check<Value: Message>(
    _ type: Value.Type, _ schema: RuntimeSchema, _ source: inout RandomMessage
  ) throws {
    try check(try source.make(type), schema)
  }

  private func check<Value: Message>(_ message: Value, _ schema: RuntimeSchema) throws {
    let descriptor = try #require(schema.message(named: Value.descriptor.fullName))
    #expect(descriptor !== Value.descriptor)
    #expect(descriptor.fields.map(\.name) == Value.descriptor.fields.map(\.name))
    #expect(descriptor.fields.map(\.cardinality) == Value.descriptor.fields.map(\.cardinality))
    let bytes = try message.serializedBytes()
    // Times out of range have no JSON.
    guard let text = try? message.jsonString() else { return }
    #expect(try descriptor.jsonString(of: bytes) == text)
    // What JSON cannot tell apart is read as one of both in the same way.
    let again = try Value(jsonString: text).serializedBytes()
    // Maps have no order of their own.
    let read = try descriptor.serializedBytes(jsonUTF8: Array(text.utf8))
    #expect(try Value(serializedBytes: read).serializedBytes() == again)
  }

  @Test("what an Any holds is found in it")
  func any() throws {
    let schema = try RuntimeSchema(Self.protos())
    let leaf = try KitchenV1.Leaf.with { $0.name = "a" }.serializedBytes()
    let packed = GoogleProtobuf.Any_.with {
      $0.typeUrl = "type.googleapis.com/\(KitchenV1.Leaf.descriptor.fullName)"
      $0.value = leaf
    }
    var encoding = JSONEncodingOptions()
    encoding.registry = DescriptorPool([], and: schema)
    let text = try packed.jsonString(options: encoding)
    #expect(text.contains(#""name":"a""#))
    var decoding = JSONDecodingOptions()
    decoding.registry = encoding.registry
    #expect(try GoogleProtobuf.Any_(jsonString: text, options: decoding) == packed)
    #expect(throws: JSONError.self) { try packed.jsonString() }
  }

  @Test("its services are there with what they take and return")
  func services() throws {
    let schema = try RuntimeSchema(Self.protos())
    let service = try #require(schema.services.first)
    #expect(schema.service(named: service.fullName)?.methods.count == service.methods.count)
    #expect(!service.methods.isEmpty)
  }

  // MARK: What a stranger may send

  private static func file(
    syntax: String = "proto3",
    _ change: (inout GoogleProtobuf.DescriptorProto) -> Void = { _ in }
  ) -> GoogleProtobuf.FileDescriptorProto {
    .with {
      $0.name = "a.proto"
      $0.package = "a"
      $0.syntax = syntax
      $0.messageType = [
        .with {
          $0.name = "M"
          $0.field = [field(1, "x", .int32)]
          change(&$0)
        }
      ]
    }
  }

  private static func field(
    _ number: Int32, _ name: String, _ type: GoogleProtobuf.FieldDescriptorProto.Type_,
    _ change: (inout GoogleProtobuf.FieldDescriptorProto) -> Void = { _ in }
  ) -> GoogleProtobuf.FieldDescriptorProto {
    .with {
      $0.number = number
      $0.name = name
      $0.type = type
      $0.label = .optional
      change(&$0)
    }
  }

  private static let refused: [(String, GoogleProtobuf.FileDescriptorProto)] = [
    ("editions", file(syntax: "editions")),
    ("number 0", file { $0.field = [field(0, "x", .int32)] }),
    ("a negative number", file { $0.field = [field(-5, "x", .int32)] }),
    ("a reserved number", file { $0.field = [field(19_500, "x", .int32)] }),
    ("two fields of one number", file { $0.field.append(field(1, "y", .string)) }),
    (
      "a type that is not declared",
      file { $0.field = [field(1, "x", .message) { $0.typeName = ".a.N" }] }
    ),
    ("a type without a name", file { $0.field = [field(1, "x", .message)] }),
    ("a relative type", file { $0.field = [field(1, "x", .message) { $0.typeName = "a.M" }] }),
    (
      "an enum that is a message",
      file { $0.field = [field(1, "x", .enum) { $0.typeName = ".a.M" }] }
    ),
    ("a type that nobody knows", file { $0.field = [field(1, "x", .unrecognized(99))] }),
    (
      "a oneof that is not there", file { $0.field = [field(1, "x", .int32) { $0.oneofIndex = 3 }] }
    ),
    ("a type without a name of its own", file { $0.name = "" }),
    ("a name with a dot", file { $0.name = "x.y" }),
    ("an enum without values", file { $0.enumType = [.with { $0.name = "E" }] }),
    (
      "two types of one name",
      file { $0.nestedType = [.with { $0.name = "N" }, .with { $0.name = "N" }] }
    ),
    (
      "a map of floats",
      file {
        $0.nestedType = [
          .with {
            $0.name = "E"
            $0.options = .with { $0.mapEntry = true }
            $0.field = [field(1, "key", .float), field(2, "value", .int32)]
          }
        ]
        $0.field = [
          field(1, "x", .message) {
            $0.typeName = ".a.M.E"
            $0.label = .repeated
          }
        ]
      }
    ),
    (
      "a map without values",
      file {
        $0.nestedType = [
          .with {
            $0.name = "E"
            $0.options = .with { $0.mapEntry = true }
            $0.field = [field(1, "key", .int32)]
          }
        ]
        $0.field = [
          field(1, "x", .message) {
            $0.typeName = ".a.M.E"
            $0.label = .repeated
          }
        ]
      }
    ),
    (
      "an entry that is no map's",
      file {
        $0.nestedType = [
          .with {
            $0.name = "E"
            $0.options = .with { $0.mapEntry = true }
          }
        ]
        $0.field = [field(1, "x", .message) { $0.typeName = ".a.M.E" }]
      }
    ),
    (
      "a method of messages that are not there",
      .with {
        $0.name = "s.proto"
        $0.syntax = "proto3"
        $0.service = [
          .with {
            $0.name = "S"
            $0.method = [
              .with {
                $0.name = "M"
                $0.inputType = ".a.M"
                $0.outputType = ".a.M"
              }
            ]
          }
        ]
      }
    ),
  ]

  @Test("what contradicts itself is refused, with the place", arguments: refused)
  func refusal(_ name: String, _ file: GoogleProtobuf.FileDescriptorProto) {
    let refusal = #expect(throws: RuntimeSchema.Refusal.self) { _ = try RuntimeSchema([file]) }
    #expect(refusal?.place.isEmpty == false)
  }

  @Test("a well-known type is the one that was compiled in, whatever is said of it")
  func pretended() throws {
    let schema = try RuntimeSchema([
      .with {
        $0.name = "google/protobuf/timestamp.proto"
        $0.package = "google.protobuf"
        $0.syntax = "proto3"
        $0.messageType = [
          .with {
            $0.name = "Timestamp"
            $0.field = [
              Self.field(1, "seconds", .message) { $0.typeName = ".google.protobuf.Timestamp" }
            ]
          }
        ]
      },
      Self.file {
        $0.field = [Self.field(1, "x", .message) { $0.typeName = ".google.protobuf.Timestamp" }]
      },
    ])
    let message = try #require(schema.message(named: "a.M"))
    let bytes = try message.serializedBytes(jsonUTF8: Array(#"{"x":"2023-06-12T00:00:00Z"}"#.utf8))
    #expect(try message.jsonString(of: bytes) == #"{"x":"2023-06-12T00:00:00Z"}"#)
  }

  @Test("a message nested in itself without end, and one with groups, are read")
  func recursive() throws {
    let schema = try RuntimeSchema([
      Self.file {
        $0.field = [
          Self.field(1, "inner", .message) { $0.typeName = ".a.M" },
          Self.field(2, "old", .group) { $0.typeName = ".a.M" },
        ]
      }
    ])
    let message = try #require(schema.message(named: "a.M"))
    #expect(message.fields.map(\.name) == ["inner"])
    let text = #"{"inner":{"inner":{}}}"#
    #expect(try message.jsonString(of: message.serializedBytes(jsonUTF8: Array(text.utf8))) == text)
  }

  @Test("types are declared no deeper than anybody would")
  func depth() {
    var message = GoogleProtobuf.DescriptorProto.with { $0.name = "M" }
    for _ in 0..<80 {
      let inner = message
      message = .with {
        $0.name = "M"
        $0.nestedType = [inner]
      }
    }
    let outer = message
    #expect(throws: RuntimeSchema.Refusal.self) {
      _ = try RuntimeSchema([
        .with {
          $0.name = "a.proto"
          $0.messageType = [outer]
        }
      ])
    }
  }
}

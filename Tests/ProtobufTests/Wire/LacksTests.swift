import KitchenSink
import Testing

@testable import Protobuf

/// What libprotobuf-c 1.4.1 lacks, row by row, and that it is not lacking here.
@Suite("What libprotobuf-c lacks")
struct LacksTests {
  @Test("P1: proto3 optional tells absent from default")
  func optional() throws {
    var message = KitchenV1.Scalars()
    #expect(try message.serializedBytes().isEmpty)
    message.int32Optional = 0
    message.stringOptional = ""
    let bytes = try message.serializedBytes()
    #expect(bytes == Bytes.field(23, varint: 0) + Bytes.field(34, ""))
    let back = try KitchenV1.Scalars(serializedBytes: bytes)
    #expect(back.int32Optional == 0)
    #expect(back.stringOptional == "")
    #expect(back.int64Optional == nil)
  }

  @Test("P2: a proto2 message with presence round-trips")
  func proto2() throws {
    let field = GoogleProtobuf.FieldDescriptorProto.with {
      $0.name = ""
      $0.number = 0
    }
    let back = try GoogleProtobuf.FieldDescriptorProto(serializedBytes: field.serializedBytes())
    #expect(back == field)
    #expect(back.number == 0)
    #expect(back.typeName == nil)
  }

  @Test("P3: a string keeps its NUL, and bytes that are not UTF-8 are refused")
  func strings() throws {
    let leaf = KitchenV1.Leaf.with { $0.name = "a\0b" }
    #expect(try KitchenV1.Leaf(serializedBytes: leaf.serializedBytes()).name == "a\0b")

    let error = #expect(throws: DecodingError.self) {
      try KitchenV1.Tree(
        serializedBytes: Bytes.field(3, Bytes.field(1, [0xC3, 0x28])))
    }
    #expect(error?.reason == .invalidUTF8)
    #expect(error?.path == "kitchen.v1.Tree: children.label")
  }

  @Test(
    "P3: every malformed sequence is refused",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF],
    ])
  func malformedText(_ content: [UInt8]) {
    let reason = decodingReason {
      _ = try KitchenV1.Leaf(serializedBytes: Bytes.field(1, content))
    }
    #expect(reason == .invalidUTF8)
  }

  @Test("P4: 100 levels are read, 101 are refused, 10,000 do not crash")
  func depth() throws {
    var tree = try KitchenV1.Tree(serializedBytes: Bytes.nested(2, levels: 99))
    var levels = 1
    while let parent = tree.parent {
      tree = parent
      levels += 1
    }
    #expect(levels == 100)
    for levels in [100, 10_000, 100_000] {
      let reason = decodingReason {
        _ = try KitchenV1.Tree(serializedBytes: Bytes.nested(2, levels: levels))
      }
      #expect(reason == .depthExceeded)
    }
  }

  @Test("P4: groups count as levels too")
  func groupDepth() throws {
    let fits = (0..<99).reduce(into: [UInt8]()) { bytes, _ in bytes = Bytes.group(9, bytes) }
    #expect(try KitchenV1.Nothing(serializedBytes: fits).unknownFields.bytes == fits)
    let reason = decodingReason {
      _ = try KitchenV1.Nothing(serializedBytes: Bytes.group(9, fits))
    }
    #expect(reason == .depthExceeded)
  }

  @Test("P5: an unknown group is kept as an unknown field")
  func unknownGroup() throws {
    let group = Bytes.group(900, Bytes.field(1, varint: 7) + Bytes.group(2, []))
    let leaf = try KitchenV1.Leaf(serializedBytes: Bytes.field(1, "a") + group)
    #expect(leaf.name == "a")
    #expect(leaf.unknownFields.bytes == group)
    #expect(try leaf.serializedBytes() == Bytes.field(1, "a") + group)
  }

  @Test("P5: a known number with another wire type is an unknown field")
  func wireTypeMismatch() throws {
    let stranger = Bytes.field(1, varint: 5) + Bytes.field(2, "x")
    let leaf = try KitchenV1.Leaf(serializedBytes: stranger + Bytes.field(2, varint: 3))
    #expect(leaf.name.isEmpty)
    #expect(leaf.size == 3)
    #expect(leaf.unknownFields.bytes == stranger)
  }

  @Test("P6: a message in two parts is merged: scalars survive, lists are joined, the last wins")
  func splitMessage() throws {
    let first = Bytes.field(1, varint: 9) + Bytes.field(3, Bytes.field(1, Bytes.field(1, "a")))
    let second = Bytes.field(3, Bytes.field(1, Bytes.field(1, "b")) + Bytes.field(2, varint: 1))
    let tree = try KitchenV1.Tree(
      serializedBytes: Bytes.field(4, first) + Bytes.field(4, second))
    #expect(tree.branch?.weight == 9)
    #expect(tree.branch?.twig?.leaves.map(\.name) == ["a", "b"])
    #expect(tree.branch?.twig?.status == .broken)
  }

  @Test("P6: a oneof member in two parts is merged, another member in between ends it")
  func splitMember() throws {
    let name = Bytes.field(8, Bytes.field(1, "a"))
    let size = Bytes.field(8, Bytes.field(2, varint: 4))
    let merged = try KitchenV1.Choices(serializedBytes: name + size)
    let whole = KitchenV1.Leaf.with {
      $0.name = "a"
      $0.size = 4
    }
    #expect(merged.choice == .leaf(whole))

    let replaced = try KitchenV1.Choices(serializedBytes: name + Bytes.field(5, varint: 1) + size)
    #expect(replaced.choice == .leaf(.with { $0.size = 4 }))
  }

  @Test("P6: the last member of a oneof wins, whatever came before")
  func lastMember() throws {
    let text = Bytes.field(3, "abc")
    let blob = Bytes.field(4, [1, 2])
    let number = Bytes.field(2, varint: 6)
    #expect(try KitchenV1.Choices(serializedBytes: text + blob).choice == .blob([1, 2]))
    #expect(try KitchenV1.Choices(serializedBytes: blob + number).choice == .number(6))
    #expect(try KitchenV1.Choices(serializedBytes: number + text).choice == .text("abc"))
    #expect(
      try KitchenV1.Choices(serializedBytes: text + Bytes.field(2, varint: 0)).choice == .number(0))
  }

  @Test("P7: a varint of 64 bits is read, one of more is refused")
  func varintWidth() throws {
    let full: [UInt8] = Array(repeating: 0xFF, count: 9) + [0x01]
    let scalars = try KitchenV1.Scalars(serializedBytes: Bytes.tag(6, 0) + full)
    #expect(scalars.uint64Value == .max)
    for last: UInt8 in [0x02, 0x7F, 0x81] {
      let reason = decodingReason {
        let wide: [UInt8] = Array(repeating: 0xFF, count: 9) + [last, 0x00]
        _ = try KitchenV1.Scalars(serializedBytes: Bytes.tag(6, 0) + wide)
      }
      #expect(reason == .malformedVarint)
    }
  }

  @Test("P9: every number but zero is true, alone and in lists")
  func bools() throws {
    let scalars = try KitchenV1.Scalars(
      serializedBytes: Bytes.field(13, varint: 1 << 40) + Bytes.field(53, [0, 1, 0x80, 0x01]))
    #expect(scalars.boolValue)
    #expect(scalars.boolList == [false, true, true])
  }
}

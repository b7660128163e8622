import KitchenSink
import Testing

@testable import Protobuf

@Suite("Round trips")
struct RoundTripTests {
  static let seeds: [UInt64] = [1, 2, 3, 2024]

  @Test("A random message of every kind survives the wire", arguments: seeds)
  func random(_ seed: UInt64) throws {
    var source = RandomMessage(seed: seed)
    for _ in 0..<150 {
      try check(KitchenV1.Scalars.self, &source, seed)
      try check(KitchenV1.Maps.self, &source, seed)
      try check(KitchenV1.Choices.self, &source, seed)
      try check(KitchenV1.Tree.self, &source, seed)
      try check(KitchenV1.WellKnown.self, &source, seed)
      try check(KitchenV1.Names.self, &source, seed)
      try check(GoogleProtobuf.FileDescriptorProto.self, &source, seed)
    }
  }

  /// Bytes are compared, not values: a NaN is not equal to itself.
  private func check<Value: Message>(
    _ type: Value.Type, _ source: inout RandomMessage, _ seed: UInt64
  ) throws {
    let message = try source.make(type)
    let bytes = try message.serializedBytes()
    let back = try Value(serializedBytes: bytes)
    #expect(try back.serializedBytes() == bytes, "\(type), seed \(seed)")
  }

  @Test("Appending leaves what the buffer holds in front")
  func append() throws {
    var buffer: [UInt8] = [0, 0, 0, 0, 3]
    try KitchenV1.Leaf.with { $0.name = "a" }.serialize(into: &buffer)
    #expect(buffer == [0, 0, 0, 0, 3, 0x0A, 1, 0x61])
    try KitchenV1.Nothing().serialize(into: &buffer)
    #expect(buffer.count == 8)
  }

  @Test("No bytes are a message with nothing set")
  func empty() throws {
    #expect(try KitchenV1.Scalars(serializedBytes: []) == KitchenV1.Scalars())
    let none: [UInt8] = []
    // SAFETY: bytes have no padding that a raw view could show.
    #expect(try unsafe KitchenV1.Scalars(serializedBytes: none.span.bytes) == KitchenV1.Scalars())
  }

  @Test("Each length around the limit for copied contents survives", arguments: 1022...1026)
  func longContents(_ count: Int) throws {
    let message = KitchenV1.Scalars.with {
      $0.stringValue = String(repeating: "x", count: count)
      $0.bytesValue = Array(repeating: 7, count: count)
      $0.stringList = [String(repeating: "y", count: count), "short"]
    }
    #expect(try KitchenV1.Scalars(serializedBytes: message.serializedBytes()) == message)
  }

  @Test("Fields come out in the order of their numbers, maps in the order of their keys")
  func deterministic() throws {
    let maps = KitchenV1.Maps.with {
      $0.int32Keys = [3: 0, -1: 0, 2: 0]
      $0.boolKeys = [true: true, false: true]
      $0.stringKeys = ["b": "", "a": "", "": ""]
    }
    let bytes = try maps.serializedBytes()
    for _ in 0..<20 { #expect(try maps.serializedBytes() == bytes) }
    let minusOne = Bytes.varint(UInt64(bitPattern: -1))
    #expect(
      bytes.starts(
        with: Bytes.field(1, [0x08] + minusOne + [0x10, 0]) + Bytes.field(1, [8, 2, 16, 0])))
  }

  @Test("A packed list may come unpacked and the other way around, and in several parts")
  func packing() throws {
    let scalars = try KitchenV1.Scalars(
      serializedBytes: Bytes.field(43, varint: 1) + Bytes.field(43, [2, 3])
        + Bytes.field(43, varint: 4)
        + Bytes.field(63, [5, 6]) + Bytes.field(63, varint: 7))
    #expect(scalars.int32List == [1, 2, 3, 4])
    #expect(scalars.int32Unpacked == [5, 6, 7])
    let written = try KitchenV1.Scalars.with {
      $0.int32List = [1, 2]
      $0.int32Unpacked = [3, 4]
    }.serializedBytes()
    #expect(
      written == Bytes.field(43, [1, 2]) + Bytes.field(63, varint: 3) + Bytes.field(63, varint: 4))
  }

  @Test("A map entry may lack its key or its value, and a later entry replaces an earlier")
  func mapEntries() throws {
    let maps = try KitchenV1.Maps(
      serializedBytes: Bytes.field(1, []) + Bytes.field(1, [8, 5]) + Bytes.field(1, [16, 6])
        + Bytes.field(1, [8, 5, 16, 9]) + Bytes.field(17, Bytes.field(1, "k")))
    #expect(maps.int32Keys == [0: 6, 5: 9])
    #expect(maps.messageValues == ["k": KitchenV1.Leaf()])
  }

  @Test("Minus zero is not the default")
  func minusZero() throws {
    let bytes = try KitchenV1.Scalars.with { $0.doubleValue = -0.0 }.serializedBytes()
    #expect(try KitchenV1.Scalars(serializedBytes: bytes).doubleValue.sign == .minus)
  }

  @Test("An enum keeps numbers the schema does not know, alone, in lists and in maps")
  func openEnums() throws {
    let message = KitchenV1.Scalars.with {
      $0.enumValue = .unrecognized(77)
      $0.enumList = [.red, .unrecognized(-5), .infrared]
      $0.enumOptional = .unspecified
    }
    let back = try KitchenV1.Scalars(serializedBytes: message.serializedBytes())
    #expect(back == message)
    #expect(back.enumValue == .unrecognized(77))
    #expect(back.enumOptional == .unspecified)
    #expect(KitchenV1.Color.unrecognized(1) == .red)
    #expect(Set([KitchenV1.Color.unrecognized(2), .green]).count == 1)
  }
}

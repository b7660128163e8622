import KitchenSink
import Testing

@testable import Protobuf

@Suite("Views")
struct MessageViewTests {
  @Test("A view shows what is set, and only that")
  func present() throws {
    let message = KitchenV1.Scalars.with {
      $0.int32Value = -3
      $0.doubleValue = -0.0
      $0.stringOptional = ""
      $0.uint64List = [1, .max]
      $0.enumValue = .unrecognized(40)
    }
    try message.withView { view in
      #expect(view.descriptor === KitchenV1.Scalars.descriptor)
      #expect(
        view.presentFields.map(\.name) == [
          "double_value", "int32_value", "enum_value", "string_optional", "uint64_list",
        ])
      let list = try #require(view.descriptor.field(named: "uint64_list"))
      #expect(view.count(list) == 2)
      #expect(try view.scalar(list, at: 1) == .uint64(.max))
      let absent = try #require(view.descriptor.field(named: "string_value"))
      #expect(try view.scalar(absent) == .string(""))
      let number = try #require(view.descriptor.field(named: "enum_value"))
      #expect(try view.scalar(number) == .enum(40))
    }
  }

  @Test("A default that came over the wire without need counts as absent")
  func redundantDefault() throws {
    let bytes = Bytes.field(3, varint: 0) + Bytes.field(23, varint: 0)
    try KitchenV1.Scalars.descriptor.withView(of: bytes) { view in
      #expect(view.presentFields.map(\.name) == ["int32_optional"])
    }
  }

  @Test("Of a oneof one member is present, the others read as defaults")
  func oneof() throws {
    try KitchenV1.Choices.with { $0.choice = .number(0) }.withView { view in
      #expect(view.presentFields.map(\.name) == ["number"])
      let text = try #require(view.descriptor.field(named: "text"))
      #expect(try view.scalar(text) == .string(""))
      let leaf = try #require(view.descriptor.field(named: "leaf"))
      #expect(view.withMessage(leaf) { _ in true } == nil)
    }
  }

  @Test("Messages and map entries open in turn, and errors come out")
  func nested() throws {
    let maps = KitchenV1.Maps.with { $0.messageValues = ["k": .with { $0.size = 4 }] }
    try maps.withView { view in
      let field = try #require(view.descriptor.field(named: "message_values"))
      let size = try view.withMessage(field) { entry in
        #expect(entry.descriptor.isMapEntry)
        #expect(try entry.scalar(entry.descriptor.fields[0]) == .string("k"))
        return try entry.withMessage(entry.descriptor.fields[1]) { leaf in
          try leaf.scalar(leaf.descriptor.fields[1])
        }
      }
      #expect(size == .int32(4))
      #expect(throws: Stop.self) { try view.withMessage(field) { _ in throw Stop() } }
    }
  }

  @Test("A view of damaged bytes throws, naming the field")
  func damaged() throws {
    #expect(throws: DecodingError.self) {
      try KitchenV1.Leaf.descriptor.withView(of: [0x80]) { _ in }
    }
    let error = #expect(throws: DecodingError.self) {
      try KitchenV1.Leaf.descriptor.withView(of: Bytes.field(1, [0xFF])) { view in
        _ = try view.scalar(view.descriptor.fields[0])
      }
    }
    #expect(error?.path == "kitchen.v1.Leaf: name")
  }

  @Test("A builder makes what a view shows", arguments: [31, 32])
  func rebuilt(_ seed: UInt64) throws {
    var source = RandomMessage(seed: seed)
    for _ in 0..<100 {
      let message = try source.make(KitchenV1.Choices.self)
      var image = try NewImage(KitchenV1.Choices.descriptor, .standard)
      try message.withView { view in
        for field in view.descriptor.fields { try image.message.copy(field, from: view) }
      }
      let copy = try image.read(as: KitchenV1.Choices.self)
      #expect(try copy.serializedBytes() == message.serializedBytes(), "seed \(seed)")
    }
  }

  @Test("A builder keeps to its budget")
  func budget() throws {
    var limits = DecodingLimits.standard
    limits.arenaByteCountMax = 2000
    var image = try NewImage(KitchenV1.Leaf.descriptor, limits)
    let name = try #require(KitchenV1.Leaf.descriptor.field(named: "name"))
    let reason = decodingReason {
      for _ in 0..<100 {
        try image.message.add(.string(String(repeating: "x", count: 100)), to: name)
      }
    }
    #expect(reason == .budgetExceeded)
  }

  private struct Stop: Error {}
}

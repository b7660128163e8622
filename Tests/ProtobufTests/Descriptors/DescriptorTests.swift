import KitchenSink
import Synchronization
import Testing

@testable import Protobuf

@Suite("Descriptors")
struct DescriptorTests {
  @Test("A field's slot is its index; members of a oneof share the slot of the first")
  func slots() {
    let slots = KitchenV1.Choices.descriptor.fields.map { "\($0.name) \($0.slot)" }
    #expect(
      slots == [
        "before 0", "number 1", "text 1", "blob 1", "flag 1", "real 1", "color 1", "leaf 1",
        "nested 1", "after 9", "low 10", "time 1", "nothing 1", "scalars 13", "high 10",
      ])
    #expect(KitchenV1.Choices.descriptor.oneofNames == ["choice", "second_choice"])
  }

  @Test("Fields are found by number, near and far, and by name")
  func lookup() {
    let names = KitchenV1.Names.descriptor
    #expect(names.field(number: 536_870_911)?.name == "last")
    #expect(names.field(number: 3)?.jsonName == "otherName")
    for number in [0, -1, 1, 10, 255, 256, 1000, 536_870_910, 536_870_912, .max] {
      #expect(names.field(number: number) == nil)
    }
    #expect(names.field(named: "PascalName")?.number == 5)
    #expect(names.field(named: "pascalName") == nil)
  }

  @Test(
    "The default JSON name is protoc's",
    arguments: [
      ("snake_case_name", "snakeCaseName"), ("camelCase", "camelCase"), ("_leading", "Leading"),
      ("with_1_digit", "with1Digit"), ("PascalName", "PascalName"), ("a__b", "aB"), ("end_", "end"),
    ])
  func jsonNames(_ name: String, _ json: String) {
    #expect(FieldDescriptor.jsonName(of: name) == json)
  }

  @Test("An enum's first name of a number counts, every name is read")
  func enums() {
    let color = KitchenV1.Color.descriptor
    #expect(color.name(of: 1) == "COLOR_RED")
    #expect(color.number(named: "COLOR_CRIMSON") == 1)
    #expect(color.number(named: "CRIMSON") == nil)
    #expect(color.name(of: 99) == nil)
  }

  @Test("A pool finds types by their full names, and files by theirs")
  func pool() throws {
    let pool = DescriptorPool(KitchenV1.fileDescriptors + GoogleProtobuf.fileDescriptors)
    let twig = try #require(pool.message(named: "kitchen.v1.Tree.Branch.Twig"))
    #expect(twig is KitchenV1.Tree.Branch.Twig.Type)
    #expect(pool.message(named: "google.protobuf.Any") is GoogleProtobuf.Any_.Type)
    #expect(pool.message(named: "kitchen.v1.Absent") == nil)
    #expect(pool.enum(named: "kitchen.v1.Color") is KitchenV1.Color.Type)
    #expect(pool.file(named: "google/protobuf/any.proto") != nil)
  }

  @Test("The embedded descriptor of each file says what the tables say")
  func embedded() throws {
    for file in KitchenV1.fileDescriptors + GoogleProtobuf.fileDescriptors {
      let proto = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      #expect(proto.name == file.name)
      #expect(proto.package == file.package)
      for message in proto.messageType {
        let fullName = "\(file.package).\(message.name ?? "")"
        let type = try #require(file.messages.first { $0.descriptor.fullName == fullName })
        let numbers = message.field.compactMap { $0.number.map(Int.init) }.sorted()
        #expect(type.descriptor.fields.map(\.number) == numbers)
        for field in message.field {
          let own = type.descriptor.field(named: field.name ?? "")
          #expect(own?.number == field.number.map(Int.init))
          #expect(own?.jsonName == field.jsonName)
        }
      }
    }
  }

  @Test("Many threads may be the first to use messages that contain each other")
  func concurrentCompletion() async throws {
    for round in 0..<50 {
      let pair = MutualPair(round)
      let counts = await withTaskGroup(of: Int?.self) { group in
        for index in 0..<8 {
          let descriptor = index.isMultiple(of: 2) ? pair.left : pair.right
          group.addTask {
            try? descriptor.withView(of: Bytes.nested(1, levels: 5)) { view in
              view.presentFields.count
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(counts == Array(repeating: 1, count: 8))
    }
  }

  /// Two message types, each a field of the other, that nobody has used yet.
  private final class MutualPair: Sendable {
    let left: MessageDescriptor
    let right: MessageDescriptor

    init(_ round: Int) {
      let later = Later()
      let left = MessageDescriptor(
        "test.Left\(round)", [.optional(1, "right", .describedMessage { later.descriptor })])
      right = MessageDescriptor(
        "test.Right\(round)", [.optional(1, "left", .describedMessage { left })])
      self.left = left
      later.set(right)
    }
  }
}

/// A descriptor that is known only after the one that refers to it.
private final class Later: Sendable {
  private let known = Mutex<MessageDescriptor?>(nil)

  var descriptor: MessageDescriptor {
    known.withLock { $0 } ?? KitchenV1.Nothing.descriptor
  }

  func set(_ descriptor: MessageDescriptor) {
    known.withLock { $0 = descriptor }
  }
}

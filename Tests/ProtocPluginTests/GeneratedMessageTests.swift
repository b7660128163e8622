import KitchenSink
import Protobuf
import Testing

/// The generated code itself, as its users see it.
@Suite struct GeneratedMessageTests {
  @Test("a new message has the defaults of the schema")
  func defaults() {
    let scalars = KitchenV1.Scalars()
    #expect(scalars.int32Value == 0 && scalars.stringValue.isEmpty && !scalars.boolValue)
    #expect(scalars.enumValue == .unspecified)
    #expect(scalars.stringOptional == nil && scalars.enumOptional == nil)
    #expect(scalars.doubleList.isEmpty)
    #expect(KitchenV1.Maps().stringKeys.isEmpty)
    #expect(KitchenV1.Choices().choice == nil && KitchenV1.Choices().scalars == nil)
    #expect(LegacyV1.Old().count == nil)
  }

  @Test("copies of a boxed message are values")
  func boxedCopies() {
    let original = KitchenV1.Scalars.with {
      $0.stringValue = "one"
      $0.int32List = [1, 2]
    }
    var copy = original
    #expect(copy == original && copy.hashValue == original.hashValue)
    copy.int32List.append(3)
    #expect(original.int32List == [1, 2])
    #expect(copy.int32List == [1, 2, 3])
    #expect(copy != original)
    copy.int32List.removeLast()
    #expect(copy == original)
  }

  @Test("two boxed messages made apart are equal when their fields are")
  func boxedEquality() {
    let make = { KitchenV1.Scalars.with { $0.stringValue = "one" } }
    #expect(make() == make())
    #expect(Set([make(), make()]).count == 1)
    #expect(KitchenV1.Scalars() == KitchenV1.Scalars())
  }

  @Test("a message may hold itself, directly, by another, and in a oneof")
  func recursion() throws {
    var tree = KitchenV1.Tree.with { $0.label = "leaf" }
    for depth in 1...20 {
      let inner = tree
      tree = .with {
        $0.label = "\(depth)"
        if depth.isMultiple(of: 2) {
          $0.parent = inner
        } else {
          $0.branch = .with { $0.tree = inner }
        }
      }
    }
    #expect(try KitchenV1.Tree(serializedBytes: tree.serializedBytes()) == tree)

    let choices = KitchenV1.Choices.with {
      $0.choice = .nested(.with { $0.choice = .nested(.with { $0.choice = .number(7) }) })
    }
    #expect(try KitchenV1.Choices(serializedBytes: choices.serializedBytes()) == choices)
  }

  @Test("members of a oneof replace one another, and keep zero")
  func oneof() throws {
    var choices = KitchenV1.Choices.with { $0.choice = .text("old") }
    choices.choice = .number(0)
    let read = try KitchenV1.Choices(serializedBytes: choices.serializedBytes())
    #expect(read.choice == .number(0))
    choices.choice = nil
    #expect(try choices.serializedBytes().isEmpty)
  }

  @Test(
    "an enum keeps every number",
    arguments: [
      (KitchenV1.Color.unspecified, 0), (.red, 1), (.green, 2), (.infrared, -1),
      (.lowest, .min), (.highest, .max), (.unrecognized(77), 77),
    ] as [(KitchenV1.Color, Int32)])
  func enums(color: KitchenV1.Color, number: Int32) throws {
    #expect(color.rawValue == number)
    #expect(KitchenV1.Color(rawValue: number) == color)
    let message = KitchenV1.Scalars.with {
      $0.enumValue = color
      $0.enumOptional = color
      $0.enumList = [color, .red]
    }
    #expect(try KitchenV1.Scalars(serializedBytes: message.serializedBytes()) == message)
  }

  @Test("a second name of a number is the same value")
  func alias() {
    #expect(KitchenV1.Color.crimson == .red)
    #expect(KitchenV1.Color.descriptor.fullName == "kitchen.v1.Color")
  }

  @available(*, deprecated, message: "so that using what is deprecated gives no warning")
  private func deprecatedRoundTrip() throws {
    var retired = KitchenV1.Retired.with {
      $0.legacy = "kept"
      $0.chain = .with { $0.legacy = "inner" }
    }
    #expect(try KitchenV1.Retired(serializedBytes: retired.serializedBytes()) == retired)
    retired.legacy = ""
    #expect(retired != KitchenV1.Retired.with { $0.legacy = "kept" })

    let large = OddV1.Large.with { $0.old = "kept" }
    #expect(try OddV1.Large(serializedBytes: large.serializedBytes()).old == "kept")
  }

  /// Calls what is deprecated by way of a protocol, which knows nothing of that.
  @Test("deprecated fields still travel")
  func deprecated() throws {
    try (self as any DeprecatedCalls).call()
  }

  @Test("fields with odd names travel")
  func oddNames() throws {
    let keywords = OddV1.Keywords.with {
      $0.class = 1
      $0.self_ = 2
      $0.init_ = 3
      $0.default = 4
      $0.type = 5
    }
    #expect(try OddV1.Keywords(serializedBytes: keywords.serializedBytes()) == keywords)
    let members = OddV1.Members.with {
      $0.hashValue_ = 1
      $0.isDefault_ = 2
      $0.image = 3
      $0.unknownFields_ = 4
      $0.description = "five"
    }
    #expect(try OddV1.Members(serializedBytes: members.serializedBytes()) == members)
    #expect(members.hashValue == members.hashValue && members.unknownFields.isEmpty)
  }

  @Test("every namespace lists its files, and each file its types")
  func fileDescriptors() throws {
    let files = KitchenV1.fileDescriptors + OddV1.fileDescriptors + LegacyV1.fileDescriptors
    #expect(files.map(\.name) == ["kitchen_sink.proto", "odd.proto", "legacy.proto"])
    for file in files {
      let schema = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      #expect(schema.name == file.name && schema.package == file.package)
      #expect(schema.sourceCodeInfo == nil)
      #expect(file.messages.count >= schema.messageType.count)
      #expect(file.enums.count >= schema.enumType.count)
    }
  }
}

private protocol DeprecatedCalls {
  func call() throws
}

extension GeneratedMessageTests: DeprecatedCalls {
  @available(*, deprecated)
  fileprivate func call() throws {
    try deprecatedRoundTrip()
  }
}

import KitchenSink
import Protobuf
import Testing

@Suite("Unknown fields")
struct UnknownFieldsTests {
  static let every =
    Bytes.field(100, varint: 300) + Bytes.field(101, "text") + Bytes.tag(102, 5) + [1, 2, 3, 4]
    + Bytes.tag(103, 1) + [1, 2, 3, 4, 5, 6, 7, 8] + Bytes.group(104, Bytes.field(1, varint: 1))
    + Bytes.field(100, varint: 7)

  @Test("Fields of every wire type are kept in order and written after the known ones")
  func kept() throws {
    let known = Bytes.field(1, "name")
    let leaf = try KitchenV1.Leaf(serializedBytes: Self.every + known)
    #expect(leaf.unknownFields.bytes == Self.every)
    #expect(try leaf.serializedBytes() == known + Self.every)
    #expect(try KitchenV1.Leaf(serializedBytes: leaf.serializedBytes()) == leaf)
  }

  @Test("They are kept on every level, and between known fields")
  func nested() throws {
    let part = Bytes.field(900, varint: 1)
    let inner = part + Bytes.field(1, "x") + part
    let tree = try KitchenV1.Tree(
      serializedBytes: part + Bytes.field(3, inner) + part + Bytes.field(2, inner))
    #expect(tree.unknownFields.bytes == part + part)
    #expect(tree.children.first?.unknownFields.bytes == part + part)
    #expect(tree.parent?.unknownFields.bytes == part + part)
    let back = try KitchenV1.Tree(serializedBytes: tree.serializedBytes())
    #expect(back == tree)
  }

  @Test("A newer message passes through an older schema whole")
  func passThrough() throws {
    let newer = KitchenV1.Scalars.with {
      $0.int32Value = -5
      $0.stringList = ["a", "b"]
      $0.doubleOptional = 1.5
    }
    let older = try KitchenV1.Nothing(serializedBytes: newer.serializedBytes())
    #expect(try KitchenV1.Scalars(serializedBytes: older.serializedBytes()) == newer)
  }

  @Test("Accessors read the last value of a number, or all of them")
  func accessors() throws {
    let fields = try UnknownFields(bytes: Self.every)
    #expect(fields.varint(100) == 7)
    #expect(fields.varints(100) == [300, 7])
    #expect(fields.bool(100) == true)
    #expect(fields.string(101) == "text")
    #expect(fields.varint(102) == 0x0403_0201)
    #expect(fields.varint(103) == 0x0807_0605_0403_0201)
    #expect(fields.varint(999) == nil)
    #expect(fields.string(100) == nil)
    #expect(fields.strings(101) == ["text"])
  }

  @Test("Packed numbers, messages in parts and lists of messages are read")
  func compound() throws {
    var fields = UnknownFields()
    fields.append(1, content: [1, 2, 0x80, 0x01])
    fields.append(1, varint: 3)
    #expect(fields.varints(1) == [1, 2, 128, 3])

    fields.append(2, content: Bytes.field(1, "a"))
    fields.append(2, content: Bytes.field(2, varint: 9))
    let whole = try #require(try fields.message(2, as: KitchenV1.Leaf.self))
    #expect(whole.name == "a" && whole.size == 9)
    #expect(try fields.messages(2, as: KitchenV1.Leaf.self).map(\.name) == ["a", ""])
    #expect(try fields.message(3, as: KitchenV1.Leaf.self) == nil)
  }

  @Test("Bytes that are not well-formed fields are refused")
  func malformed() {
    for bytes: [UInt8] in [[0x80], [0x08], [0x0A, 5], [0x0B], [0x07, 0]] {
      #expect(throws: DecodingError.self) { try UnknownFields(bytes: bytes) }
    }
  }
}

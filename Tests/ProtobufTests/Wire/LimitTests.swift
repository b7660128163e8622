import KitchenSink
import Testing

@testable import Protobuf

/// Both sides of every limit that is not a row of the lacks table.
@Suite("Limits of decoding")
struct LimitTests {
  @Test("A message as long as the limit is read, one byte more is refused")
  func size() throws {
    let bytes = Bytes.field(1, "abcdefgh")
    var limits = DecodingLimits.standard
    limits.messageByteCountMax = bytes.count
    #expect(try KitchenV1.Leaf(serializedBytes: bytes, limits: limits).name == "abcdefgh")
    limits.messageByteCountMax -= 1
    #expect(
      decodingReason { _ = try KitchenV1.Leaf(serializedBytes: bytes, limits: limits) }
        == .sizeExceeded)
  }

  @Test("As many fields as the limit are read, one more is refused, at whatever depth")
  func fieldCount() throws {
    let bytes = Bytes.field(2, Bytes.field(1, "a")) + Bytes.field(999, varint: 1)
    var limits = DecodingLimits.standard
    limits.fieldCountMax = 3
    #expect(try KitchenV1.Tree(serializedBytes: bytes, limits: limits).parent?.label == "a")
    limits.fieldCountMax = 2
    #expect(
      decodingReason { _ = try KitchenV1.Tree(serializedBytes: bytes, limits: limits) }
        == .fieldCountExceeded)
  }

  @Test("The depth limit is the caller's, but never above 1,000")
  func depth() throws {
    var limits = DecodingLimits(
      depthMax: 2, messageByteCountMax: 1 << 20, fieldCountMax: 1000, arenaByteCountMax: 1 << 20)
    _ = try KitchenV1.Tree(serializedBytes: Bytes.nested(2, levels: 1), limits: limits)
    #expect(
      decodingReason {
        _ = try KitchenV1.Tree(serializedBytes: Bytes.nested(2, levels: 2), limits: limits)
      } == .depthExceeded)
    limits = DecodingLimits(
      depthMax: .max, messageByteCountMax: 1, fieldCountMax: 1, arenaByteCountMax: 1)
    #expect(limits.depthMax == 1000)
  }

  @Test(
    "A tag must have a number from 1 to 2^29 - 1 and a wire type that exists",
    arguments: [
      Bytes.tag(0, 0), Bytes.tag(1 << 29, 0), Bytes.tag(1 << 40, 0), Bytes.tag(1, 6),
      Bytes.tag(1, 7), Bytes.tag(0, 2),
    ])
  func illegalTags(_ tag: [UInt8]) {
    #expect(decodingReason { _ = try KitchenV1.Leaf(serializedBytes: tag + [0]) } == .illegalTag)
  }

  @Test("The highest field number is legal")
  func highestTag() throws {
    let bytes = Bytes.field((1 << 29) - 1, "z")
    #expect(try KitchenV1.Names(serializedBytes: bytes).last == "z")
    #expect(try KitchenV1.Leaf(serializedBytes: bytes).unknownFields.bytes == bytes)
  }

  @Test(
    "A group must be closed by its own number",
    arguments: [
      Bytes.tag(5, 3), Bytes.tag(5, 4), Bytes.tag(5, 3) + Bytes.tag(6, 4),
      Bytes.group(5, Bytes.tag(6, 4)), Bytes.group(5, Bytes.tag(6, 3)),
    ])
  func unbalancedGroups(_ bytes: [UInt8]) {
    #expect(decodingReason { _ = try KitchenV1.Leaf(serializedBytes: bytes) } == .unbalancedGroup)
  }

  @Test("A value nested 100 deep is written, 101 deep is refused")
  func writingDepth() throws {
    var tree = KitchenV1.Tree()
    for _ in 0..<99 { tree = .with { $0.parent = tree } }
    let bytes = try tree.serializedBytes()
    #expect(try KitchenV1.Tree(serializedBytes: bytes) == tree)
    let deeper = KitchenV1.Tree.with { $0.parent = tree }
    let error = #expect(throws: EncodingError.self) { try deeper.serializedBytes() }
    #expect(error?.reason == .depthExceeded)
  }

  @Test("Siblings do not add up to depth")
  func siblings() throws {
    let tree = KitchenV1.Tree.with {
      $0.children = Array(repeating: .with { $0.parent = KitchenV1.Tree() }, count: 500)
    }
    #expect(try KitchenV1.Tree(serializedBytes: tree.serializedBytes()) == tree)
  }
}

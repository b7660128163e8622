import KitchenSink
import Testing

@testable import Protobuf

/// Bytes that a bad line or a bad peer sends.
@Suite("Damaged bytes")
struct DamageTests {
  @Test("A message cut at any byte is refused or is a shorter message, and never a crash")
  func truncated() throws {
    var source = RandomMessage(seed: 7)
    for _ in 0..<10 {
      for bytes in [
        try source.make(KitchenV1.Scalars.self).serializedBytes(),
        try source.make(KitchenV1.Tree.self).serializedBytes(),
        try source.make(KitchenV1.Maps.self).serializedBytes(),
      ] {
        for count in 0..<min(bytes.count, 400) {
          let prefix = Array(bytes.prefix(count))
          _ = try? KitchenV1.Scalars(serializedBytes: prefix)
          _ = try? KitchenV1.Tree(serializedBytes: prefix)
          _ = try? KitchenV1.Maps(serializedBytes: prefix)
        }
      }
    }
  }

  @Test(
    "A field cut at any byte is truncated",
    arguments: [
      Bytes.field(14, "abc"), Bytes.field(3, varint: 300),
      Bytes.tag(1, 1) + [0, 0, 0, 0, 0, 0, 0, 0],
      Bytes.tag(2, 5) + [0, 0, 0, 0], Bytes.field(41, [0, 0, 0, 0, 0, 0, 0, 0]),
      Bytes.field(43, [0x80, 0x01]), Bytes.field(999, "abc"), Bytes.field(999, varint: 300),
    ])
  func cut(_ field: [UInt8]) throws {
    _ = try KitchenV1.Scalars(serializedBytes: field)
    for count in 1..<field.count {
      let reason = decodingReason {
        _ = try KitchenV1.Scalars(serializedBytes: Array(field.prefix(count)))
      }
      #expect(reason == .truncated, "cut to \(count)")
    }
  }

  @Test("A packed run that ends inside a value is truncated")
  func cutRun() {
    for (number, run): (UInt64, [UInt8]) in [(43, [1, 0x80]), (41, [0, 0, 0]), (42, [0])] {
      let reason = decodingReason {
        _ = try KitchenV1.Scalars(serializedBytes: Bytes.field(number, run))
      }
      #expect(reason == .truncated)
    }
  }

  @Test("A length beyond the end, even one of 64 bits, is truncated")
  func lengths() {
    for length in [4, 1 << 31, 1 << 62, UInt64.max] {
      let bytes = Bytes.tag(1, 2) + Bytes.varint(length) + [1, 2, 3]
      #expect(decodingReason { _ = try KitchenV1.Leaf(serializedBytes: bytes) } == .truncated)
    }
  }

  @Test("What is read from random bytes can be written and read again", arguments: [11, 12, 13])
  func noise(_ seed: UInt64) throws {
    var source = RandomMessage(seed: seed)
    for _ in 0..<3000 {
      let bytes = source.bytes()
      guard let message = try? KitchenV1.Choices(serializedBytes: bytes) else { continue }
      let written = try message.serializedBytes()
      let again = try KitchenV1.Choices(serializedBytes: written)
      #expect(try again.serializedBytes() == written, "seed \(seed)")
    }
  }
}

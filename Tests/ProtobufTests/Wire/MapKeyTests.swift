import KitchenSink
import Protobuf
import Testing

/// What a dictionary with string keys could lose: its keys are equal when they are one text to a
/// reader, whatever their bytes.
@Suite("Keys of maps")
struct MapKeyTests {
  /// Texts that are equal to Swift and different to everybody else.
  static let pairs: [(String, String)] = [
    ("\u{E9}", "e\u{301}"), ("n\u{303}a", "\u{F1}a"), ("K", "\u{212A}"), ("\u{2126}", "\u{3A9}"),
    ("a\u{323}\u{307}", "a\u{307}\u{323}"), ("\u{D55C}", "\u{1112}\u{1161}\u{11AB}"),
  ]

  private func map(_ number: UInt64, _ keys: [String]) -> [UInt8] {
    keys.enumerated().flatMap { place, key in
      Bytes.field(number, Bytes.field(1, key) + Bytes.field(2, "value \(place)"))
    }
  }

  @Test("Two that Swift cannot hold apart are refused, and the field is named", arguments: pairs)
  func equivalent(_ one: String, _ other: String) throws {
    try #require(one == other)
    for keys in [[one, other], [other, one], [one, "x", other], [one, other, one]] {
      let error = #expect(throws: DecodingError.self) {
        try KitchenV1.Maps(serializedBytes: map(12, keys))
      }
      #expect(error?.reason == .equivalentKeys)
      #expect(error?.path == "kitchen.v1.Maps: string_keys")
    }
  }

  @Test("A refusal within a message leads to the field", arguments: pairs)
  func nested(_ one: String, _ other: String) {
    let inner = Bytes.field(2, map(12, [one, other]))
    let error = #expect(throws: DecodingError.self) {
      try KitchenV1.Maps(serializedBytes: Bytes.field(18, inner))
    }
    #expect(error?.path == "kitchen.v1.Maps: recursive_values.value.string_keys")
  }

  @Test("Each alone is kept byte for byte, and the same key twice has its last value")
  func kept() throws {
    for key in Self.pairs.flatMap({ [$0, $1] }) {
      let bytes = map(12, [key])
      #expect(try KitchenV1.Maps(serializedBytes: bytes).serializedBytes() == bytes)
      let twice = try KitchenV1.Maps(serializedBytes: map(12, [key, "x", key]))
      #expect(twice.stringKeys == [key: "value 2", "x": "value 1"])
    }
  }

  @Test("Keys of numbers that come twice have their last value")
  func numbers() throws {
    let entries = [(1, 5), (2, 6), (1, 7)].flatMap { key, value in
      Bytes.field(1, Bytes.field(1, varint: UInt64(key)) + Bytes.field(2, varint: UInt64(value)))
    }
    #expect(try KitchenV1.Maps(serializedBytes: entries).int32Keys == [1: 7, 2: 6])
  }
}

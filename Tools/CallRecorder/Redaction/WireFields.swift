/// One field of a serialized message, as it stands there.
struct WireField {
  var number: Int
  var payload: Payload

  enum Payload {
    case varint(UInt64)
    case fixed64([UInt8])
    case content([UInt8])
    case fixed32([UInt8])
  }
}

/// Bytes that are no serialized message, or have groups, which nobody writes any more.
struct UnreadableMessage: Error, CustomStringConvertible {
  var description: String { "the message cannot be read, so it cannot be told what it holds" }
}

/// Reads and writes the fields of serialized messages without a type for them.
enum WireFields {
  static func read(_ bytes: ArraySlice<UInt8>) throws(UnreadableMessage) -> [WireField] {
    var rest = bytes
    var fields: [WireField] = []
    while !rest.isEmpty {
      let tag = try varint(&rest)
      guard let number = Int(exactly: tag >> 3), (1...536_870_911).contains(number) else {
        throw UnreadableMessage()
      }
      let payload: WireField.Payload
      switch tag & 7 {
      case 0: payload = .varint(try varint(&rest))
      case 1: payload = .fixed64(try take(8, &rest))
      case 2:
        guard let count = Int(exactly: try varint(&rest)) else { throw UnreadableMessage() }
        payload = .content(try take(count, &rest))
      case 5: payload = .fixed32(try take(4, &rest))
      default: throw UnreadableMessage()
      }
      fields.append(WireField(number: number, payload: payload))
    }
    return fields
  }

  static func append(_ field: WireField, to bytes: inout [UInt8]) {
    let number = UInt64(field.number) << 3
    switch field.payload {
    case .varint(let value):
      append(varint: number, to: &bytes)
      append(varint: value, to: &bytes)
    case .fixed64(let value):
      append(varint: number | 1, to: &bytes)
      bytes += value
    case .content(let value):
      append(varint: number | 2, to: &bytes)
      append(varint: UInt64(value.count), to: &bytes)
      bytes += value
    case .fixed32(let value):
      append(varint: number | 5, to: &bytes)
      bytes += value
    }
  }

  static func varint(_ rest: inout ArraySlice<UInt8>) throws(UnreadableMessage) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      guard let byte = rest.popFirst(), shift < 63 || byte <= 1 else { throw UnreadableMessage() }
      value |= UInt64(byte & 0x7F) << UInt64(shift)
      if byte < 0x80 { return value }
    }
    throw UnreadableMessage()
  }

  static func append(varint value: UInt64, to bytes: inout [UInt8]) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  private static func take(
    _ count: Int, _ rest: inout ArraySlice<UInt8>
  ) throws(UnreadableMessage) -> [UInt8] {
    guard count <= rest.count else { throw UnreadableMessage() }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}

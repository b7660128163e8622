@testable import Protobuf

/// Fills messages of any type with random values, by their schema.
struct RandomMessage {
  var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func make<Value: Message>(_ type: Value.Type) throws -> Value {
    var image = try NewImage(Value.descriptor, .standard)
    try fill(&image.message, depthLeft: 3)
    return try image.read(as: type)
  }

  private mutating func fill(
    _ builder: inout MessageBuilder, depthLeft: Int
  ) throws(DecodingError) {
    for field in builder.descriptor.fields where generator.chance(oneIn: 3) {
      let count = field.isRepeated ? Int.random(in: 0...4, using: &generator) : 1
      for _ in 0..<count {
        if field.type.isMessage {
          guard depthLeft > 0 else { continue }
          var inner = try builder.addMessage(to: field)
          try fill(&inner, depthLeft: depthLeft - 1)
        } else {
          try builder.add(scalar(field.type), to: field)
        }
      }
    }
  }

  private mutating func scalar(_ type: FieldType) -> Scalar {
    let bits = interestingBits()
    switch type {
    case .int32, .sint32, .sfixed32: return .int32(Int32(truncatingIfNeeded: bits))
    case .uint32, .fixed32: return .uint32(UInt32(truncatingIfNeeded: bits))
    case .int64, .sint64, .sfixed64: return .int64(Int64(bitPattern: bits))
    case .uint64, .fixed64: return .uint64(bits)
    case .float: return .float(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .double: return .double(Double(bitPattern: bits))
    case .bool: return .bool(bits & 1 == 1)
    case .string: return .string(text())
    case .bytes: return .bytes(bytes())
    case .enum, .describedEnum: return .enum(Int32(truncatingIfNeeded: bits))
    case .message, .describedMessage: preconditionFailure("a message is not a scalar")
    }
  }

  /// Small numbers, edges of every width, and anything.
  private mutating func interestingBits() -> UInt64 {
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: UInt64.random(in: 0...3, using: &generator)
    case 1: ~UInt64.random(in: 0...3, using: &generator)
    case 2: (1 << UInt64.random(in: 0...63, using: &generator)) &- 1
    default: generator.next()
    }
  }

  private mutating func text() -> String {
    let alphabet: [Character] = ["a", "Z", "0", "\0", "ñ", "€", "🌉", " ", "\u{301}"]
    let count = generator.chance(oneIn: 50) ? 2000 : Int.random(in: 0...20, using: &generator)
    return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
  }

  mutating func bytes() -> [UInt8] {
    let count = generator.chance(oneIn: 50) ? 3000 : Int.random(in: 0...20, using: &generator)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  /// The bytes with one to four things done to them that a bad line or a bad peer would do.
  mutating func damaged(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { return [UInt8.random(in: 0...255, using: &generator)] }
      let index = bytes.indices.randomElement(using: &generator) ?? 0
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
      case 3: bytes.removeSubrange(index...)
      case 4: bytes[index] |= 0x80
      default: bytes += bytes[index...].prefix(12)
      }
    }
    return bytes
  }
}

import RPCWire

/// Random numbers from a seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// A header list as text.
struct FieldList: FieldSink, Hashable {
  var fields: [String] = []

  mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
    fields.append("\(text(name)): \(text(value))")
  }

  private func text(_ span: Span<UInt8>) -> String {
    String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
  }
}

/// A message behind its prefix.
func framed(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
  let count = UInt32(message.count)
  return [
    flag, UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
    UInt8(count & 0xFF),
  ] + message
}

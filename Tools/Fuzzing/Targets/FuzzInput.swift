/// Cuts an input into the parts that a target wants. What is not there reads as zeros, so that every
/// input means something.
struct FuzzInput {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

  /// The next byte says how many follow.
  mutating func countedBytes() -> [UInt8] { take(Int(byte())) }

  mutating func take(_ count: Int) -> [UInt8] {
    let taken = bytes.prefix(count)
    bytes = bytes.dropFirst(count)
    return Array(taken)
  }

  mutating func rest() -> [UInt8] { take(bytes.count) }

  mutating func integer() -> Int64 {
    take(8).reduce(0) { $0 << 8 | Int64($1) }
  }
}

extension [UInt8] {
  /// In pieces of so many bytes; the last may be shorter.
  func cut(every byteCount: Int) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = self[...]
    while !rest.isEmpty {
      pieces.append(Array(rest.prefix(byteCount)))
      rest = rest.dropFirst(byteCount)
    }
    return pieces
  }
}

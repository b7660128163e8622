extension Span<UInt8> {
  /// Whether the bytes are exactly those of `text`.
  package func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && hasBytes(of: text, at: 0)
  }

  /// Whether the bytes begin with those of `text`.
  package func hasPrefix(_ text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && hasBytes(of: text, at: 0)
  }

  /// Whether the bytes end with those of `text`.
  package func hasSuffix(_ text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && hasBytes(of: text, at: count - text.utf8CodeUnitCount)
  }

  /// Whether the bytes are those of `other`.
  package func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    return unsafe withUnsafeBytes { mine in
      // SAFETY: both are `count` bytes and stay where they are inside the closures.
      unsafe other.withUnsafeBytes { unsafe equal(mine, $0) }
    }
  }

  private func hasBytes(of text: StaticString, at start: Int) -> Bool {
    let part = extracting(start..<(start + text.utf8CodeUnitCount))
    return unsafe part.withUnsafeBytes { bytes in
      // SAFETY: a static string's bytes live as long as the program, and there are as many as `bytes`.
      unsafe equal(
        bytes, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
  }
}

/// Compares eight bytes at a time, for every header field of every call passes through here. The last
/// eight may overlap the eight before them.
///
/// SAFETY: the caller has seen to it that both are of the same length; no load goes past it.
private func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  let count = left.count
  if count < 8 {
    for index in 0..<count where unsafe left[index] != right[index] { return false }
    return true
  }
  var offset = 0
  while true {
    let same =
      unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    if !same { return false }
    if offset == count - 8 { return true }
    offset = min(offset + 8, count - 8)
  }
}

extension [UInt8] {
  /// Appends borrowed bytes.
  package mutating func append(contentsOf span: Span<UInt8>) {
    // SAFETY: the pointer is used only inside the closure, and the array copies what it shows.
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

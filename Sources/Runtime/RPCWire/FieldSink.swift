/// Where header fields go: a transport's own header list.
public protocol FieldSink {
  /// Adds a field behind what is there; `name` is lower-case, the bytes are copied.
  mutating func append(name: Span<UInt8>, value: Span<UInt8>)
}

extension FieldSink {
  mutating func append(_ name: StaticString, _ value: String) {
    var value = value
    value.withUTF8 { append(name, unsafe Span(_unsafeElements: $0)) }
  }

  mutating func append(_ name: StaticString, _ value: Span<UInt8>) {
    // SAFETY: a static string's bytes live as long as the program.
    unsafe append(
      name: Span(
        _unsafeElements: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)),
      value: value)
  }
}

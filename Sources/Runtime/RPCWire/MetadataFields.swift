package import RPCCore

/// Application metadata as header fields (Q13, Q14, Q15).
package enum MetadataFields {
  /// What became of a field.
  package enum OnReceived {
    /// It is metadata now.
    case kept
    /// It is none, and no error: the protocol's own, or bytes an application could not send.
    case dropped
    /// A `-bin` value that is not base64.
    case malformed
  }

  /// Adds a received field to `metadata`, if it is one that applications see.
  ///
  /// Names or values which HTTP allows and gRPC does not are dropped, not refused (Q14): what a handler
  /// reads it can also send back. `user-agent` is kept although no application may set it.
  package static func receive(
    name: Span<UInt8>, value: Span<UInt8>, into metadata: inout Metadata
  ) -> OnReceived {
    if MetadataName.isReserved(name), !name.equals("user-agent") { return .dropped }
    guard MetadataName.isLegal(name) else { return .dropped }
    if MetadataName.isBinary(name) {
      return receiveBinary(name: name, list: value, into: &metadata)
    }
    let value = value.extracting(trimmed(value))
    for index in value.indices where !(0x20...0x7E).contains(value[index]) { return .dropped }
    metadata.appendReceived(name: name, value: value, isBinary: false)
    return .kept
  }

  /// A proxy may have joined several fields with commas, which base64 has no use for: split, then decode.
  private static func receiveBinary(
    name: Span<UInt8>, list: Span<UInt8>, into metadata: inout Metadata
  ) -> OnReceived {
    var start = 0
    for end in 0...list.count where end == list.count || list[end] == UInt8(ascii: ",") {
      let part = list.extracting(start..<end)
      guard let value = Base64.decode(part.extracting(trimmed(part))) else { return .malformed }
      metadata.appendReceived(name: name, value: value.span, isBinary: true)
      start = end + 1
    }
    return .kept
  }

  /// Sends all of `metadata`, bytes as base64 without padding.
  package static func send<Sink: FieldSink>(_ metadata: Metadata, to sink: inout Sink) {
    metadata.forEachField { name, value, isBinary in
      if isBinary {
        sink.append(name: name, value: Base64.encode(value).span)
      } else {
        sink.append(name: name, value: value)
      }
    }
  }

  /// Where the value lies between the blanks at its ends.
  static func trimmed(_ value: Span<UInt8>) -> Range<Int> {
    var start = 0
    var end = value.count
    while start < end, isBlank(value[start]) { start += 1 }
    while end > start, isBlank(value[end - 1]) { end -= 1 }
    return start..<end
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

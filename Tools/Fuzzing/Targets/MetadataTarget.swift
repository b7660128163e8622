internal import RPCCore
internal import RPCWire

/// Application metadata: lines of `name: value`, each a field.
///
/// What a handler reads it can also send (Q14), and is then read again as it was.
enum MetadataTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    var metadata = Metadata()
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let name = Array(line.prefix { $0 != UInt8(ascii: ":") })
      let value = Array(line.dropFirst(name.count + 1))
      _ = MetadataFields.receive(name: name.span, value: value.span, into: &metadata)
    }
    var sink = MetadataSink()
    MetadataFields.send(metadata, to: &sink)
    try Finding.unless(sink.isWhole, "a field that was sent is not received")
    try Finding.unless(sink.metadata == metadata, "what was sent is not what was received")
  }
}

/// Receives what is sent.
private struct MetadataSink: FieldSink {
  var metadata = Metadata()
  var isWhole = true

  mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
    switch MetadataFields.receive(name: name, value: value, into: &metadata) {
    case .kept: break
    case .dropped, .malformed: isWhole = false
    }
  }
}

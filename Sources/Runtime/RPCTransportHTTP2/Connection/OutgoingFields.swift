internal import HTTP2
internal import RPCCore
internal import RPCWire

/// A header list being written by the rules of `RPCWire`.
struct OutgoingFields: FieldSink {
  /// The list so far.
  var block = HeaderBlock(byteCapacity: 320, fieldCapacity: 12)

  /// The list by itself, from a closure that writes it.
  static func list(_ write: (inout OutgoingFields) -> Void) -> FieldList { .block(block(write)) }

  /// The fields by themselves, from a closure that writes them.
  static func block(_ write: (inout OutgoingFields) -> Void) -> HeaderBlock {
    var fields = OutgoingFields()
    write(&fields)
    return fields.block
  }

  mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
    // A timeout is a new number each time; in the compression table it would only push others out.
    block.append(name: name, value: value, isNeverIndexed: name.equals("grpc-timeout"))
  }
}

import RPCCore

/// A message as its bytes: what calls are made with when the type is known only while the program runs.
struct RawMessage: RPCMessage, Hashable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(serializedBytes: RawSpan) {
    // SAFETY: the bytes are copied while the span is there.
    bytes = unsafe serializedBytes.withUnsafeBytes { unsafe Array($0) }
  }

  func serialize(into buffer: inout [UInt8]) { buffer += bytes }
}

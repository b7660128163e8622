internal import RPCWire

/// Base64 of `-bin` fields, read as it is, and written of the input.
enum Base64Target {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    if let decoded = Base64.decode(bytes.span) { try check(decoded) }
    try check(bytes)
  }

  private static func check(_ bytes: [UInt8]) throws(Finding) {
    var text = Base64.encode(bytes.span)
    try Finding.unless(text.count == Base64.encodedByteCount(of: bytes.count), "another length")
    try Finding.unless(Base64.decode(text.span) == bytes, "other bytes")
    while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
    try Finding.unless(Base64.decode(text.span) == bytes, "other bytes with padding")
  }
}

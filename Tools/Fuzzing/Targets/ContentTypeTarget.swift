internal import RPCWire

/// `content-type`: letters have no case, and gRPC's own name must come first.
enum ContentTypeTarget {
  static func run(_ bytes: [UInt8]) throws(Finding) {
    let type = ContentType(bytes.span)
    let upper = bytes.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
    let lower = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    let isCaseless = ContentType(upper.span) == type && ContentType(lower.span) == type
    try Finding.unless(isCaseless, "case matters")
    guard type != .foreign else { return }
    let base = Array("application/grpc".utf8)
    let next = lower.dropFirst(base.count).first ?? UInt8(ascii: ";")
    let isGRPC = lower.starts(with: base) && [UInt8(ascii: "+"), UInt8(ascii: ";")].contains(next)
    try Finding.unless(isGRPC, "a foreign type passes as gRPC")
  }
}

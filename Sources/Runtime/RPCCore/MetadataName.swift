/// The rules for names of metadata, over bytes so that a transport can ask them of what came in.
///
/// Source: gRPC `doc/PROTOCOL-HTTP2.md`, "Custom-Metadata".
package enum MetadataName {
  /// Whether the name has only `0-9 a-z _ . -` and at least one of them (rule Q14).
  package static func isLegal(_ name: Span<UInt8>) -> Bool {
    if name.isEmpty { return false }
    for index in name.indices {
      switch name[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        continue
      default:
        return false
      }
    }
    return true
  }

  /// Whether values under this name are bytes, carried as base64 (rule Q13).
  package static func isBinary(_ name: Span<UInt8>) -> Bool { name.hasSuffix("-bin") }

  /// Whether the name belongs to the protocol and not to applications (rule Q15).
  package static func isReserved(_ name: Span<UInt8>) -> Bool {
    if name.hasPrefix("grpc-") { return !openToApplications.contains { name.equals($0) } }
    return name.hasPrefix(":") || reserved.contains { name.equals($0) }
  }

  private static let reserved: [StaticString] = ["te", "content-type", "user-agent"]
  private static let openToApplications: [StaticString] = [
    "grpc-previous-rpc-attempts", "grpc-retry-pushback-ms", "grpc-trace-bin",
  ]
}

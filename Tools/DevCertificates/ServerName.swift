import ArgumentParser
import Foundation
import SwiftASN1
import X509

/// A name a client may dial: a DNS name or an IP address. They are different kinds of subject
/// alternative name, and clients compare only within a kind (RFC 9525 § 6).
struct ServerName: Sendable {
  let generalName: GeneralName

  init(_ text: String) throws {
    if let bytes = Self.ipv4(text) ?? Self.ipv6(text) {
      generalName = .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    } else if text.wholeMatch(of: #/[A-Za-z0-9]([A-Za-z0-9.\-]{0,251}[A-Za-z0-9])?/#) != nil {
      generalName = .dnsName(text)
    } else {
      throw ValidationError("\(text) is neither a DNS name nor an IP address")
    }
  }

  private static func ipv4(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return parts.count == 4
      ? parts.reduce([]) { all, part in part.map { (all ?? []) + [$0] } } : nil
  }

  /// Loopback is the one IPv6 address a development server is dialled by.
  private static func ipv6(_ text: String) -> [UInt8]? {
    text == "::1" ? [UInt8](repeating: 0, count: 15) + [1] : nil
  }
}

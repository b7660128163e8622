import Foundation
import NIOCore
import NIOSSL

extension NIOSSLCertificate {
  /// From when to when it holds.
  var validity: ClosedRange<Date> {
    let start = Date(timeIntervalSince1970: TimeInterval(notValidBefore))
    return start...max(start, Date(timeIntervalSince1970: TimeInterval(notValidAfter)))
  }

  /// The names and addresses that a server with it may have.
  var hostNames: [String] {
    _subjectAlternativeNames().compactMap { name in
      // SAFETY: the bytes are only copied inside the closures.
      let bytes = unsafe name.contents.withUnsafeBufferPointer { unsafe Array($0) }
      if name.nameType == .dnsName { return String(decoding: bytes, as: UTF8.self) }
      guard name.nameType == .ipAddress else { return nil }
      return try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress
    }
  }

  /// Who it says a caller is, as `PARTNER/ROLE`; nil when it does not say so.
  var caller: String? {
    let prefix = "spiffe://pasarela.dev/partner/"
    return _subjectAlternativeNames().lazy.compactMap { name -> String? in
      guard name.nameType == .uri else { return nil }
      // SAFETY: the bytes are only copied inside the closure.
      let uri = unsafe name.contents.withUnsafeBufferPointer {
        unsafe String(decoding: $0, as: UTF8.self)
      }
      guard uri.hasPrefix(prefix) else { return nil }
      return String(uri.dropFirst(prefix.count)).replacing("/role/", with: "/")
    }.first
  }
}

/// What the time says about a certificate.
enum CertificateAge {
  /// Who renews by hand needs so long.
  private static let warning: TimeInterval = 3 * 86_400

  /// What is wrong, or soon will be; nil while there is time.
  ///
  /// - Parameter whose: whose certificate it is, as a sentence begins with it
  static func fault(
    of certificates: [NIOSSLCertificate], _ whose: String, at now: Date
  ) -> (verdict: Finding.Verdict, found: String)? {
    for (index, certificate) in certificates.enumerated() {
      let which = index == 0 ? whose : "\(whose), number \(index + 1) of its chain,"
      let validity = certificate.validity
      if validity.upperBound < now {
        return (.wrong, "\(which) ended at \(text(of: validity.upperBound))")
      }
      if validity.lowerBound > now {
        return (.wrong, "\(which) begins only at \(text(of: validity.lowerBound))")
      }
      if validity.upperBound < now + warning {
        return (.warning, "\(which) ends at \(text(of: validity.upperBound))")
      }
    }
    return nil
  }

  static func text(of date: Date) -> String { date.formatted(.iso8601) }
}

import Foundation
import NIOCore
import NIOSSL
import RPCTransportHTTP2

/// Whether the connection is made safe as it should be, or would be if it were asked.
///
/// The client's own certificate is not shown: the server is not known yet.
struct TLSCheck {
  let target: ChannelTarget
  let probe: Probe
  /// How a server is trusted; nil for plaintext.
  let tls: ClientTLSConfiguration?
  let now: Date

  func look() async -> Finding {
    if let tls { await encrypted(tls) } else { await plaintext() }
  }

  private func finding(
    _ verdict: Finding.Verdict, _ found: String, next: String? = nil
  ) -> Finding {
    Finding(check: "tls", verdict: verdict, found: found, next: next)
  }

  private func plaintext() async -> Finding {
    if await probe.speaksHTTP2() {
      return isLocal
        ? finding(.ok, "plaintext HTTP/2, and it does not leave this machine")
        : finding(
          .warning, "plaintext HTTP/2: who is on the way reads and changes everything",
          next: "have the server given TLS, and leave out --plaintext")
    }
    if (try? await shown()) != nil {
      return finding(
        .wrong, "plaintext was asked for, and the server speaks TLS", next: "leave out --plaintext")
    }
    return finding(
      .wrong, "whoever is there speaks neither HTTP/2 in plaintext nor TLS",
      next: "check that the port is the gRPC server's")
  }

  private var isLocal: Bool {
    switch probe.endpoint {
    case .unix: true
    case .tcp(let host, _): host == "::1" || host.hasPrefix("127.")
    }
  }

  private func encrypted(_ tls: ClientTLSConfiguration) async -> Finding {
    let shown: Probe.Handshake
    do {
      shown = try await self.shown()
    } catch {
      if await probe.speaksHTTP2() {
        return finding(
          .wrong, "the server speaks HTTP/2 in plaintext, without TLS",
          next: "give --plaintext if the network is to be trusted; else have the server given TLS")
      }
      return finding(
        .wrong, "no TLS handshake, \(error)", next: "check that the port is the gRPC server's")
    }
    guard shown.application == "h2" else {
      return finding(
        .wrong, "the server does not choose HTTP/2 (ALPN h2), as gRPC needs",
        next: "check that the port is the gRPC server's, and that a proxy before it speaks HTTP/2")
    }
    let age = CertificateAge.fault(of: shown.chain, "the server's certificate", at: now)
    if let age, age.verdict == .wrong {
      return finding(
        .wrong, age.found,
        next: "have the server's certificate renewed, or set this machine's clock if it is wrong")
    }
    if let fault = await distrust(tls, shown) { return fault }
    let text = "\(Self.text(of: shown.version)), ALPN h2, certificate of \(Self.names(shown.chain))"
    if let age {
      return finding(age.verdict, "\(text); \(age.found)", next: "have it renewed before")
    }
    let end = shown.chain.first.map { CertificateAge.text(of: $0.validity.upperBound) } ?? ""
    return finding(.ok, "\(text), until \(end)")
  }

  /// What the server shows to whoever asks.
  private func shown() async throws -> Probe.Handshake {
    var configuration = configuration(trusting: .default)
    // Whose it is, is looked at below, and what to do if it is another's.
    configuration.certificateVerification = .noHostnameVerification
    return try await probe.handshake(configuration, name: dialled, isChecked: false)
  }

  /// Why the certificate is not believed, if it is not.
  private func distrust(
    _ tls: ClientTLSConfiguration, _ shown: Probe.Handshake
  ) async -> Finding? {
    var roots = NIOSSLTrustRoots.default
    if let path = tls.trustRootsPath {
      guard let read = try? NIOSSLCertificate.fromPEMFile(path), !read.isEmpty else {
        return finding(
          .wrong, "\(path) has no certificate in PEM, or cannot be read",
          next: "give --tls-ca the file of the authority that signed the server's certificate")
      }
      roots = .certificates(read)
    }
    var configuration = configuration(trusting: roots)
    configuration.certificateVerification = .noHostnameVerification
    let name = tls.serverName ?? dialled
    guard await passes(configuration, name) else {
      return finding(
        .wrong,
        "the server's certificate is of no authority in \(tls.trustRootsPath ?? "this system's store")",
        next:
          "give --tls-ca the authority's file, if you know from elsewhere that it is the right one")
    }
    configuration.certificateVerification = .fullVerification
    guard await passes(configuration, name) else {
      return finding(
        .wrong,
        "the server's certificate is not for \(name ?? "\(probe.endpoint)"): it is for \(Self.names(shown.chain))",
        next: "dial one of its names, or give it with --tls-server-name")
    }
    return nil
  }

  private func passes(_ configuration: NIOSSL.TLSConfiguration, _ name: String?) async -> Bool {
    (try? await probe.handshake(configuration, name: name, isChecked: true)) != nil
  }

  private func configuration(trusting roots: NIOSSLTrustRoots) -> NIOSSL.TLSConfiguration {
    var configuration = NIOSSL.TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2"]
    configuration.trustRoots = roots
    return configuration
  }

  /// The name in the target; nil for a literal address, of which TLS tells the server nothing (RFC 6066, section 3).
  private var dialled: String? {
    guard case .dns(let host, _) = target else { return nil }
    return (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
  }

  private static func names(_ chain: [NIOSSLCertificate]) -> String {
    let names = chain.first?.hostNames ?? []
    return names.isEmpty ? "nobody" : names.joined(separator: ", ")
  }

  private static func text(of version: TLSVersion?) -> String {
    switch version {
    case .tlsv13: "TLS 1.3"
    case .tlsv12: "TLS 1.2"
    default: "TLS"
    }
  }
}

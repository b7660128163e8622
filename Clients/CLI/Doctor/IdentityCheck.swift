import Foundation
import NIOSSL
import RPCTransportHTTP2
import SafeMobilityClient

/// Whether what says who calls is there, whole, and one's own.
struct IdentityCheck {
  let identity: SafeMobilityClient.Identity
  let now: Date

  func look() -> Finding {
    switch identity {
    case .development(let caller):
      finding(.ok, "calls say to be \(caller), which a server believes in development only")
    case .anonymous: finding(.ok, "calls are made as nobody: no certificate is given")
    case .certificate(let tls): certificate(tls)
    }
  }

  private func finding(
    _ verdict: Finding.Verdict, _ found: String, next: String? = nil
  ) -> Finding {
    Finding(check: "identity", verdict: verdict, found: found, next: next)
  }

  private func certificate(_ tls: ClientTLSConfiguration) -> Finding {
    guard let certificatePath = tls.certificatePath, let keyPath = tls.privateKeyPath else {
      return finding(.wrong, "a certificate without its key", next: "give --tls-key too")
    }
    for path in [certificatePath, keyPath]
    where !FileManager.default.isReadableFile(atPath: path) {
      return finding(
        .wrong, "\(path) cannot be read", next: "check the path and who may read the file")
    }
    guard let chain = try? NIOSSLCertificate.fromPEMFile(certificatePath), let own = chain.first
    else {
      return finding(
        .wrong, "\(certificatePath) has no certificate in PEM", next: "check what file it is")
    }
    guard let key = try? NIOSSLPrivateKey(file: keyPath, format: .pem) else {
      return finding(
        .wrong, "\(keyPath) has no private key in PEM, without a password",
        next: "check what file it is")
    }
    guard matches(chain, key) else {
      return finding(
        .wrong, "the key in \(keyPath) is not that of the certificate in \(certificatePath)",
        next: "give the two that were made together")
    }
    let age = CertificateAge.fault(of: chain, "your certificate", at: now)
    if let age, age.verdict == .wrong {
      return finding(.wrong, age.found, next: "ask whoever gave it to you for a new one")
    }
    return rights(own, keyPath, age?.found)
  }

  /// What is left to be said of a certificate and a key that go together.
  private func rights(_ own: NIOSSLCertificate, _ keyPath: String, _ end: String?) -> Finding {
    let who = own.caller.map { "you are \($0)" } ?? "a certificate that names no partner and role"
    let mode = (try? FileManager.default.attributesOfItem(atPath: keyPath))?[.posixPermissions]
    if let mode = (mode as? NSNumber)?.intValue, mode & 0o077 != 0 {
      return finding(
        .warning, "\(who); others may read or change \(keyPath) (mode 0\(String(mode, radix: 8)))",
        next:
          "chmod 600 \(Repetition.quoted(keyPath)); if somebody has read it, have a new one made")
    }
    if let end {
      return finding(.warning, "\(who); \(end)", next: "ask whoever gave it to you for a new one")
    }
    return finding(.ok, "\(who), until \(CertificateAge.text(of: own.validity.upperBound))")
  }

  /// Whether a key is a certificate's: TLS takes no other.
  private func matches(_ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) -> Bool {
    var configuration = NIOSSL.TLSConfiguration.makeClientConfiguration()
    configuration.certificateChain = chain.map { .certificate($0) }
    configuration.privateKey = .privateKey(key)
    return (try? NIOSSLContext(configuration: configuration)) != nil
  }
}

import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority that lives as long as one run. It signs leaves directly, with P-256 keys,
/// which every TLS library accepts.
struct CertificateAuthority {
  private let key = P256.Signing.PrivateKey()
  private let certificate: Certificate
  private let validity: Range<Date>

  /// A key and the certificate made for it.
  struct Issued {
    let certificate: Certificate
    let key: P256.Signing.PrivateKey

    func files(named name: String) throws -> [PEMFile] {
      [
        PEMFile(name: "\(name).pem", text: try certificate.serializeAsPEM().pemString),
        PEMFile(name: "\(name).key.pem", text: key.pemRepresentation),
      ]
    }
  }

  /// Certificates are valid from five minutes before `now`, so that a partner whose clock is a little
  /// slow can use one at once.
  init(now: Date, days: Int) throws {
    validity = now.addingTimeInterval(-300)..<now.addingTimeInterval(Double(days) * 86_400)
    let name = try DistinguishedName { CommonName("Pasarela development CA") }
    let publicKey = Certificate.PublicKey(key.publicKey)
    certificate = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: publicKey,
      notValidBefore: validity.lowerBound, notValidAfter: validity.upperBound,
      issuer: name, subject: name,
      extensions: Certificate.Extensions {
        // No intermediate below it: a leaf must not pass for an authority.
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: publicKey)
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
  }

  var pem: String { get throws { try certificate.serializeAsPEM().pemString } }
  var keyPEM: String { key.pemRepresentation }

  /// `names` and the loopback addresses, since a client that dials an address checks that.
  func issueServer(names: [ServerName]) throws -> Issued {
    let all = try names + [ServerName("127.0.0.1"), ServerName("::1")]
    var distinct: [GeneralName] = []
    for name in all.map(\.generalName) where !distinct.contains(name) { distinct.append(name) }
    return try issue(commonName: "pasarela-server", names: distinct, for: .serverAuth)
  }

  func issueClient(_ identity: PartnerIdentity) throws -> Issued {
    try issue(
      commonName: identity.description, names: [.uniformResourceIdentifier(identity.uri)],
      for: .clientAuth)
  }

  private func issue(
    commonName: String, names: [GeneralName], for usage: ExtendedKeyUsage.Usage
  ) throws -> Issued {
    let leaf = P256.Signing.PrivateKey()
    let publicKey = Certificate.PublicKey(leaf.publicKey)
    let authority = SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier
    let signed = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: publicKey,
      notValidBefore: validity.lowerBound, notValidAfter: validity.upperBound,
      issuer: certificate.subject, subject: DistinguishedName { CommonName(commonName) },
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([usage])
        SubjectAlternativeNames(names)
        SubjectKeyIdentifier(hash: publicKey)
        AuthorityKeyIdentifier(keyIdentifier: authority)
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
    return Issued(certificate: signed, key: leaf)
  }
}

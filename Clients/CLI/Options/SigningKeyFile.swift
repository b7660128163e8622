import ArgumentParser
import Crypto
import Foundation
import Protobuf
import SafeMobilityAPI

/// The file of a partner's private key, PKCS #8 in PEM as `openssl genpkey` writes it; `-` is standard input. Keys are
/// never on the command line, where everybody on the machine could read them.
struct SigningKeyFile: ExpressibleByArgument {
  let path: String

  init?(argument: String) { path = argument }

  /// The key in it.
  func read() throws(CommandFailure) -> PartnerSigner {
    let bytes: [UInt8]
    do {
      bytes = try Surroundings.current.readFile(path)
    } catch {
      throw CommandFailure("cannot read \(path): check the path and who may read the file")
    }
    guard let signer = PartnerSigner(pem: String(decoding: bytes, as: UTF8.self)) else {
      throw CommandFailure(
        """
        \(path) is no private key of Ed25519 or P-256, PKCS #8 in PEM and not encrypted; \
        `openssl genpkey -algorithm ed25519` makes one
        """)
    }
    return signer
  }
}

/// A partner's private key.
enum PartnerSigner {
  case ed25519(Curve25519.Signing.PrivateKey)
  case p256(P256.Signing.PrivateKey)

  /// What stands before the 32 bytes of a private key (RFC 8410).
  private static let ed25519Head: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
  /// What stands before the 32 bytes of a public one.
  private static let publicHead: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  /// nil for anything but a private key of the two kinds.
  init?(pem: String) {
    if let key = try? P256.Signing.PrivateKey(pemRepresentation: pem) {
      self = .p256(key)
      return
    }
    let lines = pem.split(whereSeparator: \.isNewline).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard lines.first == "-----BEGIN PRIVATE KEY-----", lines.last == "-----END PRIVATE KEY-----",
      let der = Data(base64Encoded: lines.dropFirst().dropLast().joined()),
      der.count == 48, der.starts(with: Self.ed25519Head),
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: der.suffix(32))
    else { return nil }
    self = .ed25519(key)
  }

  /// The public half as the contract has it, but for its id.
  var publicKey: SafeMobility.PartnerKey {
    .with {
      switch self {
      case .ed25519(let key):
        $0.algorithm = .ed25519
        $0.publicKey = Self.publicHead + key.publicKey.rawRepresentation
      case .p256(let key):
        $0.algorithm = .ecdsaP256
        $0.publicKey = Array(key.publicKey.derRepresentation)
      }
    }
  }

  /// A signature as the contract has it.
  func signature(over message: [UInt8]) throws(CommandFailure) -> [UInt8] {
    do {
      switch self {
      case .ed25519(let key): return Array(try key.signature(for: message))
      case .p256(let key): return Array(try key.signature(for: message).derRepresentation)
      }
    } catch {
      throw CommandFailure("cannot sign: \(error)")
    }
  }
}

import Crypto
import Domain

/// A key that signs what others must be able to check: Ed25519 (RFC 8032).
struct SigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// - Returns: nil for other than 32 bytes
  init?(seed: [UInt8]) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
    self.key = key
  }

  /// The public key, in hexadecimal: who has it written down can check a signature, and needs nobody
  /// to tell which key it is.
  var id: String { Hexadecimal.text(of: Array(key.publicKey.rawRepresentation)) }

  /// The signature over bytes.
  func signature(over bytes: [UInt8]) -> [UInt8] {
    // Signing fails only where the source of randomness does, and then nothing works.
    guard let signature = try? key.signature(for: bytes) else {
      preconditionFailure("Ed25519 refused to sign")
    }
    return Array(signature)
  }
}

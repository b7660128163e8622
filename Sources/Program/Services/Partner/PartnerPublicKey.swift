import Crypto
import Domain

/// A partner's public key, ready to check what was signed with it.
///
/// One encoding is taken for each key, so that a key that is registered already is found by its bytes.
struct PartnerPublicKey {
  private enum Kind {
    case ed25519(Curve25519.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
  }

  private let kind: Kind

  /// - Throws: FIELD_INVALID for bytes that are no such key, or one whose signatures prove nothing
  init(_ algorithm: KeyAlgorithm, _ info: [UInt8], field: String) throws(Refusal) {
    switch algorithm {
    case .ed25519: kind = .ed25519(try Self.ed25519(info, field))
    case .ecdsaP256: kind = .p256(try Self.p256(info, field))
    }
  }

  /// The key of a record, which was read once before.
  init(_ key: PartnerKey) throws(Refusal) {
    try self.init(key.algorithm, key.publicKey, field: "key")
  }

  /// Whether these bytes are a signature with its private key over the message.
  func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    switch kind {
    case .ed25519(let key): return key.isValidSignature(signature, for: message)
    case .p256(let key):
      guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
        return false
      }
      return key.isValidSignature(signature, for: message)
    }
  }

  /// What stands before the 32 bytes of the key (RFC 8410).
  private static let ed25519Head: [UInt8] = [
    0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
  ]

  /// What stands before the 64 bytes of the point (RFC 5480), that it is not compressed included.
  private static let p256Head: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
  ]

  private static func ed25519(
    _ info: [UInt8], _ field: String
  ) throws(Refusal) -> Curve25519.Signing.PublicKey {
    guard info.count == 44, info.starts(with: ed25519Head) else {
      throw Refusal.field(
        field, "must be the 44 bytes of SubjectPublicKeyInfo in DER that an Ed25519 key has")
    }
    let point = Array(info.dropFirst(ed25519Head.count))
    guard EdwardsPoint.isUsable(point),
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point)
    else {
      throw Refusal.field(field, "is a point of small order, or not reduced; make a new pair")
    }
    return key
  }

  private static func p256(
    _ info: [UInt8], _ field: String
  ) throws(Refusal) -> P256.Signing.PublicKey {
    guard info.count == 91, info.starts(with: p256Head) else {
      throw Refusal.field(
        field,
        "must be the 91 bytes of SubjectPublicKeyInfo in DER that a P-256 key has whose point is not compressed"
      )
    }
    guard let key = try? P256.Signing.PublicKey(x963Representation: info.suffix(65)) else {
      throw Refusal.field(field, "is no point of P-256; make a new pair")
    }
    return key
  }
}

/// Which encodings of points of Ed25519 a key may have.
enum EdwardsPoint {
  /// y of the points whose order divides 8, little-endian: with such a key one signature is good for every
  /// message, so that it is nobody's.
  private static let smallOrder: [[UInt8]] = [
    [UInt8](repeating: 0, count: 32),
    [1] + [UInt8](repeating: 0, count: 31),
    [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98,
      0xF0,
      0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC,
      0x05,
    ],
    [
      0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67,
      0x0F,
      0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03,
      0x7A,
    ],
    [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
  ]

  /// Whether 32 bytes are the one encoding of their point, and that is of no small order (RFC 8032, 5.1.3).
  static func isUsable(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 32 else { return false }
    // The uppermost bit is the sign of x.
    let y = bytes.dropLast() + [bytes[31] & 0x7F]
    // 2^255 - 19 and what is above it say the same as numbers below it.
    let isReduced =
      y[0] < 0xED || y[31] != 0x7F || y[1..<31].contains { $0 != 0xFF }
    return isReduced && !smallOrder.contains(Array(y))
  }
}

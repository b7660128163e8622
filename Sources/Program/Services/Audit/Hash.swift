import Crypto
import Domain

/// A domain digest; the name alone is also a protocol of the hash library.
typealias Digest = Domain.Digest

/// The hashes of the audit log: SHA-256, and HMAC-SHA256 where a key that erasure destroys must
/// stand between a digest and a guess (domain § 12).
enum Hash {
  /// SHA-256.
  static func sha256(_ bytes: [UInt8]) -> Digest {
    Digest(exactly: Array(SHA256.hash(data: bytes)))
  }

  /// SHA-256 of text in UTF-8.
  static func sha256(_ text: String) -> Digest { sha256(Array(text.utf8)) }

  /// The commitment to a message: HMAC under the subject's key of the message's SHA-256, or that
  /// SHA-256 itself where no person is concerned.
  static func commitment(to digest: Digest, key: [UInt8]?) -> Digest {
    guard let key else { return digest }
    return code(of: digest.bytes, key: key)
  }

  /// HMAC-SHA256.
  static func code(of bytes: [UInt8], key: [UInt8]) -> Digest {
    let tag = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key))
    return Digest(exactly: Array(tag))
  }
}

extension Digest {
  /// The 32 bytes that a SHA-256 always has.
  fileprivate init(exactly bytes: [UInt8]) {
    guard let digest = Digest(bytes) else {
      preconditionFailure("SHA-256 gave \(bytes.count) bytes")
    }
    self = digest
  }
}

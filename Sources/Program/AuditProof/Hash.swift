import Crypto
package import Domain

/// The hashes of the audit log: SHA-256, and HMAC-SHA256 where a key that erasure destroys must
/// stand between a digest and a guess (domain § 12).
package enum Hash {
  /// SHA-256.
  package static func sha256(_ bytes: [UInt8]) -> Domain.Digest {
    Domain.Digest(exactly: Array(SHA256.hash(data: bytes)))
  }

  /// SHA-256 of text in UTF-8.
  package static func sha256(_ text: String) -> Domain.Digest { sha256(Array(text.utf8)) }

  /// The audit log's tree.
  package static let tree = MerkleTree { sha256($0) }

  /// The key of one entry's commitments, made from its subject's: whoever has it can prove that entry, and nothing else.
  package static func entryKey(_ key: [UInt8], of entry: AuditEntryID) -> [UInt8] {
    commitment(to: sha256("entry \(entry)"), key: key).bytes
  }

  /// The commitment to a message: HMAC under the subject's key of the message's SHA-256, or that
  /// SHA-256 itself where no person is concerned.
  package static func commitment(to digest: Domain.Digest, key: [UInt8]?) -> Domain.Digest {
    guard let key else { return digest }
    return code(of: digest.bytes, key: key)
  }

  /// HMAC-SHA256.
  package static func code(of bytes: [UInt8], key: [UInt8]) -> Domain.Digest {
    let tag = HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: key))
    return Domain.Digest(exactly: Array(tag))
  }
}

extension Domain.Digest {
  /// The 32 bytes that a SHA-256 always has.
  fileprivate init(exactly bytes: [UInt8]) {
    guard let digest = Domain.Digest(bytes) else {
      preconditionFailure("SHA-256 gave \(bytes.count) bytes")
    }
    self = digest
  }
}

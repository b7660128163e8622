import Crypto
import Domain

/// Seals text so that only this server can read it back, and only for what it was sealed for:
/// AES-256-GCM (NIST SP 800-38D) with a random nonce.
///
/// A nonce is random and 96 bits long, so one key is good for 2^32 sealings (SP 800-38D, 8.3).
struct Seal: Sendable {
  /// 32 bytes.
  let key: SymmetricKey

  /// The sealed bytes; `context` must be the same to open them.
  func seal(_ bytes: [UInt8], for context: Digest) -> [UInt8] {
    // Sealing fails only for nonces of another length than the one that is made here.
    guard
      let box = try? AES.GCM.seal(bytes, using: key, authenticating: context.bytes),
      let sealed = box.combined
    else { preconditionFailure("AES-GCM refused its own nonce") }
    return Array(sealed)
  }

  /// What was sealed for `context`; nil for bytes that were not.
  func open(_ sealed: [UInt8], for context: Digest) -> [UInt8]? {
    guard let box = try? AES.GCM.SealedBox(combined: sealed),
      let bytes = try? AES.GCM.open(box, using: key, authenticating: context.bytes)
    else { return nil }
    return Array(bytes)
  }
}

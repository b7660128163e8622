import AuditProof
import Domain

/// The proof that a key is its partner's; see ``AuditProof/KeyProofText``.
struct KeyProof {
  private let text: [UInt8]

  /// - Parameters:
  ///   - method: `RegisterKey` or `RotateKey`
  ///   - key: the new key
  ///   - old: the key that it replaces
  ///   - requestID: the request's own
  init(
    _ method: String, _ partner: PartnerID, _ key: PartnerKey, replacing old: PartnerKey? = nil,
    requestID: String
  ) {
    text = KeyProofText.bytes(
      method, partner: partner.name, keyID: key.id, publicKey: key.publicKey, replacing: old?.id,
      requestID: requestID.lowercased())
  }

  /// Refuses a signature over anything else, or with another key.
  func check(_ signature: [UInt8], by key: PartnerKey, field: String) throws(Refusal) {
    guard try PartnerPublicKey(key).isSignature(signature, of: text) else {
      throw Refusal.field(
        field,
        "is no signature with the key over the text that the contract gives for this partner, key and request_id"
      )
    }
  }
}

/// What is signed to show that a key is its partner's: one partner, one key, one request. Nothing else that such a key
/// signs begins like it, and a release's digest is shorter. The contract says the same in words.
package enum KeyProofText {
  /// The text, of whole lines in ASCII.
  ///
  /// - Parameters:
  ///   - method: `RegisterKey` or `RotateKey`
  ///   - partner: its resource name
  ///   - keyID: the new key's
  ///   - publicKey: the new key, SubjectPublicKeyInfo in DER
  ///   - oldKeyID: of the key that it replaces; nil where it replaces none
  ///   - requestID: the request's own, in lower case
  package static func bytes(
    _ method: String, partner: String, keyID: String, publicKey: [UInt8],
    replacing oldKeyID: String?,
    requestID: String
  ) -> [UInt8] {
    let lines = [
      "pasarela-partner-key-v1", method, partner, keyID, "\(Hash.sha256(publicKey))", oldKeyID,
      requestID,
    ]
    return Array(lines.compactMap { $0.map { "\($0)\n" } }.joined().utf8)
  }
}

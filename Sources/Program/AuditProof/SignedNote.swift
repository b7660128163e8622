import Crypto
package import FoundationEssentials

/// A text with signatures under it, as C2SP signed-note has it: https://c2sp.org/signed-note
package struct SignedNote: Hashable, Sendable {
  /// One signature.
  package struct Signature: Hashable, Sendable {
    package var name: String
    package var keyID: Data
    package var bytes: Data
  }

  /// What is signed; ends with a newline.
  package let text: String
  /// The signatures, none of them checked.
  package let signatures: [Signature]

  /// Reads a note.
  ///
  /// - Returns: nil for text that is none
  package init?(_ note: String) {
    guard let end = note.ranges(of: "\n\n").last else { return nil }
    text = String(note[..<end.lowerBound]) + "\n"
    var signatures: [Signature] = []
    for line in note[end.upperBound...].split(separator: "\n", omittingEmptySubsequences: true) {
      guard let signature = Signature(line: line) else { return nil }
      signatures.append(signature)
    }
    guard !signatures.isEmpty, note.hasSuffix("\n") else { return nil }
    self.signatures = signatures
  }

  /// Whether the holder of a key has signed it.
  package func isSigned(by key: NoteKey) -> Bool {
    signatures.contains { signature in
      signature.name == key.name && signature.keyID == key.id
        && key.isValid(signature.bytes, for: text)
    }
  }
}

extension SignedNote.Signature {
  private static let mark = "\u{2014} "

  fileprivate init?(line: Substring) {
    guard line.hasPrefix(Self.mark) else { return nil }
    let parts = line.dropFirst(Self.mark.count).split(separator: " ")
    guard parts.count == 2, let bytes = Data(base64Encoded: String(parts[1])),
      bytes.count > NoteKey.idLength
    else { return nil }
    name = String(parts[0])
    keyID = Data(bytes.prefix(NoteKey.idLength))
    self.bytes = Data(bytes.dropFirst(NoteKey.idLength))
  }
}

/// The public key of somebody who signs notes with Ed25519 (RFC 8032).
package struct NoteKey: Hashable, Sendable {
  static let idLength = 4
  /// The algorithm's number in key texts: Ed25519.
  fileprivate static let algorithm: UInt8 = 1

  /// The signer's name, without spaces and plus signs.
  package let name: String
  /// The start of a digest of name and key, by which signatures name it.
  package let id: Data
  private let publicKey: Data

  /// The key as text: `NAME+ID+KEY`.
  package var text: String {
    let digits = id.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    return "\(name)+\(digits)+\((Data([Self.algorithm]) + publicKey).base64EncodedString())"
  }

  fileprivate init(name: String, publicKey: Data) {
    self.name = name
    self.publicKey = publicKey
    let named = Data(name.utf8) + [UInt8(ascii: "\n"), Self.algorithm] + publicKey
    id = Data(SHA256.hash(data: named).prefix(Self.idLength))
  }

  /// The key of a text.
  ///
  /// - Returns: nil for text that is none, or whose id is not that of its key
  package init?(text: String) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, let bytes = Data(base64Encoded: String(parts[2])),
      bytes.count == 33, bytes.first == Self.algorithm
    else { return nil }
    self.init(name: String(parts[0]), publicKey: Data(bytes.dropFirst()))
    guard self.text == text else { return nil }
  }

  fileprivate func isValid(_ signature: Data, for text: String) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
      return false
    }
    return key.isValidSignature(signature, for: Data(text.utf8))
  }
}

/// Signs notes.
package struct NoteSigner: Sendable {
  private let privateKey: Data
  /// By which its signatures are checked.
  package let key: NoteKey

  /// - Parameters:
  ///   - name: without spaces and plus signs
  ///   - seed: 32 random bytes, the private key of RFC 8032
  /// - Returns: nil for a seed of another length
  package init?(name: String, seed: [UInt8]) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else { return nil }
    privateKey = key.rawRepresentation
    self.key = NoteKey(name: name, publicKey: key.publicKey.rawRepresentation)
  }

  /// The note over a text, which ends with a newline.
  package func sign(_ text: String) throws -> String {
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: privateKey)
    let signature = try key.signature(for: Data(text.utf8))
    return "\(text)\n\u{2014} \(self.key.name) \((self.key.id + signature).base64EncodedString())\n"
  }
}

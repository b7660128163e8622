package import Domain

/// What a server signs for whoever has sent or acknowledged a referral: that this request has handed over this release,
/// and which entry of its log tells of it (domain § 9).
///
/// It is signed as a note (C2SP signed-note) with the key of the log's checkpoints, so that the caller holds something
/// in hand before the next checkpoint is made. In the trailer stands the signature alone; whoever has the request, the
/// answer and the trailer `pasarela-audit-entry` has the text.
package struct CallReceipt: Hashable, Sendable {
  /// The trailer.
  package static let metadata = "pasarela-receipt"
  /// The first line: no checkpoint begins with it, since none has a method where its size would be.
  private static let title = "pasarela.dev/receipt/v1"

  /// `pkg.Service/Method`.
  package let method: String
  /// SHA-256 of the request's bytes.
  package let request: Digest
  /// The digest of the release, as in `release_sha256`.
  package let release: Digest
  /// The entry, as `pasarela-audit-entry` names it.
  package let entry: String

  package init(method: String, request: Digest, release: Digest, entry: String) {
    self.method = method
    self.request = request
    self.release = release
    self.entry = entry
  }

  /// What is signed.
  package var text: String {
    "\(Self.title)\n\(method)\n\(request)\n\(release)\n\(entry)\n"
  }

  /// The trailer's value: the signer's name and its signature, as in the last line of a note.
  package func trailer(by signer: NoteSigner) throws -> String {
    String(try signer.sign(text).dropFirst(text.utf8.count + Self.lineStart.count).dropLast())
  }

  /// Whether a trailer is the signature of the key's holder under exactly this.
  package func isSigned(by key: NoteKey, trailer: String) -> Bool {
    SignedNote("\(text)\(Self.lineStart)\(trailer)\n")?.isSigned(by: key) == true
  }

  /// What stands between a note's text and the signer's name.
  private static let lineStart = "\n\u{2014} "
}

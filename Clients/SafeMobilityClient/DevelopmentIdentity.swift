/// Who is calling when no certificate says so: `PARTNER/ROLE`, such as `unhcr/SCREENER`.
///
/// A server believes it in plaintext only, and only when it was started with `--insecure`.
public struct DevelopmentIdentity: Sendable, Hashable {
  /// The id of the partner: a letter, then up to 62 of a-z, 0-9 and `-`.
  public let partner: String
  /// The role as the schema writes it, without its prefix: A-Z, 0-9 and `_`.
  public let role: String
}

extension DevelopmentIdentity: LosslessStringConvertible {
  /// Reads `PARTNER/ROLE`; nil when the text is not of that form.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...63).contains($0.utf8.count) }) else {
      return nil
    }
    let lower = UInt8(ascii: "a")...UInt8(ascii: "z")
    let upper = UInt8(ascii: "A")...UInt8(ascii: "Z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = parts[0].utf8.first, lower.contains(first),
      parts[0].utf8.allSatisfy({
        lower.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
      }),
      let initial = parts[1].utf8.first, upper.contains(initial),
      parts[1].utf8.allSatisfy({
        upper.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
      })
    else { return nil }
    partner = String(parts[0])
    role = String(parts[1])
  }

  /// The text that `init` reads.
  public var description: String { "\(partner)/\(role)" }
}

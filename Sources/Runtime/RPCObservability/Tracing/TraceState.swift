/// What tracing systems have added to a trace, each under its key, the latest first.
///
/// Source: W3C Trace Context § 3.3. We add nothing, so it is handed on as it came.
public struct TraceState: Sendable, Hashable {
  /// Members that a list may have (§ 3.3.1.1).
  public static let memberCountMax = 32
  /// The length up to which everybody hands a list on (§ 3.3.1.5), and beyond which we do not.
  public static let byteCountMax = 512

  /// One member of the list.
  public struct Member: Sendable, Hashable {
    /// Whose it is.
    public var key: String
    /// What it says, opaque to others.
    public var value: String
  }

  /// The members in order, keys once each.
  public let members: [Member]

  /// An empty list.
  public init() { members = [] }

  /// Reads a list, several header fields joined by commas; nil when it breaks a rule.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.byteCountMax else { return nil }
    var members: [Member] = []
    for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let trimmed = Self.trimmed(part)
      // Lists may have empty members, to be left out.
      if trimmed.isEmpty { continue }
      guard let member = Self.member(trimmed), members.count < Self.memberCountMax,
        !members.contains(where: { $0.key == member.key })
      else { return nil }
      members.append(member)
    }
    self.members = members
  }

  /// The header field; empty when there is nothing to send.
  public var text: String { members.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }

  private static func member(_ text: Substring.UTF8View) -> Member? {
    guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let (key, value) = (text[..<equals], text[text.index(after: equals)...])
    guard (1...256).contains(key.count), value.count <= 256, let first = key.first,
      isLetterOrDigit(first), key.allSatisfy(isKeyCharacter),
      value.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x2C && $0 != 0x3D })
    else { return nil }
    return Member(key: String(Substring(key)), value: String(Substring(value)))
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
  }

  /// `_ - * /`, and `@`, which parts a tenant from its system.
  private static func isKeyCharacter(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || [0x5F, 0x2D, 0x2A, 0x2F, 0x40].contains(byte)
  }

  /// Without spaces and tabs at the ends.
  private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    let text = text.drop { $0 == 0x20 || $0 == 0x09 }
    guard let last = text.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else {
      return text[text.endIndex...]
    }
    return text[...last]
  }
}

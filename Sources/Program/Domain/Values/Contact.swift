/// A telephone number in E.164 form: `+`, a country code that does not begin with 0, at most 15
/// digits in all (ITU-T E.164 § 6) and at least 7, because nothing shorter is an international
/// number in use.
public struct PhoneNumber: RawRepresentable, Hashable, Sendable, Codable {
  /// `+50255551234`.
  public let rawValue: String

  /// Canonical text only, no spaces or hyphens.
  public init?(rawValue: String) {
    let digits = rawValue.utf8.dropFirst()
    guard rawValue.utf8.first == UInt8(ascii: "+"), (7...15).contains(digits.count),
      digits.first != UInt8(ascii: "0"), digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    self.rawValue = rawValue
  }
}

/// An e-mail address, checked only so far that a message can be tried: one `@`, a local part of
/// 1 … 64 bytes, a dotted domain of at most 255, no spaces or controls (RFC 5321 § 4.5.3.1).
public struct EmailAddress: RawRepresentable, Hashable, Sendable, Codable {
  /// The address as given.
  public let rawValue: String

  /// `nil` when no message could be sent to it.
  public init?(rawValue: String) {
    let parts = rawValue.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, (1...64).contains(parts[0].utf8.count),
      (3...255).contains(parts[1].utf8.count),
      rawValue.unicodeScalars.allSatisfy({ $0.value > 0x20 && !(0x7F...0xA0).contains($0.value) })
    else { return nil }
    let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.rawValue = rawValue
  }
}

/// A language by its BCP 47 tag, in the canonical case: `es-GT`, `quc`, `zh-Hant`.
///
/// Well-formedness of language, script, region and variants is checked (RFC 5646 § 2.1), not
/// registration; extensions, private use and grandfathered tags are refused.
public struct LanguageTag: Identifier {
  /// The tag in canonical case.
  public let rawValue: String

  /// `nil` when the tag is not well-formed or not in canonical case.
  public init?(rawValue: String) {
    guard let tag = LanguageTag(reading: rawValue), tag.rawValue == rawValue else { return nil }
    self = tag
  }

  /// A well-formed tag in any case, made canonical.
  public init?(reading text: String) {
    let subtags = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard subtags.count <= 6, let language = subtags.first,
      (2...3).contains(language.utf8.count), language.utf8.allSatisfy(Self.isLetter)
    else { return nil }
    var canonical = [language.lowercased()]
    var rest = subtags.dropFirst()
    if let script = rest.first, script.utf8.count == 4, script.utf8.allSatisfy(Self.isLetter) {
      canonical.append(script.prefix(1).uppercased() + script.dropFirst().lowercased())
      rest = rest.dropFirst()
    }
    if let region = rest.first, Self.isRegion(region) {
      canonical.append(region.uppercased())
      rest = rest.dropFirst()
    }
    for variant in rest {
      guard Self.isVariant(variant) else { return nil }
      canonical.append(variant.lowercased())
    }
    rawValue = canonical.joined(separator: "-")
  }

  private init(known rawValue: String) { self.rawValue = rawValue }

  /// Spanish of Guatemala, the language to fall back to.
  public static let fallback = LanguageTag(known: "es-GT")

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isRegion(_ text: String) -> Bool {
    switch text.utf8.count {
    case 2: text.utf8.allSatisfy(isLetter)
    case 3: text.utf8.allSatisfy(isDigit)
    default: false
    }
  }

  private static func isVariant(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ isLetter($0) || isDigit($0) }), let first = text.utf8.first else {
      return false
    }
    return (5...8).contains(text.utf8.count) || (text.utf8.count == 4 && isDigit(first))
  }
}

/// An id with a type of its own: text, comparable, stored and sent as one string.
///
/// Codable comes from `RawRepresentable`: a single string, refused when the rule is broken.
public protocol Identifier: RawRepresentable<String>, Hashable, Comparable, Codable, Sendable,
  CustomStringConvertible
{
}

extension Identifier {
  /// The id itself.
  public var description: String { rawValue }

  /// By text, byte by byte; carries no meaning, but is the same on every engine.
  public static func < (lhs: Self, rhs: Self) -> Bool {
    lhs.rawValue.utf8.lexicographicallyPrecedes(rhs.rawValue.utf8)
  }
}

/// The id of something that bears on people: random, without order, because order leaks volume.
///
/// 128 random bits as 26 lower-case Crockford characters (the first is 0 … 7), then a check
/// character; see ``Crockford``.
public protocol RandomIdentifier: Identifier {
  /// Keeps text that ``init(rawValue:)`` would take; the check is the caller's.
  init(checked rawValue: String)
}

extension RandomIdentifier {
  /// The id in its canonical text; `nil` for a wrong length, letter, case or check.
  public init?(rawValue: String) {
    guard RandomIdentifierText.isCanonical(rawValue) else { return nil }
    self.init(checked: rawValue)
  }

  /// A new id from 128 bits of `random`. Only a cryptographic source makes ids unguessable.
  public init(using random: inout some RandomNumberGenerator) {
    self.init(checked: RandomIdentifierText.make(using: &random))
  }
}

/// The text rule of ``RandomIdentifier``.
enum RandomIdentifierText {
  static let byteCount = 27

  static func make(using random: inout some RandomNumberGenerator) -> String {
    var bits = (high: random.next(), low: random.next())
    var values: [UInt8] = []
    for _ in 0..<26 {
      values.append(UInt8(truncatingIfNeeded: bits.low & 31))
      bits.low = bits.low >> 5 | bits.high << 59
      bits.high >>= 5
    }
    return Crockford.seal(values.reversed()).lowercased()
  }

  /// Ids are read in every call, so this is one pass without a copy: Luhn's sum from the left,
  /// where the last character before the check counts double.
  static func isCanonical(_ text: String) -> Bool {
    let bytes = text.utf8
    guard bytes.count == byteCount, let first = bytes.first,
      (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(first)
    else { return false }
    var sum = 0
    var position = 0
    for byte in bytes {
      // Upper case and look-alikes have values, but an id has one spelling.
      guard let value = Crockford.value(of: byte),
        Crockford.digits[Int(value)] | 0x20 == byte | 0x20,
        !(0x41...0x5A).contains(byte)
      else { return false }
      let product = position & 1 == 1 && position < byteCount - 1 ? 2 * Int(value) : Int(value)
      sum += product / 32 + product % 32
      position += 1
    }
    return sum % 32 == 0
  }
}

/// The id of something public, chosen by an administrator: `gt-pilot-2023`, `gt-xel-01`.
///
/// 1 … 63 characters of `a-z 0-9 -`, starting and ending with a letter or digit.
public protocol SlugIdentifier: Identifier {
  /// Keeps text that ``init(rawValue:)`` would take; the check is the caller's.
  init(checked rawValue: String)
}

extension SlugIdentifier {
  /// `nil` when the text breaks the rule.
  public init?(rawValue: String) {
    guard SlugText.isSlug(rawValue[...]) else { return nil }
    self.init(checked: rawValue)
  }
}

/// The id of something public inside something public: two slugs, `gt-xel-01/interview`.
public protocol PairIdentifier: Identifier {
  /// Keeps text that ``init(rawValue:)`` would take; the check is the caller's.
  init(checked rawValue: String)
}

extension PairIdentifier {
  /// `nil` unless the text is two slugs with one slash between.
  public init?(rawValue: String) {
    let parts = rawValue.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy(SlugText.isSlug) else { return nil }
    self.init(checked: rawValue)
  }

  /// The slug of the parent.
  public var parentText: String { String(rawValue.prefix { $0 != "/" }) }
  /// The slug inside the parent.
  public var code: String { String(rawValue.drop { $0 != "/" }.dropFirst()) }
}

/// The text rule of ``SlugIdentifier``.
enum SlugText {
  static func isSlug(_ text: Substring) -> Bool {
    let bytes = text.utf8
    guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D else {
      return false
    }
    return bytes.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
    }
  }
}

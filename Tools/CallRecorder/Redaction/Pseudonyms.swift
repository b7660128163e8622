import Crypto

/// Puts something else in the place of a value: always the same for the same value and key, and of the same shape, so that
/// what takes the value takes its pseudonym, and what was equal stays equal.
///
/// Without the key nobody can tell whose pseudonym it is, not even by trying out names.
public struct Pseudonyms: Sendable {
  private let key: SymmetricKey

  /// - Parameter key: 32 random bytes; of a cassette alone, or kept to match later calls with it
  public init(key: [UInt8]) {
    self.key = SymmetricKey(data: key)
  }

  /// So many bytes that follow from the key, a kind of value and the value.
  private func stream(_ kind: String, _ value: some Sequence<UInt8>, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var counter: UInt8 = 0
    var block = Array("\(kind)\u{0}".utf8) + Array(value)
    while bytes.count < count {
      bytes += HMAC<SHA256>.authenticationCode(for: block + [counter], using: key)
      // Longer than 8 KiB goes on from what was made last.
      if counter == .max { block = Array(bytes.suffix(32)) }
      counter &+= 1
    }
    return Array(bytes.prefix(count))
  }

  /// A number that follows from a value, below `bound`.
  private func number(_ kind: String, _ value: UInt64, below bound: UInt64) -> UInt64 {
    let bytes = stream(kind, (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }, count: 8)
    return bytes.reduce(0) { $0 << 8 | UInt64($1) } % max(bound, 1)
  }

  /// Another text of the same shape: letters stay letters, digits digits, and the rest what it is. What looks like an e-mail
  /// address, a telephone number or a CUI becomes one that nobody can have.
  public func text(_ text: String) -> String {
    if text.isEmpty { return text }
    if let at = text.lastIndex(of: "@") {
      return "\(shaped(String(text[..<at])))@example.org"
    }
    let digits = text.filter(\.isASCIIDigit)
    if text.hasPrefix("+"), digits.count == text.count - 1, digits.count > 5 {
      // No number of Guatemala begins with 0.
      return "+5020" + shaped(digits).prefix(digits.count - 4)
    }
    if digits.count == 13, text.allSatisfy({ $0.isASCIIDigit || $0 == " " || $0 == "-" }) {
      return Self.cui(shaped(String(digits.prefix(8))))
    }
    // Of a resource name, the collections stay.
    guard text.contains("/") else { return shaped(text) }
    return text.split(separator: "/", omittingEmptySubsequences: false).enumerated()
      .map { $0.isMultiple(of: 2) ? String($1) : shaped(String($1)) }
      .joined(separator: "/")
  }

  private func shaped(_ text: String) -> String {
    let noise = stream("text", text.utf8, count: text.count)
    return String(
      zip(text, noise).map { character, byte in
        switch character {
        case _ where character.isASCIIDigit: Character(UnicodeScalar(0x30 + byte % 10))
        case _ where character.isLowercase: Character(UnicodeScalar(0x61 + byte % 26))
        case _ where character.isLetter: Character(UnicodeScalar(0x41 + byte % 26))
        default: character
        }
      })
  }

  /// A CUI whose check digit is right, of department 99, which there is not.
  private static func cui(_ digits: String) -> String {
    let sum = digits.enumerated().reduce(0) { sum, digit in
      sum + (digit.element.wholeNumberValue ?? 0) * (digit.offset + 2)
    }
    return "\(digits)\(sum % 11 % 10)9901"
  }

  /// Other bytes of the same number.
  public func bytes(_ bytes: [UInt8]) -> [UInt8] { stream("bytes", bytes, count: bytes.count) }

  /// Another whole number, 0 for 0: of a part of a date one that makes a date, else one of a digit.
  ///
  /// - Parameter name: the field's
  public func integer(_ value: UInt64, named name: String) -> UInt64 {
    if value == 0 { return 0 }
    switch name {
    case "year": return 1950 + number("year", value, below: 50)
    case "month": return 1 + number("month", value, below: 12)
    case "day": return 1 + number("day", value, below: 28)
    // Of a time: within the year 2000.
    case "seconds": return 946_684_800 + number("seconds", value, below: 31_536_000)
    default: return 1 + number("integer", value, below: 9)
    }
  }

  /// Another of some numbers; 0 for 0.
  public func choice(_ value: UInt64, of numbers: [UInt64]) -> UInt64 {
    if value == 0 || numbers.isEmpty { return 0 }
    return numbers[Int(number("choice", value, below: UInt64(numbers.count)))]
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

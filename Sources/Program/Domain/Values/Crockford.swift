/// Crockford's base 32 (crockford.com/base32.html) with a Luhn mod 32 check character.
///
/// The alphabet leaves out I, L, O and U, so that codes can be read out over the phone. The check
/// finds every single wrong character, and every swap of neighbours except `0` with `Z`.
public enum Crockford {
  static let digits: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

  /// The value of a character, 0 … 31, either case; I and L read as 1, O as 0.
  static func value(of character: UInt8) -> UInt8? {
    let value = values[Int(character)]
    return value < 32 ? value : nil
  }

  /// The value of every byte; 255 for those that have none.
  static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in digits.enumerated() {
      values[Int(digit)] = UInt8(value)
      if digit > 0x40 { values[Int(digit) + 0x20] = UInt8(value) }
    }
    for (look, value) in zip("OoIiLl".utf8, [0, 0, 1, 1, 1, 1] as [UInt8]) {
      values[Int(look)] = value
    }
    return values
  }()

  /// The check value of a row of base 32 values, by Luhn's rule with modulus 32.
  ///
  /// Doubling is a permutation for an even modulus, which is why one wrong value always shows.
  static func check(_ values: some BidirectionalCollection<UInt8>) -> UInt8 {
    var factor = 2
    var sum = 0
    for value in values.reversed() {
      let product = factor * Int(value)
      sum += product / 32 + product % 32
      factor = 3 - factor
    }
    return UInt8((32 - sum % 32) % 32)
  }

  /// `count` random characters and their check character, upper-case.
  static func make(count: Int, using random: inout some RandomNumberGenerator) -> String {
    seal((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() >> 59) })
  }

  /// The values and their check as upper-case text.
  static func seal(_ values: [UInt8]) -> String {
    let all = values + [check(values)]
    return String(decoding: all.map { digits[Int($0)] }, as: UTF8.self)
  }

  /// Whether `text` is canonical upper-case text of `count` characters with a right check.
  static func isSealed(_ text: String, count: Int) -> Bool {
    read(text, count: count) == text
  }

  /// What a person typed, made canonical: case, spaces and hyphens aside, look-alikes mapped;
  /// `nil` when the length or the check is wrong.
  static func read(_ text: String, count: Int) -> String? {
    var values: [UInt8] = []
    for character in text.utf8 where character != 0x20 && character != 0x2D {
      guard values.count < count, let value = value(of: character) else { return nil }
      values.append(value)
    }
    guard values.count == count, let last = values.last, check(values.dropLast()) == last else {
      return nil
    }
    return seal(Array(values.dropLast()))
  }
}

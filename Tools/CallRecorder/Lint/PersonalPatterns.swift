/// What texts have the shape of something that belongs to one person.
enum PersonalPatterns {
  /// What a text has in it, in words for a report; empty when nothing.
  ///
  /// What ``Pseudonyms`` makes is of nobody and is not found, nor are the addresses that RFC 2606 sets apart for examples.
  static func found(in text: String) -> [String] {
    var found: [String] = []
    if text.contains("@"), hasAddress(text) { found.append("an e-mail address") }
    if text.contains("+"), hasPhone(text) { found.append("a telephone number") }
    if hasCUI(text) { found.append("a CUI") }
    return found
  }

  /// What the printable stretches of some bytes have in them.
  static func found(in bytes: [UInt8]) -> [String] {
    var found: [String] = []
    for stretch in bytes.split(whereSeparator: { $0 < 0x20 || $0 == 0x7F }) where stretch.count > 5
    {
      for each in Self.found(in: String(decoding: stretch, as: UTF8.self))
      where !found.contains(each) {
        found.append(each)
      }
    }
    return found
  }

  private static func hasAddress(_ text: String) -> Bool {
    text.matches(of: /[A-Za-z0-9._%+\-]+@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)/).contains { match in
      let domain = match.1.lowercased()
      return !reserved.contains { domain == $0 || domain.hasSuffix(".\($0)") }
    }
  }

  /// RFC 2606, RFC 6761.
  private static let reserved = [
    "example.org", "example.com", "example.net", "example", "test", "invalid", "localhost",
  ]

  /// ITU-T E.164: a plus sign and 8 to 15 digits, maybe with spaces and the like between them.
  private static func hasPhone(_ text: String) -> Bool {
    text.matches(of: /\+[0-9](?:[ ().\-]?[0-9])+/).contains { match in
      let digits = match.0.filter(\.isNumber)
      return (8...15).contains(digits.count) && !digits.hasPrefix("5020")
    }
  }

  /// Guatemala's number of a person: eight digits and their check digit, a department of 22 and a municipality.
  private static func hasCUI(_ text: String) -> Bool {
    text.matches(of: /\b[0-9]{4}[ \-]?[0-9]{5}[ \-]?[0-9]{4}\b/).contains { match in
      let digits = match.0.compactMap(\.wholeNumberValue)
      let sum = digits.prefix(8).enumerated().reduce(0) { $0 + $1.element * ($1.offset + 2) }
      let department = digits[9] * 10 + digits[10]
      return sum % 11 == digits[8] && (1...22).contains(department) && digits[11] + digits[12] > 0
    }
  }
}

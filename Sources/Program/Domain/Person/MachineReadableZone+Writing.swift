extension MachineReadableZone {
  /// The two lines of a passport (TD3), every check digit right. The nationality is the issuer.
  public static func passportLines(
    issuer: String, surname: String, givenNames: String, number: String, birthDate: CivilDate,
    sex: Sex?, expiryDate: CivilDate
  ) -> [String] {
    let names = transliterated(surname) + "<<" + transliterated(givenNames)
    let first = filled("P<" + issuer + names, 44)
    let numberField = filled(number, 9)
    let birth = compact(birthDate)
    let expiry = compact(expiryDate)
    let optional = filled("", 14)
    var second = numberField + check(numberField) + filled(issuer, 3) + birth + check(birth)
    second += letter(sex) + expiry + check(expiry) + optional + "<"
    let bytes = Array(second.utf8)
    let composite = bytes[0..<10] + bytes[13..<20] + bytes[21..<43]
    return [first, second + String(decoding: [checkDigit(composite)], as: UTF8.self)]
  }

  /// A name in the alphabet of the zone: marks dropped (Ñ→N, one of the two forms ICAO names),
  /// Ü→UE, apostrophes left out, spaces and hyphens as fillers (part 3, § 4.6 and § 6).
  public static func transliterated(_ name: String) -> String {
    let expanded = name.reduce(into: "") { text, letter in
      switch letter {
      case "Ü", "ü": text += "UE"
      default: text.append(letter)
      }
    }
    return String(
      NameFolding.fold(expanded).map { $0.isASCII && $0.isLetter ? $0 : "<" })
  }

  private static func filled(_ text: String, _ count: Int) -> String {
    String(text.prefix(count)) + String(repeating: "<", count: max(0, count - text.utf8.count))
  }

  private static func check(_ field: String) -> String {
    String(decoding: [checkDigit(field.utf8)], as: UTF8.self)
  }

  private static func compact(_ date: CivilDate) -> String {
    let parts = [date.year % 100, date.month, date.day]
    return parts[0...0].map { decimal($0, 2) }.joined()
      + parts[1...].map { $0 == 0 ? "<<" : decimal($0, 2) }.joined()
  }

  private static func letter(_ sex: Sex?) -> String {
    switch sex {
    case .female?: "F"
    case .male?: "M"
    case .x?, nil: "<"
    }
  }
}

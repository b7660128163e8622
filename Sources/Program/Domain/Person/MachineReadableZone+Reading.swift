extension MachineReadableZone {
  /// Reads the lines of a zone. `today` places two-digit years: a birth is never after it, an
  /// expiry at most 50 years ahead. `nil` for lines of another number, length or alphabet.
  public init?(lines: [String], today: CivilDate) {
    let rows = lines.map { Array($0.utf8) }
    guard
      rows.allSatisfy({ row in
        row.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "<")
        }
      })
    else { return nil }
    switch rows.map(\.count) {
    case [30, 30, 30]: self = Self.readCard(rows, today: today)
    case [36, 36]: self = Self.readBook(rows, format: .td2, today: today)
    case [44, 44]: self = Self.readBook(rows, format: .td3, today: today)
    default: return nil
    }
  }

  private static func readCard(_ rows: [[UInt8]], today: CivilDate) -> Self {
    let (first, second) = (rows[0], rows[1])
    let number = documentNumber(first[5..<14], check: first[14], optional: first[15..<30])
    let names = names(rows[2][...])
    let composite = first[5..<30] + second[0..<7] + second[8..<15] + second[18..<29]
    return MachineReadableZone(
      format: .td1, documentCode: text(first[0..<2]), issuer: text(first[2..<5]),
      documentNumber: number.text, surname: names.surname, givenNames: names.given,
      nationality: text(second[15..<18]), birthDate: birthDate(second[0..<6], today: today),
      sex: sex(second[7]), expiryDate: expiryDate(second[8..<14], today: today),
      optionalData: (number.rest + " " + text(second[18..<29])).trimmed,
      isDocumentNumberChecked: number.isChecked,
      isBirthDateChecked: checkDigit(second[0..<6]) == second[6],
      isExpiryDateChecked: checkDigit(second[8..<14]) == second[14],
      isOptionalDataChecked: nil, isCompositeChecked: checkDigit(composite) == second[29])
  }

  private static func readBook(_ rows: [[UInt8]], format: Format, today: CivilDate) -> Self {
    let (first, second) = (rows[0], rows[1])
    let names = names(first[5...])
    let isPassport = format == .td3
    let optional = isPassport ? second[28..<42] : second[28..<35]
    // Only the card formats let a long number run over into the optional data.
    let number =
      isPassport
      ? (
        text: text(second[0..<9]), rest: text(optional),
        isChecked: checkDigit(second[0..<9]) == second[9]
      ) : documentNumber(second[0..<9], check: second[9], optional: optional)
    let composite = second[0..<10] + second[13..<20] + second[21..<(second.count - 1)]
    var optionalCheck: Bool?
    if isPassport {
      // Without optional data the digit may be a filler (part 4, § 4.2.2).
      let isEmpty = optional.allSatisfy { $0 == filler }
      optionalCheck = checkDigit(optional) == second[42] || (isEmpty && second[42] == filler)
    }
    return MachineReadableZone(
      format: format, documentCode: text(first[0..<2]), issuer: text(first[2..<5]),
      documentNumber: number.text, surname: names.surname, givenNames: names.given,
      nationality: text(second[10..<13]), birthDate: birthDate(second[13..<19], today: today),
      sex: sex(second[20]), expiryDate: expiryDate(second[21..<27], today: today),
      optionalData: number.rest, isDocumentNumberChecked: number.isChecked,
      isBirthDateChecked: checkDigit(second[13..<19]) == second[19],
      isExpiryDateChecked: checkDigit(second[21..<27]) == second[27],
      isOptionalDataChecked: optionalCheck,
      isCompositeChecked: checkDigit(composite) == second[second.count - 1])
  }

  // MARK: Parts

  static let filler = UInt8(ascii: "<")

  /// A number longer than nine characters has a filler in place of its check digit, and goes on in
  /// the optional data up to a filler, the last character being the check digit (part 5, note j).
  private static func documentNumber(
    _ field: ArraySlice<UInt8>, check: UInt8, optional: ArraySlice<UInt8>
  ) -> (text: String, rest: String, isChecked: Bool) {
    let runOver = optional.prefix { $0 != filler }
    if check == filler, let digit = runOver.last, runOver.count >= 2 {
      let whole = field + runOver.dropLast()
      return (text(whole), text(optional.dropFirst(runOver.count)), checkDigit(whole) == digit)
    }
    return (text(field), text(optional), checkDigit(field) == check)
  }

  /// Primary and secondary identifier, separated by two fillers; one filler is a space.
  private static func names(_ field: ArraySlice<UInt8>) -> (surname: String, given: String) {
    let bytes = Array(field)
    var split = bytes.count
    for index in bytes.indices.dropLast()
    where bytes[index] == filler && bytes[index + 1] == filler {
      split = index
      break
    }
    return (text(bytes[..<split]), split < bytes.count ? text(bytes[split...]) : "")
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: field.map { $0 == filler ? 0x20 : $0 }, as: UTF8.self).trimmed
  }

  private static func sex(_ character: UInt8) -> Sex? {
    switch character {
    case UInt8(ascii: "F"): .female
    case UInt8(ascii: "M"): .male
    case UInt8(ascii: "X"): .x
    default: nil
    }
  }

  private static func birthDate(_ field: ArraySlice<UInt8>, today: CivilDate) -> CivilDate? {
    guard let parts = dateParts(field) else { return nil }
    let year = 2_000 + parts.year
    guard let recent = CivilDate(year: year, month: parts.month, day: parts.day),
      !today.isSurelyBefore(recent)
    else { return CivilDate(year: year - 100, month: parts.month, day: parts.day) }
    return recent
  }

  private static func expiryDate(_ field: ArraySlice<UInt8>, today: CivilDate) -> CivilDate? {
    guard let parts = dateParts(field) else { return nil }
    let year = 2_000 + parts.year > today.year + 50 ? 1_900 + parts.year : 2_000 + parts.year
    return CivilDate(year: year, month: parts.month, day: parts.day)
  }

  /// YYMMDD, where unknown parts are fillers or, in some countries' documents, zeros.
  private static func dateParts(
    _ field: ArraySlice<UInt8>
  ) -> (year: Int, month: Int, day: Int)? {
    let digits = field.map { $0 == filler ? 0x30 : $0 }
    guard field.prefix(2).allSatisfy({ $0 != filler }),
      let number = Int(String(decoding: digits, as: UTF8.self))
    else { return nil }
    return (number / 10_000, number / 100 % 100, number % 100)
  }
}

extension String {
  /// Without spaces at both ends, runs of them made one.
  var trimmed: String { split(separator: " ").joined(separator: " ") }
}

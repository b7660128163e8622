/// A machine-readable zone of ICAO Doc 9303: cards of three lines of 30 characters (TD1, part 5),
/// of two of 36 (TD2, part 6), passports of two of 44 (TD3, part 4).
///
/// Reading never guesses: what a check digit contradicts is given as printed, with the check that
/// failed. Only a zone of another shape or with other characters is not read at all.
public struct MachineReadableZone: Hashable, Sendable, Codable {
  /// The size of the document.
  public enum Format: Int, CaseIterable, Codable, Sendable {
    case td1 = 1
    case td2 = 2
    case td3 = 3
  }

  /// The size.
  public var format: Format
  /// One or two letters: `P`, `ID`.
  public var documentCode: String
  /// The issuer's three letters, ICAO's own codes among them.
  public var issuer: String
  /// The number, also where it runs over into the optional data.
  public var documentNumber: String
  /// The surnames, separated by spaces.
  public var surname: String
  /// The given names, separated by spaces; may be empty.
  public var givenNames: String
  /// The nationality's three letters.
  public var nationality: String
  /// The birth date, as far as given; `nil` when unknown or no date.
  public var birthDate: CivilDate?
  /// The sex; `nil` where the document does not say.
  public var sex: Sex?
  /// The last day of validity; `nil` when no date.
  public var expiryDate: CivilDate?
  /// The optional data, fillers at the end cut.
  public var optionalData: String
  /// Whether the number's check digit is right.
  public var isDocumentNumberChecked: Bool
  /// Whether the birth date's check digit is right.
  public var isBirthDateChecked: Bool
  /// Whether the expiry date's check digit is right.
  public var isExpiryDateChecked: Bool
  /// Whether the optional data's check digit is right; only passports have one.
  public var isOptionalDataChecked: Bool?
  /// Whether the last check digit, over all of them, is right.
  public var isCompositeChecked: Bool

  /// Every field as given; nothing is checked here.
  public init(
    format: Format, documentCode: String, issuer: String, documentNumber: String, surname: String,
    givenNames: String, nationality: String, birthDate: CivilDate? = nil, sex: Sex? = nil,
    expiryDate: CivilDate? = nil, optionalData: String, isDocumentNumberChecked: Bool,
    isBirthDateChecked: Bool, isExpiryDateChecked: Bool, isOptionalDataChecked: Bool? = nil,
    isCompositeChecked: Bool
  ) {
    self.format = format
    self.documentCode = documentCode
    self.issuer = issuer
    self.documentNumber = documentNumber
    self.surname = surname
    self.givenNames = givenNames
    self.nationality = nationality
    self.birthDate = birthDate
    self.sex = sex
    self.expiryDate = expiryDate
    self.optionalData = optionalData
    self.isDocumentNumberChecked = isDocumentNumberChecked
    self.isBirthDateChecked = isBirthDateChecked
    self.isExpiryDateChecked = isExpiryDateChecked
    self.isOptionalDataChecked = isOptionalDataChecked
    self.isCompositeChecked = isCompositeChecked
  }

  /// Whether every check digit is right.
  public var isChecked: Bool {
    isDocumentNumberChecked && isBirthDateChecked && isExpiryDateChecked
      && isOptionalDataChecked ?? true && isCompositeChecked
  }

  /// The check digit over characters: values 0 … 9, A … Z = 10 … 35, `<` = 0, weights 7, 3, 1, the
  /// sum mod 10 (part 3, § 4.9).
  public static func checkDigit(_ characters: some Sequence<UInt8>) -> UInt8 {
    let weights = [7, 3, 1]
    var sum = 0
    for (index, character) in characters.enumerated() {
      sum += weights[index % 3] * value(character)
    }
    return UInt8(0x30 + sum % 10)
  }

  private static func value(_ character: UInt8) -> Int {
    switch character {
    case 0x30...0x39: Int(character) - 0x30
    case 0x41...0x5A: Int(character) - 0x41 + 10
    default: 0
    }
  }
}

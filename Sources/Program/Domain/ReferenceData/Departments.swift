/// A department of Guatemala.
public struct Department: Hashable, Sendable {
  /// Its number, 1 … 22: the digits of ISO 3166-2:GT and of a CUI alike.
  public let number: Int
  /// Its name.
  public let name: String
  /// The code of ISO 3166-2 before 2021, still accepted on input: `QZ`.
  public let letters: String
  /// How many municipalities a CUI can name. From a public validator, stale: it knows 338 of 340,
  /// so that a number above it is worth a warning and no refusal.
  public let municipalityCount: Int

  /// `GT-09`.
  public var code: String { "GT-" + decimal(number, 2) }

  private init(_ number: Int, _ name: String, letters: String, municipalityCount: Int) {
    self.number = number
    self.name = name
    self.letters = letters
    self.municipalityCount = municipalityCount
  }

  /// The department of that ISO 3166-2 code, new (`GT-09`) or old (`GT-QZ`).
  public init?(code: String) {
    guard
      let match = Self.all.first(where: { $0.code == code || "GT-" + $0.letters == code })
    else { return nil }
    self = match
  }

  /// All 22, by number.
  public static let all: [Department] = [
    Department(1, "Guatemala", letters: "GU", municipalityCount: 17),
    Department(2, "El Progreso", letters: "PR", municipalityCount: 8),
    Department(3, "Sacatepéquez", letters: "SA", municipalityCount: 16),
    Department(4, "Chimaltenango", letters: "CM", municipalityCount: 16),
    Department(5, "Escuintla", letters: "ES", municipalityCount: 13),
    Department(6, "Santa Rosa", letters: "SR", municipalityCount: 14),
    Department(7, "Sololá", letters: "SO", municipalityCount: 19),
    Department(8, "Totonicapán", letters: "TO", municipalityCount: 8),
    Department(9, "Quetzaltenango", letters: "QZ", municipalityCount: 24),
    Department(10, "Suchitepéquez", letters: "SU", municipalityCount: 21),
    Department(11, "Retalhuleu", letters: "RE", municipalityCount: 9),
    Department(12, "San Marcos", letters: "SM", municipalityCount: 30),
    Department(13, "Huehuetenango", letters: "HU", municipalityCount: 32),
    Department(14, "Quiché", letters: "QC", municipalityCount: 21),
    Department(15, "Baja Verapaz", letters: "BV", municipalityCount: 8),
    Department(16, "Alta Verapaz", letters: "AV", municipalityCount: 17),
    Department(17, "Petén", letters: "PE", municipalityCount: 14),
    Department(18, "Izabal", letters: "IZ", municipalityCount: 5),
    Department(19, "Zacapa", letters: "ZA", municipalityCount: 11),
    Department(20, "Chiquimula", letters: "CQ", municipalityCount: 11),
    Department(21, "Jalapa", letters: "JA", municipalityCount: 7),
    Department(22, "Jutiapa", letters: "JU", municipalityCount: 17),
  ]
}

/// A country or area by its ISO 3166-1 alpha-2 code, upper-case.
///
/// Only officially assigned codes are taken. ICAO's three-letter codes for people without a
/// country are no regions; see ``IcaoStatus``.
public struct RegionCode: Identifier {
  /// Two upper-case letters.
  public let rawValue: String

  /// `nil` for a code ISO 3166-1 does not assign.
  public init?(rawValue: String) {
    guard Self.assigned.contains(rawValue) else { return nil }
    self.rawValue = rawValue
  }

  private init(known rawValue: String) { self.rawValue = rawValue }

  /// Guatemala, the host of the pilot.
  public static let guatemala = RegionCode(known: "GT")
  /// The United States of America.
  public static let unitedStates = RegionCode(known: "US")
  /// Canada.
  public static let canada = RegionCode(known: "CA")
  /// Spain.
  public static let spain = RegionCode(known: "ES")
  /// El Salvador.
  public static let elSalvador = RegionCode(known: "SV")
  /// Honduras.
  public static let honduras = RegionCode(known: "HN")
  /// Nicaragua.
  public static let nicaragua = RegionCode(known: "NI")
  /// Costa Rica.
  public static let costaRica = RegionCode(known: "CR")
  /// Colombia.
  public static let colombia = RegionCode(known: "CO")
  /// Ecuador.
  public static let ecuador = RegionCode(known: "EC")
  /// Venezuela.
  public static let venezuela = RegionCode(known: "VE")
  /// Cuba.
  public static let cuba = RegionCode(known: "CU")
  /// Haiti.
  public static let haiti = RegionCode(known: "HT")

  /// ISO 3166-1 alpha-2, the 249 officially assigned codes.
  private static let assigned: Set<String> = Set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split { $0 == " " || $0 == "\n" }.map(String.init))

  /// How many codes are assigned: 249.
  public static var assignedCount: Int { assigned.count }
}

/// The marks ICAO 9303 part 3 gives people in place of a nationality; no ISO codes.
public enum IcaoStatus: Int, CaseIterable, Codable, Sendable {
  /// XXA, a stateless person.
  case stateless = 1
  /// XXB, a refugee under the 1951 Convention.
  case conventionRefugee = 2
  /// XXC, another refugee.
  case otherRefugee = 3
  /// XXX, the code that ICAO 9303 gives an unspecified nationality.
  case unspecified = 4

  /// The status of that code; `nil` for any other text.
  public init?(code: String) {
    guard let match = IcaoStatus.allCases.first(where: { $0.code == code }) else { return nil }
    self = match
  }

  /// The three letters of the machine-readable zone.
  public var code: String {
    switch self {
    case .stateless: "XXA"
    case .conventionRefugee: "XXB"
    case .otherRefugee: "XXC"
    case .unspecified: "XXX"
    }
  }
}

/// The numbers of matching, under one version: what each comparison says, in bits, and from where on a
/// pair is looked at or held. None has a source; all are *ours*, for the programme to settle.
///
/// A score is a sum of logarithms of likelihood ratios (Fellegi and Sunter, 1969): with a hundred
/// thousand people registered, 17 bits make it as likely as not that two records are one person's.
public struct MatchingRule: Hashable, Sendable {
  /// Changes with every number, so that a candidate says what it was found by.
  public var version = "1"
  /// T1: from here on somebody looks at the pair.
  public var reviewBits = 15.0
  /// T2: from here on the later registration is held until somebody has.
  public var holdBits = 25.0
  /// The most that names alone say: with a year of birth still less than ``holdBits``, since
  /// namesakes are many.
  public var nameBitsMax = 19.5
  /// Names without a word in common.
  public var strangeNameBits = -10.0
  /// For each word that has another in its place.
  public var otherWordBits = -4.0
  /// For each word that is only lacking.
  public var lackingWordBits = -1.0
  /// The same day, month, or year of birth.
  public var sameDayBits = 12.0
  public var sameMonthBits = 8.0
  public var sameYearBits = 5.0
  /// Birth dates that cannot be one.
  public var otherDateBits = -4.5
  /// The same telephone, which a household shares.
  public var samePhoneBits = 8.0
  /// The same number of a document, as typed, and as compared with the original.
  public var sameNumberBits = 20.0
  public var verifiedNumberBits = 40.0
  /// Two numbers of identity cards, both compared with the original: nobody has two.
  public var otherNumberBits = -30.0
  /// The same others in the household.
  public var sameHouseholdBits = 6.0
  /// The most people with whom one search compares somebody, those with most in common first.
  public var comparisonCountMax = 100
  /// The most pairs that one search compares: those of a household share them equally.
  public var pairCountMax = 400
  /// The most pairs that one search opens, the highest scores first.
  public var candidateCountMax = 20

  /// The numbers above.
  public init() {}

  /// The numbers in force.
  public static let standard = MatchingRule()

  /// What a pair may have at most that is not to be held by itself.
  var reviewBitsMax: Double { holdBits - 0.001 }
}

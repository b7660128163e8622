/// Why a household leaves, or thinks of it. Nothing is decided by it; reports count it by department.
public enum LeavingReason: Int, CaseIterable, Codable, Sendable {
  case violence = 1
  case extortion = 2
  case genderBasedViolence = 3
  case persecution = 4
  case foodInsecurity = 5
  case noWork = 6
  case debt = 7
  case disaster = 8
  case noServices = 9
  case familyReunification = 10
  case other = 11
  case notSaid = 12

  /// What counts: whether somebody was asked and kept silent is nobody's business, and as a row it
  /// would tell how many have answered.
  public static let counted = allCases.filter { $0 != .notSaid }
}

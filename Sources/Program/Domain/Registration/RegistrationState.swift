/// The states of a registration; the raw values are stored.
public enum RegistrationState: Int, CaseIterable, Codable, Sendable {
  case draft = 1
  case submitted = 2
  case screening = 3
  case infoRequested = 4
  case screenedOut = 5
  case invited = 6
  case interviewed = 7
  case eligible = 8
  case notEligible = 9
  case referred = 10
  case resolved = 11
  case withdrawn = 12
  case expired = 13
  case frozen = 14
  case erased = 15

  /// Nothing moves it any more, an appeal or an erasure apart.
  public var isTerminal: Bool {
    switch self {
    case .screenedOut, .resolved, .withdrawn, .expired, .erased: true
    case .draft, .submitted, .screening, .infoRequested, .invited, .interviewed, .eligible,
      .notEligible, .referred, .frozen:
      false
    }
  }

  /// Whether it has been invited and is not over: from here on seats and referrals are at stake.
  public var isInvited: Bool {
    switch self {
    case .invited, .interviewed, .eligible, .notEligible, .referred: true
    case .draft, .submitted, .screening, .infoRequested, .screenedOut, .resolved, .withdrawn,
      .expired, .frozen, .erased:
      false
    }
  }

  /// Whether it counts as the one live registration of its people (INV-8).
  public var isLive: Bool { !isTerminal }
}

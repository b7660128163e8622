/// What the pilot's report counts or measures; codes as in the contract.
public enum Measure: Int, CaseIterable, Codable, Sendable {
  case submitted = 1
  case duplicatesHeld = 2
  case screenedOut = 3
  case invited = 4
  case offered = 5
  case confirmed = 6
  case noShow = 7
  case seatsOffered = 8
  case seatsUsed = 9
  /// Its facts are the days that registrations have spent in a step, one fact each.
  case medianDays = 10
  /// Calculated from the facts of ``medianDays``; has none of its own.
  case p90Days = 11
  case referralsSent = 12
  case referralsAccepted = 13
  case referralsRejected = 14
  case referralsReturned = 15
  case referralsOverdue = 16
  case outcomes = 17
  case denials = 18
  case withdrawn = 19
  /// One fact for each reason that a registration gives; a registration gives several, or none.
  case leaving = 20

  /// The name in files: `SUBMITTED`.
  public var name: String {
    switch self {
    case .submitted: "SUBMITTED"
    case .duplicatesHeld: "DUPLICATES_HELD"
    case .screenedOut: "SCREENED_OUT"
    case .invited: "INVITED"
    case .offered: "OFFERED"
    case .confirmed: "CONFIRMED"
    case .noShow: "NO_SHOW"
    case .seatsOffered: "SEATS_OFFERED"
    case .seatsUsed: "SEATS_USED"
    case .medianDays: "MEDIAN_DAYS"
    case .p90Days: "P90_DAYS"
    case .referralsSent: "REFERRALS_SENT"
    case .referralsAccepted: "REFERRALS_ACCEPTED"
    case .referralsRejected: "REFERRALS_REJECTED"
    case .referralsReturned: "REFERRALS_RETURNED"
    case .referralsOverdue: "REFERRALS_OVERDUE"
    case .outcomes: "OUTCOMES"
    case .denials: "DENIALS"
    case .withdrawn: "WITHDRAWN"
    case .leaving: "LEAVING"
    }
  }

  /// The percent of a percentile; nil for what is counted.
  public var percentile: Int? {
    switch self {
    case .medianDays: 50
    case .p90Days: 90
    default: nil
    }
  }
}

/// What figures are broken down by; codes as in the contract.
public enum Dimension: Int, CaseIterable, Codable, Sendable {
  case office = 1
  case pathway = 2
  case partner = 3
  case nationality = 4
  case sex = 5
  case ageBand = 6
  case language = 7
  case channel = 8
  case step = 9
  case reason = 10
  case outcome = 11
  case department = 12

  /// The name in files: `AGE_BAND`.
  public var name: String {
    switch self {
    case .office: "OFFICE"
    case .pathway: "PATHWAY"
    case .partner: "PARTNER"
    case .nationality: "NATIONALITY"
    case .sex: "SEX"
    case .ageBand: "AGE_BAND"
    case .language: "LANGUAGE"
    case .channel: "CHANNEL"
    case .step: "STEP"
    case .reason: "REASON"
    case .outcome: "OUTCOME"
    case .department: "DEPARTMENT"
    }
  }
}

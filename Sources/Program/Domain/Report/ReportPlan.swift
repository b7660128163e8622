/// Which figures there are: fixed, the same in every report.
///
/// No two grids of a measure may be tied by more than their total, or one would give away what the
/// other hides: a partner serves known pathways, so referrals are counted by partner alone. What is
/// broken down by two dimensions is so for the whole time only, where it is not tied to any month.
///
/// Reasons to leave are counted by department as submissions are: there the two are tied, so that
/// ``LeavingTable`` protects the one beside the other.
enum ReportPlan {
  /// One grid.
  struct Entry {
    var measure: Measure
    var dimension: Dimension?
    var second: Dimension?

    /// Whether it is protected beside another measure.
    var isLeaving: Bool { measure == .leaving }
  }

  private static func entries(
    _ measures: [Measure], by dimensions: [Dimension]
  ) -> [Entry] {
    measures.flatMap { measure in
      dimensions.map { Entry(measure: measure, dimension: $0) }
    }
  }

  private static let both: [Entry] =
    entries(
      [.submitted], by: [.nationality, .sex, .ageBand, .language, .channel, .department])
    + [Entry(measure: .duplicatesHeld)]
    + entries([.screenedOut], by: [.reason])
    + entries([.invited], by: [.language])
    + entries([.offered, .confirmed, .noShow, .seatsOffered, .seatsUsed], by: [.office])
    + entries([.medianDays, .p90Days], by: [.step])
    + entries(
      [
        .referralsSent, .referralsAccepted, .referralsRejected, .referralsReturned,
        .referralsOverdue,
      ], by: [.partner])
    + entries([.denials], by: [.partner])

  /// The grids of a month.
  static let month = both + [Entry(measure: .outcomes), Entry(measure: .withdrawn)]

  /// The grids of the whole time.
  static let whole =
    both + [
      Entry(measure: .outcomes, dimension: .pathway, second: .outcome),
      Entry(measure: .withdrawn, dimension: .department, second: .reason),
      Entry(measure: .leaving, dimension: .department, second: .reason),
    ]

  /// The fewest cases of which a percentile is shown.
  static let cohortMin = 20
}

/// The rows of each grid: those that there always are, whether anything has happened or not.
public struct ReportKeys: Sendable {
  /// The ids of the offices, of the pathways and of the partners.
  public var offices: [String]
  public var pathways: [String]
  public var partners: [String]

  /// Every field as given; nothing is checked here.
  public init(offices: [String], pathways: [String], partners: [String]) {
    self.offices = offices
    self.pathways = pathways
    self.partners = partners
  }

  /// The keys that a dimension has for a measure.
  func keys(of dimension: Dimension, for measure: Measure) -> [String] {
    switch dimension {
    case .office: offices
    case .pathway: pathways + [FactValue.none]
    case .partner: measure == .denials ? partners + [FactValue.unknown] : partners
    case .nationality: FactValue.nationalities + [FactValue.other, FactValue.unknown]
    case .sex: FactValue.names(of: Sex.self) + [FactValue.unknown]
    case .ageBand: FactValue.ageBands + [FactValue.unknown]
    case .language: FactValue.languages + [FactValue.other]
    case .channel: Channel.allCases.map { FactValue.name(of: $0) }
    case .step: FactValue.steps.map { FactValue.name(of: $0) }
    case .reason where measure == .withdrawn:
      FactValue.names(of: WithdrawalReason.self) + [FactValue.unknown]
    case .reason where measure == .leaving: LeavingReason.counted.map { FactValue.name(of: $0) }
    case .reason: FactValue.names(of: ScreenOutReason.self)
    case .outcome: FactValue.names(of: Outcome.self)
    case .department: Department.all.map(\.code) + [FactValue.other, FactValue.unknown]
    }
  }
}

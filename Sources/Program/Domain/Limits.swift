/// The numbers the machines compare with. Those the ground plan names are the defaults; the rest
/// (marked *ours*) are choices a deployment may change.
public struct Limits: Hashable, Sendable {
  /// How long a hold claims its seats.
  public var holdDuration: Duration
  /// How often a hold can be renewed.
  public var holdRenewalCountMax: Int
  /// How long an offer can be confirmed: 23 hours, as CBP One came to give.
  public var confirmDuration: Duration
  /// How long before the start check-in opens.
  public var checkInLead: Duration
  /// How often an applicant can move one appointment.
  public var rescheduleCountMax: Int
  /// How many offers that it does not accept end a place on the waitlist.
  public var waitlistOfferCountMax: Int
  /// Until when a no-show can be excused.
  public var excuseDuration: Duration
  /// How long an untouched draft is kept.
  public var draftIdleDuration: Duration
  /// How long a partner has to answer a referral. *Ours.*
  public var referralDueDuration: Duration
  /// How long after that an unanswered referral expires. *Ours.*
  public var referralGrace: Duration
  /// How long a two-person move waits for its second person. *Ours.*
  public var approvalDuration: Duration
  /// The most people of one household, the principal included. *Ours.*
  public var householdCountMax: Int
  /// How people are matched. *Ours.*
  public var matching: MatchingRule
  /// How often a partner can ask within an hour whether somebody may be known. *Ours.*
  public var presenceCheckCountMax: Int
  /// The most documents of one person. *Ours.*
  public var documentCountMax: Int

  /// The defaults.
  public init() {
    holdDuration = .minutes(10)
    holdRenewalCountMax = 1
    confirmDuration = .hours(23)
    checkInLead = .minutes(90)
    rescheduleCountMax = 2
    waitlistOfferCountMax = 3
    excuseDuration = .days(30)
    draftIdleDuration = .days(30)
    referralDueDuration = .days(14)
    referralGrace = .days(14)
    approvalDuration = .days(3)
    householdCountMax = 20
    documentCountMax = 10
    matching = .standard
    presenceCheckCountMax = 120
  }

  /// The defaults.
  public static let standard = Limits()
}

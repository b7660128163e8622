/// Moves a referral between the office that refers and the partner that receives.
///
///     DRAFT → SENT → RECEIVED → ACCEPTED → IN_PROCESS → DECIDED → COMPLETED
///             SENT → ACCEPTED
///     RECEIVED, ACCEPTED → RETURNED → SENT (a new release)
///     SENT, RECEIVED → REJECTED;  SENT → EXPIRED
///     DRAFT, SENT, RECEIVED, RETURNED → RECALLED   (never after ACCEPTED)
///     ACCEPTED, IN_PROCESS → WITHDRAWAL_REQUESTED → WITHDRAWN or DECIDED
///     DRAFT → COMPLETED, by advice, where only a petitioner can begin
///
/// SENT to WITHDRAWAL_REQUESTED are live (INV-5). The receiver's events check that the caller is
/// the receiver: access is decided before, and this is the second lock.
public struct ReferralMachine: ~Copyable {
  var referral: Referral
  let limits: Limits

  /// Takes the stored referral.
  public init(_ referral: Referral, limits: Limits = .standard) {
    self.referral = referral
    self.limits = limits
  }

  /// The referral as it is now.
  public var current: Referral { referral }

  // MARK: The side that refers

  /// A caseworker prepares a referral of a household, or a part of it, found eligible for it.
  ///
  /// Refused with DUPLICATE_HOLD when the registration is held, with RULE_NOT_MET when the registration is not eligible for the pathway, with
  /// FIELD_INVALID when the persons are none, doubled, not the household's or under review, or when
  /// the receiver is no authority of the pathway.
  public static func create(
    _ draft: Referral, registration: Registration, pathway: Pathway, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try registration.demandUnconfirmed()
    try registration.demandFree()
    guard [.eligible, .referred].contains(registration.state),
      registration.eligiblePathways.contains(pathway.id)
    else { throw Refusal(.ruleNotMet, "The household was not found eligible for this pathway.") }
    let permitted = Set(
      [registration.principal]
        + registration.members.filter { $0.standing == .active }.map(\.person))
    guard !draft.persons.isEmpty, Set(draft.persons).count == draft.persons.count,
      permitted.isSuperset(of: draft.persons)
    else {
      throw Refusal.field("referral.persons", "must be active persons of the household, each once")
    }
    guard pathway.authorities.contains(draft.to) else {
      throw Refusal.field("referral.to_partner", "is no authority of the pathway")
    }
    var referral = draft
    referral.registration = registration.id
    referral.pathway = pathway.id
    referral.destination = pathway.region
    referral.purpose = pathway.purpose
    referral.state = .draft
    referral.release = nil
    referral.revision = Revision(createdAt: now)
    return referral.created(.create)
  }

  /// What the caller has found out before a sending.
  public struct Sending: Hashable, Sendable {
    /// The pathway.
    public var pathway: Pathway
    /// Every consent of these persons for this receiver, in any state.
    public var consents: [Consent]
    /// What is to be released; its version is set here.
    public var release: Release
    /// The classes the policy allows; see ``ReleaseProfile``.
    public var permittedClasses: DataClassSet
    /// The receiver's live referrals on the pathway.
    public var liveCount: Int
    /// How many it takes; `nil` without a limit.
    public var liveCountMax: Int?
    /// Whether one of the persons has a live referral for the same pathway and destination, or in
    /// the same exclusive group (INV-5).
    public var hasLiveTwin: Bool

    /// Every field as given; nothing is checked here.
    public init(
      pathway: Pathway, consents: [Consent], release: Release, permittedClasses: DataClassSet,
      liveCount: Int, liveCountMax: Int? = nil, hasLiveTwin: Bool
    ) {
      self.pathway = pathway
      self.consents = consents
      self.release = release
      self.permittedClasses = permittedClasses
      self.liveCount = liveCount
      self.liveCountMax = liveCountMax
      self.hasLiveTwin = hasLiveTwin
    }
  }

  /// Hands the household over, first or anew after a return. For protection pathways this is a
  /// two-person move, settled before with ``TwoPersonRule``.
  ///
  /// PATHWAY_NOT_SENDABLE comes first, because nothing the caller could mend would change it; then
  /// consent, the receiver's capacity, a live twin.
  public mutating func send(
    _ sending: Sending, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try referral.demand(.send)
    guard sending.pathway.initiator != .petitionerOnly else { throw Refusal(.pathwayNotSendable) }
    guard !sending.release.classes.isEmpty else {
      throw Refusal(
        .pathwayNotSendable,
        "The partner has no release profile for this pathway; refer to another authority.")
    }
    guard sending.release.classes.isSubset(of: sending.permittedClasses) else {
      throw Refusal(.ruleNotMet, "The release holds more than its profile allows.")
    }
    referral.consents = try ConsentRule.sending(
      referral, classes: sending.release.classes, consents: sending.consents, at: now)
    if let most = sending.liveCountMax, sending.liveCount >= most {
      throw Refusal(.partnerCapacity)
    }
    guard !sending.hasLiveTwin else { throw Refusal(.referralLiveExists) }
    var release = sending.release
    release.version = referral.nextReleaseVersion
    if let last = referral.release {
      referral.earlierReleases = (referral.earlierReleases ?? []) + [last]
    }
    release.releaseTime = now
    referral.release = release
    // As the sender has asked, unless that has passed while the draft waited.
    let usual = now + limits.referralDueDuration
    referral.dueTime = referral.dueTime.flatMap { now < $0 ? $0 : nil } ?? usual
    referral.isOverdue = false
    referral.reason = nil
    return referral.move(.send, to: .sent, at: now, orders: [.referralSent])
  }

  /// The office takes it back, as long as nobody has accepted it.
  public mutating func recall(
    _ reason: ReferralReason, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try referral.demand(.recall)
    referral.reason = reason
    return referral.move(.recall, to: .recalled, at: now)
  }

  /// The household wants out of a case the partner has accepted; the partner must answer.
  public mutating func requestWithdrawal(
    _ reason: ReferralReason, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try referral.demand(.requestWithdrawal)
    referral.reason = reason
    referral.dueTime = now + limits.referralDueDuration
    referral.isOverdue = false
    return referral.move(.requestWithdrawal, to: .withdrawalRequested, at: now)
  }

  /// A consent was withdrawn, or the household left: recall where that is still possible, else ask
  /// for withdrawal. `nil` when there is nothing left to end; that race is legal.
  public mutating func endForApplicant(
    _ reason: ReferralReason, at now: Instant
  ) throws(Refusal) -> Change<Referral>? {
    switch referral.state {
    case .draft, .sent, .received, .returned: try recall(reason, at: now)
    case .accepted, .inProcess: try requestWithdrawal(reason, at: now)
    case .withdrawalRequested, .decided, .completed, .rejected, .recalled, .withdrawn, .expired:
      nil
    }
  }

  /// The caseworker has told the applicant, and closes.
  public mutating func close(
    informTime: Instant, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try referral.demand(.close)
    guard informTime <= now else {
      throw Refusal.field("inform_time", "the applicant must have been told already")
    }
    referral.informTime = informTime
    return referral.move(.close, to: .completed, at: now)
  }

  /// Advice was given on a pathway that only a petitioner can begin; nothing is released.
  ///
  /// - Parameter lack: what the household lacks for the pathway now; RULE_NOT_MET says it
  public mutating func recordAdvice(
    pathway: Pathway, lack: PetitionRule.Lack?, at now: Instant
  ) throws(Refusal) -> Change<Referral> {
    try referral.demand(.recordAdvice)
    guard pathway.id == referral.pathway, pathway.initiator == .petitionerOnly else {
      throw Refusal.illegal("RecordAdvice", in: "draft, on a pathway that can be sent")
    }
    if let lack {
      throw Refusal(.ruleNotMet, violations: [.init("pathway", lack.problem)])
    }
    return referral.move(.recordAdvice, to: .completed, at: now)
  }

  // MARK: The server

  /// A protection hold hides its case, and so it, from all but the United Nations' partners: it stays where it is. An
  /// event of its own, so that whoever watches referrals hears of it.
  public mutating func conceal(at now: Instant) throws(Refusal) -> Change<Referral> {
    try referral.demand(.conceal)
    return referral.move(.conceal, to: referral.state, at: now)
  }

  /// That hold is lifted: whoever could see it before sees it again.
  public mutating func reveal(at now: Instant) throws(Refusal) -> Change<Referral> {
    try referral.demand(.reveal)
    return referral.move(.reveal, to: referral.state, at: now)
  }

  /// The timer at the due time: it stays where it is, and is marked. `nil` when it is marked.
  public mutating func markOverdue(at now: Instant) throws(Refusal) -> Change<Referral>? {
    try referral.demand(.markOverdue)
    if referral.isOverdue { return nil }
    guard let due = referral.dueTime, due <= now else {
      throw Refusal.illegal("MarkOverdue", in: "\(referral.state), not due")
    }
    referral.isOverdue = true
    return referral.move(.markOverdue, to: referral.state, at: now)
  }

  /// The timer after due time and grace: nobody took notice of it.
  public mutating func expire(at now: Instant) throws(Refusal) -> Change<Referral> {
    try referral.demand(.expire)
    guard let due = referral.dueTime, due + limits.referralGrace <= now else {
      throw Refusal.illegal("Expire", in: "sent, not due or in grace")
    }
    return referral.move(.expire, to: .expired, at: now)
  }
}

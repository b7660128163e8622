/// Moves a registration.
///
///     DRAFT → SUBMITTED → SCREENING ⇄ INFO_REQUESTED
///                         SCREENING → SCREENED_OUT (→ SCREENING, once, by another screener)
///                         SCREENING → INVITED → INTERVIEWED → ELIGIBLE → REFERRED
///                                                           → NOT_ELIGIBLE
///     ELIGIBLE, NOT_ELIGIBLE, REFERRED → RESOLVED
///     any that is not terminal → WITHDRAWN; an idle DRAFT → EXPIRED
///     a confirmed duplicate → WITHDRAWN and nowhere else
///
/// RecordEligibility is a two-person move; the caller settles that with ``TwoPersonRule`` before
/// it comes here. FROZEN refuses every event with PROGRAM_FROZEN.
public struct RegistrationMachine: ~Copyable {
  var registration: Registration
  let limits: Limits

  /// Takes the stored registration.
  public init(_ registration: Registration, limits: Limits = .standard) {
    self.registration = registration
    self.limits = limits
  }

  /// The registration as it is now.
  public var current: Registration { registration }

  // MARK: The form

  /// A new draft. Refused with WINDOW_CLOSED unless the window is open at `now`; a window whose
  /// quota is used up refuses with QUOTA_REACHED already here, to spare people the form.
  public static func create(
    _ draft: Registration, window: IntakeWindow, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try window.demandOpen(for: draft.channel, at: now)
    var registration = draft
    registration.state = .draft
    registration.window = window.id
    registration.revision = Revision(createdAt: now)
    return registration.created(.create, orders: [])
  }

  /// What the caller has found out before a submission.
  public struct Submission {
    /// What is missing; see ``Completeness``.
    public var gaps: [Refusal.Violation]
    /// What the rule in force says; see ``Eligibility``.
    public var verdict: Eligibility.Verdict
    /// The version of that rule.
    public var ruleVersion: Int
    /// Whether every adult's consent to PROCESSING is active now.
    public var hasProcessingConsent: Bool
    /// The window, as read in this transaction.
    public var window: IntakeWindow
    /// The receipt of a live registration of one of these people, if there is one.
    public var firstReceipt: Receipt?
    /// Whether matching asks for a duplicate hold.
    public var isDuplicateSuspected: Bool
    /// Who does not count until that is settled.
    public var suspects: Set<PersonID>

    /// Every field as given; nothing is checked here.
    public init(
      gaps: [Refusal.Violation], verdict: Eligibility.Verdict, ruleVersion: Int,
      hasProcessingConsent: Bool, window: IntakeWindow, firstReceipt: Receipt? = nil,
      isDuplicateSuspected: Bool = false, suspects: Set<PersonID> = []
    ) {
      self.gaps = gaps
      self.verdict = verdict
      self.ruleVersion = ruleVersion
      self.hasProcessingConsent = hasProcessingConsent
      self.window = window
      self.firstReceipt = firstReceipt
      self.isDuplicateSuspected = isDuplicateSuspected
      self.suspects = suspects
    }
  }

  /// Hands the form in. The checks come in the order of the ground plan: what is missing, the
  /// rule, consent, the window, its quota, a registration before this one.
  public mutating func submit(
    _ submission: Submission, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.submit)
    guard submission.gaps.isEmpty else {
      throw Refusal(.fieldInvalid, "The form is not complete.", violations: submission.gaps)
    }
    guard submission.verdict.unmet.isEmpty else {
      throw Refusal(
        .ruleNotMet,
        violations: submission.verdict.unmet.map { Refusal.Violation($0.field, "not admitted") })
    }
    guard submission.hasProcessingConsent else { throw Refusal(.consentMissing) }
    try submission.window.demandOpen(for: registration.channel, at: now)
    if let receipt = submission.firstReceipt {
      throw Refusal(.alreadyRegistered, receipt: receipt)
    }
    registration.ruleVersion = submission.ruleVersion
    // The one that admits it, which need not be the one it was begun in.
    registration.window = submission.window.id
    registration.submitTime = now
    registration.queueRankTime = registration.queueRankTime ?? now
    registration.setDuplicates(
      isHeld: submission.isDuplicateSuspected, isConfirmed: false, apart: submission.suspects)
    return registration.move(
      .submit, to: .submitted, at: now, orders: [.admit(submission.window.id)])
  }

  /// The timer: an idle draft ends.
  public mutating func expire(at now: Instant) throws(Refusal) -> Change<Registration> {
    try demand(.expire)
    guard now >= registration.revision.updateTime + limits.draftIdleDuration else {
      throw Refusal.illegal("Expire", in: "draft, in use")
    }
    return registration.move(.expire, to: .expired, at: now)
  }

  // MARK: Screening

  /// A screener takes the case.
  public mutating func startScreening(at now: Instant) throws(Refusal) -> Change<Registration> {
    try demand(.startScreening)
    try registration.demandFree()
    return registration.move(.startScreening, to: .screening, at: now)
  }

  /// The screener needs to know more, and says what.
  public mutating func requestInfo(
    _ items: [InfoItem], at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.requestInfo)
    guard !items.isEmpty else { throw Refusal.field("items", "say what is needed") }
    registration.requestedItems = items
    return registration.move(.requestInfo, to: .infoRequested, at: now)
  }

  /// The applicant has answered; the queue rank stays (INV-14).
  public mutating func provideInfo(
    _ answers: Answers, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.provideInfo)
    registration.answers = answers
    registration.requestedItems = []
    return registration.move(.provideInfo, to: .screening, at: now)
  }

  /// The screener finds no way on, says why, and has given advice on local services.
  public mutating func screenOut(
    _ reason: ScreenOutReason, advice: [LocalAdvice], by actor: Actor, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.screenOut)
    guard !advice.isEmpty else {
      throw Refusal.field("advice", "advice on local services is part of screening out")
    }
    registration.screening = ScreeningResult(reason: reason, advice: advice, recordTime: now)
    registration.screenedOutBy = actor
    return registration.move(
      .screenOut, to: .screenedOut, at: now, orders: [.cancelAppointments(by: .office)])
  }

  /// The one appeal; it must be another screener's decision to reopen.
  public mutating func reopen(
    by actor: Actor, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.reopen)
    guard !registration.appealUsed else { throw Refusal(.appealUsed) }
    if let first = registration.screenedOutBy, !actor.isAnotherPerson(than: first) {
      throw Refusal(.secondPersonRequired)
    }
    registration.appealUsed = true
    registration.screening = nil
    return registration.move(.reopen, to: .screening, at: now)
  }

  /// The screener invites the household to a service, and says which pathways it is looked at for.
  public mutating func invite(
    to service: ServiceKind, for pathways: [PathwayID] = [], at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.invite)
    try registration.demandFree()
    registration.invitedServiceKind = service
    registration.invitedPathways = pathways
    return registration.move(.invite, to: .invited, at: now)
  }

  // MARK: After the interview

  /// The interview's appointment is FULFILLED.
  public mutating func interviewFulfilled(
    at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.interviewFulfilled)
    return registration.move(.interviewFulfilled, to: .interviewed, at: now)
  }

  /// What both the interviewer and the reviewer found, pathway by pathway; ELIGIBLE if any is.
  public mutating func recordEligibility(
    _ findings: [EligibilityFinding], at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.recordEligibility)
    guard !findings.isEmpty else { throw Refusal.field("findings", "at least one is needed") }
    guard Set(findings.map(\.pathway)).count == findings.count else {
      throw Refusal.field("findings", "a pathway is named twice")
    }
    guard findings.allSatisfy({ ($0.finding == .notEligible) == ($0.reason != nil) }) else {
      throw Refusal.field("findings", "a reason is needed exactly when not eligible")
    }
    registration.findings = findings
    let isEligible = !registration.eligiblePathways.isEmpty
    return registration.move(
      .recordEligibility, to: isEligible ? .eligible : .notEligible, at: now)
  }

  /// A referral was sent. Only the first one moves; later ones ask for nothing.
  public mutating func referralSent(at now: Instant) throws(Refusal) -> Change<Registration>? {
    if registration.state == .referred { return nil }
    try demand(.referralSent)
    return registration.move(.referralSent, to: .referred, at: now)
  }

  /// The case is finished. `openReferralCount` counts the referrals that are not terminal.
  public mutating func resolve(
    _ outcome: Outcome, pathway: PathwayID?, openReferralCount: Int, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.resolve)
    guard openReferralCount == 0 else { throw Refusal(.referralLiveExists) }
    registration.resolution = Resolution(outcome: outcome, pathway: pathway, recordTime: now)
    return registration.move(
      .resolve, to: .resolved, at: now, orders: [.cancelAppointments(by: .office)])
  }

  /// The household leaves, and says why if it likes. What is under way is called off in the same
  /// transaction.
  public mutating func withdraw(
    _ reason: WithdrawalReason?, at now: Instant
  ) throws(Refusal) -> Change<Registration> {
    try demand(.withdraw)
    registration.withdrawalReason = reason
    return registration.move(
      .withdraw, to: .withdrawn, at: now,
      orders: [.cancelAppointments(by: .applicant), .endReferrals])
  }

  /// Refuses what the state does not have; a frozen registration says so.
  func demand(_ event: Registration.Event) throws(Refusal) {
    guard registration.state != .frozen else { throw Refusal(.programFrozen) }
    try registration.demand(event)
    switch event {
    case .withdraw, .reviewDuplicates, .protect, .unprotect: break
    // These name their own reason.
    case .startScreening, .invite: break
    default: try registration.demandUnconfirmed()
    }
  }
}

extension Registration {
  /// Refuses what a confirmed duplicate cannot do any more: all but to be withdrawn, and hidden.
  public func demandUnconfirmed() throws(Refusal) {
    guard !holds.contains(.confirmedDuplicate) else {
      throw Refusal(
        .transitionNotAllowed, "The registration is a confirmed duplicate: withdraw it.")
    }
  }

  /// Whether a protection hold keeps it from a partner: from all but the United Nations' (domain § 11).
  ///
  /// - Parameter kind: the partner's; nil for one that is not known
  public func isHidden(from kind: PartnerKind?) -> Bool {
    holds.contains(.protection) && kind != .un
  }

  /// Whether a possible duplicate keeps it from seats. Not before the invitation: until then a visit helps to find out
  /// who somebody is, and a refusal would tell an applicant, who has lost nothing yet, whose name or number is known.
  public var isKeptFromSeats: Bool { state.isInvited && holds.contains(.duplicate) }

  /// Refuses a household that a possible duplicate keeps from seats: DUPLICATE_HOLD.
  public func demandMayTakeSeats() throws(Refusal) {
    if isKeptFromSeats { try demandFree() }
  }

  /// Refuses what a household cannot do while a possible duplicate is unresolved: DUPLICATE_HOLD.
  public func demandFree() throws(Refusal) {
    guard !holds.contains(.duplicate) else { throw Refusal(.duplicateHold) }
  }
}

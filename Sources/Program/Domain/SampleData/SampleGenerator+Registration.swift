/// Samples in every state that the first road reaches, each got there by the machine's own events,
/// so that no sample holds what no real record could.
extension SampleGenerator {
  /// The household's registration in a state; `nil` for FROZEN and ERASED, which come later.
  public mutating func registration(
    of household: SampleHousehold, in state: RegistrationState
  ) throws(Refusal) -> Registration? {
    switch state {
    case .draft: return household.registration
    case .frozen, .erased: return nil
    case .submitted, .expired: return try step(household, from: .draft, to: state)
    case .screening, .withdrawn: return try step(household, from: .submitted, to: state)
    case .infoRequested, .screenedOut, .invited:
      return try step(household, from: .screening, to: state)
    case .interviewed: return try step(household, from: .invited, to: state)
    case .eligible, .notEligible: return try step(household, from: .interviewed, to: state)
    case .referred: return try step(household, from: .eligible, to: state)
    case .resolved: return try step(household, from: .notEligible, to: state)
    }
  }

  private mutating func step(
    _ household: SampleHousehold, from source: RegistrationState, to target: RegistrationState
  ) throws(Refusal) -> Registration? {
    guard let before = try registration(of: household, in: source) else { return nil }
    let time = before.revision.updateTime + .hours(1)
    var machine = RegistrationMachine(before)
    switch target {
    case .submitted: _ = try machine.submit(submission(at: time), at: time)
    case .expired: _ = try machine.expire(at: before.revision.updateTime + .days(30))
    case .screening: _ = try machine.startScreening(at: time)
    case .withdrawn: _ = try machine.withdraw(.changedPlans, at: time)
    case .infoRequested: _ = try machine.requestInfo([.photo], at: time)
    case .screenedOut:
      _ = try machine.screenOut(
        .noResponse, advice: [.legalAid],
        by: Actor(partner: .iom, role: .screener, user: "sample"), at: time)
    case .invited: _ = try machine.invite(to: .interview, at: time)
    case .interviewed: _ = try machine.interviewFulfilled(at: time)
    case .eligible:
      _ = try machine.recordEligibility(
        [EligibilityFinding(pathway: .usrap, finding: .eligible)], at: time)
    case .notEligible:
      _ = try machine.recordEligibility(
        [EligibilityFinding(pathway: .usrap, finding: .notEligible, reason: .noClaim)], at: time)
    case .referred: _ = try machine.referralSent(at: time)
    case .resolved:
      _ = try machine.resolve(.none, pathway: nil, openReferralCount: 0, at: time)
    case .draft, .frozen, .erased: return nil
    }
    return machine.current
  }

  private mutating func submission(at time: Instant) -> RegistrationMachine.Submission {
    RegistrationMachine.Submission(
      gaps: [], verdict: .init(), ruleVersion: 1, hasProcessingConsent: true,
      window: IntakeWindow(
        id: IntakeWindowID(checked: "\(ReferenceData.pilotID)/sample"),
        uid: ResourceUID(using: &random), openTime: time - .hours(1),
        closeTime: time + .hours(1), quota: 1, admitted: 0, state: .open,
        revision: Revision(createdAt: time)))
  }
}

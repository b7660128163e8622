extension SampleGenerator {
  /// A referral of the household on USRAP in a state.
  public mutating func referral(
    of household: SampleHousehold, in state: ReferralState
  ) throws(Refusal) -> Referral? {
    switch state {
    case .draft: return try draftReferral(of: household)
    case .sent, .recalled: return try step(household, from: .draft, to: state)
    case .received, .rejected, .expired: return try step(household, from: .sent, to: state)
    case .accepted, .returned: return try step(household, from: .received, to: state)
    case .inProcess, .withdrawalRequested:
      return try step(household, from: .accepted, to: state)
    case .decided: return try step(household, from: .inProcess, to: state)
    case .withdrawn: return try step(household, from: .withdrawalRequested, to: state)
    case .completed: return try step(household, from: .decided, to: state)
    }
  }

  private mutating func draftReferral(
    of household: SampleHousehold
  ) throws(Refusal) -> Referral? {
    guard let registration = try registration(of: household, in: .eligible),
      let pathway = ReferenceData.pathway(.usrap)
    else { return nil }
    let draft = Referral(
      id: ReferralID(using: &random), registration: registration.id,
      persons: registration.persons, pathway: .usrap, destination: .unitedStates, from: .unhcr,
      to: .usRsc, purpose: .resettlement, priority: .routine, state: .draft,
      revision: registration.revision)
    return try ReferralMachine.create(
      draft, registration: registration, pathway: pathway,
      at: registration.revision.updateTime + .hours(1)
    ).entity
  }

  private mutating func step(
    _ household: SampleHousehold, from source: ReferralState, to target: ReferralState
  ) throws(Refusal) -> Referral? {
    guard let before = try referral(of: household, in: source) else { return nil }
    let time = before.revision.updateTime + .hours(1)
    var machine = ReferralMachine(before)
    switch target {
    case .sent: _ = try machine.send(try sending(before, at: time), at: time)
    case .recalled: _ = try machine.recall(.sentInError, at: time)
    case .received:
      guard let digest = before.release?.digest else { return nil }
      _ = try machine.acknowledge(releaseDigest: digest, by: .usRsc, at: time)
    case .rejected: _ = try machine.reject(.outOfScope, by: .usRsc, at: time)
    case .expired: _ = try machine.expire(at: time + .days(60))
    case .accepted:
      _ = try machine.accept(
        partnerCaseReference: "SAMPLE-\(int(1...9_999))", by: .usRsc, at: time)
    case .returned: _ = try machine.returnToSender(.incomplete, by: .usRsc, at: time)
    case .inProcess: _ = try machine.advance(by: .usRsc, at: time)
    case .withdrawalRequested: _ = try machine.requestWithdrawal(.applicantRequest, at: time)
    case .decided:
      _ = try machine.recordDecision(decision(on: before, at: time), by: .usRsc, at: time)
    case .withdrawn: _ = try machine.confirmWithdrawal(by: .usRsc, at: time)
    case .completed: _ = try machine.close(informTime: time, at: time)
    case .draft: return nil
    }
    return machine.current
  }

  private mutating func decision(on referral: Referral, at time: Instant) -> Decision {
    Decision(
      id: DecisionID(using: &random), referral: referral.id, number: 1, authority: .usRsc,
      kind: .approved, date: time.utcDate.date, reason: .criteriaMet, createTime: time)
  }

  private mutating func sending(
    _ referral: Referral, at time: Instant
  ) throws(Refusal) -> ReferralMachine.Sending {
    guard let pathway = ReferenceData.pathway(referral.pathway),
      let profile = ReferenceData.releaseProfile(
        partner: referral.to, purpose: referral.purpose),
      // No hash in the domain: a sample's digest only has to look like one.
      let digest = Digest((0..<32).map { _ in UInt8(truncatingIfNeeded: int(0...255)) })
    else { throw Refusal(.ruleNotMet) }
    var consents: [Consent] = []
    for person in referral.persons {
      consents.append(
        Consent(
          id: ConsentID(using: &random), registration: referral.registration, person: person,
          grantor: person, recipient: referral.to, purpose: referral.purpose,
          dataClasses: profile.classes, textVersion: "SAMPLE", textLanguage: .fallback,
          textDigest: digest, method: .click, grantTime: time, state: .active,
          revision: Revision(createdAt: time)))
    }
    return ReferralMachine.Sending(
      pathway: pathway, consents: consents,
      release: Release(
        profile: profile.name, version: 1, classes: profile.classes, fields: [], digest: digest,
        releaseTime: time),
      permittedClasses: profile.classes, liveCount: 0, hasLiveTwin: false)
  }
}

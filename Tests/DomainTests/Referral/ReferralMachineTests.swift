import Domain
import Testing

/// The table of every state and event is the specification: §5.3 of the ground plan, row by row.
@Suite struct ReferralMachineTests {
  typealias State = ReferralState
  typealias Event = Referral.Event

  static let table: [State: [Event: State]] = [
    .draft: [
      .send: .sent, .recall: .recalled, .recordAdvice: .completed,
      .conceal: .draft, .reveal: .draft,
    ],
    .sent: [
      .acknowledge: .received, .accept: .accepted, .reject: .rejected, .recall: .recalled,
      .markOverdue: .sent, .expire: .expired,
      .conceal: .sent, .reveal: .sent,
    ],
    .received: [
      .accept: .accepted, .returnToSender: .returned, .reject: .rejected, .recall: .recalled,
      .conceal: .received, .reveal: .received,
    ],
    .accepted: [
      .returnToSender: .returned, .advance: .inProcess, .requestWithdrawal: .withdrawalRequested,
      .conceal: .accepted, .reveal: .accepted,
    ],
    .returned: [
      .send: .sent, .recall: .recalled,
      .conceal: .returned, .reveal: .returned,
    ],
    .inProcess: [
      .requestWithdrawal: .withdrawalRequested, .recordDecision: .decided,
      .conceal: .inProcess, .reveal: .inProcess,
    ],
    .withdrawalRequested: [
      .recordDecision: .decided, .confirmWithdrawal: .withdrawn,
      .markOverdue: .withdrawalRequested,
      .conceal: .withdrawalRequested, .reveal: .withdrawalRequested,
    ],
    .decided: [
      .close: .completed, .correctDecision: .decided,
      .conceal: .decided, .reveal: .decided,
    ],
    .completed: [:], .rejected: [:], .recalled: [:], .withdrawn: [:], .expired: [:],
  ]

  static let petitioner = Pathway(
    id: .usrap, displayName: "petitioner's", region: .unitedStates, authorities: [.usRsc],
    initiator: .petitionerOnly, isProtection: false, purpose: .resettlement)

  static func fire(_ event: Event, from state: State) throws(Refusal) -> Change<Referral>? {
    var machine = ReferralMachine(Fixture.referral(state))
    let now = Fixture.now
    switch event {
    case .create: return try create()
    case .send: return try machine.send(sending(), at: now)
    case .acknowledge:
      return try machine.acknowledge(releaseDigest: Fixture.digest, by: .usRsc, at: now)
    case .accept: return try machine.accept(partnerCaseReference: "GT-1", by: .usRsc, at: now)
    case .returnToSender: return try machine.returnToSender(.incomplete, by: .usRsc, at: now)
    case .advance: return try machine.advance(by: .usRsc, at: now)
    case .requestWithdrawal: return try machine.requestWithdrawal(.applicantRequest, at: now)
    case .recordDecision: return try machine.recordDecision(decision(), by: .usRsc, at: now)
    case .correctDecision:
      var correction = decision()
      correction.supersedes = correction.id
      return try machine.recordDecision(correction, by: .usRsc, at: now)
    case .close: return try machine.close(informTime: now, at: now)
    case .recordAdvice: return try machine.recordAdvice(pathway: petitioner, lack: nil, at: now)
    case .reject: return try machine.reject(.outOfScope, by: .usRsc, at: now)
    case .recall: return try machine.recall(.sentInError, at: now)
    case .confirmWithdrawal: return try machine.confirmWithdrawal(by: .usRsc, at: now)
    case .markOverdue: return try machine.markOverdue(at: now + .days(14))
    case .expire: return try machine.expire(at: now + .days(28))
    case .conceal: return try machine.conceal(at: now)
    case .reveal: return try machine.reveal(at: now)
    }
  }

  static func create(
    _ referral: Referral = Fixture.referral(.draft),
    _ registration: Registration = Fixture.registration(.eligible)
  ) throws(Refusal) -> Change<Referral> {
    guard let pathway = ReferenceData.pathway(.usrap) else { throw Refusal(.fieldInvalid) }
    return try ReferralMachine.create(
      referral, registration: registration, pathway: pathway, at: Fixture.now)
  }

  static func sending() -> ReferralMachine.Sending {
    var pathway = petitioner
    pathway.initiator = .office
    return ReferralMachine.Sending(
      pathway: pathway,
      consents: [Fixture.first, Fixture.second, Fixture.third].map { Fixture.consent($0) },
      release: Fixture.release(),
      permittedClasses: DataClassSet(classes: [.identity, .document, .family]), liveCount: 0,
      hasLiveTwin: false)
  }

  static func decision(on date: String = "2023-07-03") -> Decision {
    Decision(
      id: Fixture.id(12), referral: Fixture.id(11), number: 1, authority: .usRsc,
      kind: .approved, date: Fixture.date(date), createTime: Fixture.now)
  }

  static func refused(_ change: (inout ReferralMachine.Sending) -> Void) -> Refusal.Reason? {
    var sending = sending()
    change(&sending)
    return refusal { () throws(Refusal) in
      var machine = ReferralMachine(Fixture.referral(.draft))
      _ = try machine.send(sending, at: Fixture.now)
    }
  }

  @Test("every state takes exactly the events of the table", arguments: State.allCases)
  func table(state: State) throws {
    let row = try #require(Self.table[state])
    for event in Event.allCases where event != .create {
      guard let target = row[event] else {
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
            == .transitionNotAllowed, "\(event) in \(state)")
        continue
      }
      let change = try #require(try Self.fire(event, from: state))
      #expect(change.entity.state == target, "\(event) in \(state)")
      #expect(change.entity.revision.version.rawValue == 2)
    }
  }

  @Test(
    "the receiver's events are the receiver's alone",
    arguments: [
      Event.acknowledge, .accept, .returnToSender, .advance, .reject, .recordDecision,
      .confirmWithdrawal,
    ])
  func receiver(event: Event) {
    for state in State.allCases {
      let reason = refusal { () throws(Refusal) in
        var referral = Fixture.referral(state)
        referral.to = .caGov
        var machine = ReferralMachine(referral)
        switch event {
        case .acknowledge:
          _ = try machine.acknowledge(
            releaseDigest: Fixture.digest, by: .usRsc, at: Fixture.now)
        case .accept:
          _ = try machine.accept(partnerCaseReference: "1", by: .usRsc, at: Fixture.now)
        case .returnToSender:
          _ = try machine.returnToSender(.incomplete, by: .usRsc, at: Fixture.now)
        case .advance: _ = try machine.advance(by: .usRsc, at: Fixture.now)
        case .reject: _ = try machine.reject(.outOfScope, by: .usRsc, at: Fixture.now)
        case .recordDecision:
          _ = try machine.recordDecision(Self.decision(), by: .usRsc, at: Fixture.now)
        default: _ = try machine.confirmWithdrawal(by: .usRsc, at: Fixture.now)
        }
      }
      #expect(reason == .accessDenied, "\(event) in \(state)")
    }
  }

  @Test(
    "a referral is for pathways the household was found eligible for, then and later",
    arguments: RegistrationState.allCases)
  func eligibility(state: RegistrationState) {
    let isEligible = [.eligible, .referred].contains(state)
    #expect(
      refusal { () throws(Refusal) in
        _ = try Self.create(Fixture.referral(.draft), Fixture.registration(state))
      } == (isEligible ? nil : .ruleNotMet))
  }

  @Test("a household that is held as a possible duplicate is not referred")
  func held() {
    var registration = Fixture.registration(.eligible)
    registration.holds = .duplicate
    #expect(
      refusal { () throws(Refusal) in _ = try Self.create(Fixture.referral(.draft), registration) }
        == .duplicateHold)
  }

  @Test("the persons are of the household, each once, and not under review")
  func persons() {
    var underReview = Fixture.registration(.eligible)
    underReview.members[1].standing = .underReview
    for (persons, registration, reason) in [
      ([Fixture.first], Fixture.registration(.eligible), nil),
      ([], Fixture.registration(.eligible), .fieldInvalid),
      ([Fixture.first, Fixture.first], Fixture.registration(.eligible), .fieldInvalid),
      ([PersonID(checked: "stranger")], Fixture.registration(.eligible), .fieldInvalid),
      ([Fixture.third], underReview, .fieldInvalid), ([Fixture.second], underReview, nil),
    ] as [([PersonID], Registration, Refusal.Reason?)] {
      var referral = Fixture.referral(.draft)
      referral.persons = persons
      #expect(
        refusal { () throws(Refusal) in _ = try Self.create(referral, registration) } == reason)
    }
  }

  @Test("it goes to an authority of the pathway and to nobody else")
  func authority() {
    var referral = Fixture.referral(.draft)
    referral.to = .gtMintrab
    #expect(refusal { () throws(Refusal) in _ = try Self.create(referral) } == .fieldInvalid)
  }

  @Test("sending names the first thing that is wrong")
  func sending() {
    #expect(Self.refused { _ in } == nil)
    #expect(Self.refused { $0.hasLiveTwin = true } == .referralLiveExists)
    #expect(
      Self.refused {
        $0.hasLiveTwin = true
        ($0.liveCount, $0.liveCountMax) = (3, 3)
      } == .partnerCapacity)
    #expect(Self.refused { ($0.liveCount, $0.liveCountMax) = (2, 3) } == nil)
    #expect(
      Self.refused {
        ($0.liveCount, $0.liveCountMax) = (3, 3)
        $0.consents.removeLast()
      } == .consentMissing)
    #expect(
      Self.refused {
        $0.consents.removeLast()
        $0.pathway.initiator = .petitionerOnly
      } == .pathwayNotSendable)
    #expect(Self.refused { $0.pathway.initiator = .employer } == nil)
    // A referral that hands nothing over is none.
    #expect(Self.refused { $0.release.classes = [] } == .pathwayNotSendable)
    #expect(Self.refused { $0.release.classes = DataClassSet(classes: [.health]) } == .ruleNotMet)
  }

  @Test("every person's consent is needed, active now, for this receiver, purpose and data")
  func consents() {
    func with(_ consent: Consent) -> Refusal.Reason? {
      Self.refused { $0.consents[2] = consent }
    }
    let third = Fixture.third
    #expect(with(Fixture.consent(third, .withdrawn)) == .consentWithdrawn)
    #expect(with(Fixture.consent(third, .proposed)) == .consentMissing)
    #expect(with(Fixture.consent(third, .superseded)) == .consentMissing)
    #expect(with(Fixture.consent(third, to: .caGov)) == .consentMissing)
    #expect(with(Fixture.consent(third, for: .processing)) == .consentMissing)
    #expect(
      with(Fixture.consent(third, classes: DataClassSet(classes: [.identity])))
        == .consentMissing)
    var ending = Fixture.consent(third)
    ending.expireTime = Fixture.now
    #expect(with(ending) == .consentMissing)
    ending.expireTime = Fixture.now + .microseconds(1)
    #expect(with(ending) == nil)
    var later = Fixture.consent(third)
    later.grantTime = Fixture.now + .microseconds(1)
    #expect(with(later) == .consentMissing)
  }

  @Test("a withdrawn consent that was given again does not count as withdrawn")
  func consentAgain() {
    #expect(
      Self.refused { $0.consents.insert(Fixture.consent(Fixture.third, .withdrawn), at: 0) }
        == nil)
  }

  @Test("sending anew raises the release's version and forgets the reason of the return")
  func resend() throws {
    var returned = Fixture.referral(.returned)
    returned.reason = .incomplete
    var machine = ReferralMachine(returned)
    let sent = try machine.send(Self.sending(), at: Fixture.now)
    #expect(sent.entity.release?.version == 2)
    #expect(sent.entity.reason == nil)
    #expect(sent.entity.dueTime == Fixture.now + .days(14))
    #expect(sent.entity.consents.count == 3)
    #expect(sent.orders == [.referralSent])
  }

  @Test("the receipt is over exactly the release that was sent")
  func receipt() {
    #expect(
      refusal { () throws(Refusal) in
        var machine = ReferralMachine(Fixture.referral(.sent))
        _ = try machine.acknowledge(
          releaseDigest: Fixture.otherDigest, by: .usRsc, at: Fixture.now)
      } == .fieldInvalid)
  }

  @Test("a partner's case number has 1 to 64 bytes", arguments: [0, 1, 64, 65])
  func caseReference(count: Int) {
    #expect(
      refusal { () throws(Refusal) in
        var machine = ReferralMachine(Fixture.referral(.received))
        _ = try machine.accept(
          partnerCaseReference: String(repeating: "x", count: count), by: .usRsc,
          at: Fixture.now)
      } == ((1...64).contains(count) ? nil : .fieldInvalid))
  }

  @Test(
    "a decision is dated by a whole day that is not later than tomorrow in UTC",
    arguments: [
      ("2023-07-03", true), ("2023-07-04", true), ("2023-07-05", false), ("2023-07", false),
    ])
  func decisionDate(date: String, isTaken: Bool) {
    let got = refusal { () throws(Refusal) in
      var machine = ReferralMachine(Fixture.referral(.inProcess))
      let change = try machine.recordDecision(
        Self.decision(on: date), by: .usRsc, at: Fixture.now)
      #expect(change.orders == [.insertDecision(Self.decision(on: date))])
    }
    #expect(got == (isTaken ? nil : .fieldInvalid))
  }

  @Test("when the household ends it, it is recalled before acceptance, asked back after")
  func ending() throws {
    for state in State.allCases {
      var machine = ReferralMachine(Fixture.referral(state))
      let change = try machine.endForApplicant(.consentWithdrawn, at: Fixture.now)
      switch state {
      case .draft, .sent, .received, .returned: #expect(change?.entity.state == .recalled)
      case .accepted, .inProcess: #expect(change?.entity.state == .withdrawalRequested)
      case .withdrawalRequested, .decided, .completed, .rejected, .recalled, .withdrawn, .expired:
        #expect(change == nil)
      }
    }
  }

  @Test("it is overdue at its due time, once, and expires after the grace")
  func due() throws {
    let due = Fixture.now + .days(14)
    var machine = ReferralMachine(Fixture.referral(.sent))
    #expect(
      refusal { () throws(Refusal) in _ = try machine.markOverdue(at: due - .microseconds(1)) }
        == .transitionNotAllowed)
    #expect(try machine.markOverdue(at: due)?.entity.isOverdue == true)
    #expect(try machine.markOverdue(at: due) == nil)
    let end = due + .days(14)
    #expect(
      refusal { () throws(Refusal) in _ = try machine.expire(at: end - .microseconds(1)) }
        == .transitionNotAllowed)
    #expect(try machine.expire(at: end).entity.state == .expired)
  }

  @Test("advice closes a draft only where nothing could be sent")
  func advice() {
    #expect(
      refusal { () throws(Refusal) in
        var machine = ReferralMachine(Fixture.referral(.draft))
        _ = try machine.recordAdvice(
          pathway: Self.sending().pathway, lack: nil, at: Fixture.now)
      } == .transitionNotAllowed)
    #expect(
      refusal { () throws(Refusal) in
        var machine = ReferralMachine(Fixture.referral(.draft))
        _ = try machine.recordAdvice(
          pathway: Self.petitioner, lack: .petitioner, at: Fixture.now)
      } == .ruleNotMet)
  }

  @Test("it closes when the applicant has been told, not when that is still to come")
  func told() {
    #expect(
      refusal { () throws(Refusal) in
        var machine = ReferralMachine(Fixture.referral(.decided))
        _ = try machine.close(informTime: Fixture.now + .microseconds(1), at: Fixture.now)
      } == .fieldInvalid)
  }
}

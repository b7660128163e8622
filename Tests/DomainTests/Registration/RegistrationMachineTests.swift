import Domain
import Testing

/// The table of every state and event is the specification: §5.1 of the ground plan, row by row.
@Suite struct RegistrationMachineTests {
  typealias State = RegistrationState
  typealias Event = Registration.Event

  /// Where each event leads, from each state that has it. What is not here is refused.
  static let table: [State: [Event: State]] = [
    .draft: [
      .submit: .submitted, .expire: .expired, .withdraw: .withdrawn, .update: .draft,
      .addMember: .draft, .removeMember: .draft,
    ],
    .submitted: [
      .startScreening: .screening, .withdraw: .withdrawn, .update: .submitted,
      .addMember: .submitted, .removeMember: .submitted, .reviewDuplicates: .submitted,
      .protect: .submitted, .unprotect: .submitted,
    ],
    .screening: [
      .requestInfo: .infoRequested, .screenOut: .screenedOut, .invite: .invited,
      .withdraw: .withdrawn, .update: .screening, .addMember: .screening,
      .removeMember: .screening, .reviewDuplicates: .screening,
      .protect: .screening, .unprotect: .screening,
    ],
    .infoRequested: [
      .provideInfo: .screening, .withdraw: .withdrawn, .update: .infoRequested,
      .addMember: .infoRequested, .removeMember: .infoRequested, .reviewDuplicates: .infoRequested,
      .protect: .infoRequested, .unprotect: .infoRequested,
    ],
    .screenedOut: [.reopen: .screening],
    .invited: [
      .interviewFulfilled: .interviewed, .withdraw: .withdrawn, .update: .invited,
      .reviewDuplicates: .invited,
      .protect: .invited, .unprotect: .invited,
    ],
    .interviewed: [
      .recordEligibility: .eligible, .withdraw: .withdrawn, .update: .interviewed,
      .reviewDuplicates: .interviewed,
      .protect: .interviewed, .unprotect: .interviewed,
    ],
    .eligible: [
      .referralSent: .referred, .resolve: .resolved, .withdraw: .withdrawn, .update: .eligible,
      .reviewDuplicates: .eligible,
      .protect: .eligible, .unprotect: .eligible,
    ],
    .notEligible: [
      .resolve: .resolved, .withdraw: .withdrawn, .update: .notEligible,
      .reviewDuplicates: .notEligible,
      .protect: .notEligible, .unprotect: .notEligible,
    ],
    .referred: [
      .resolve: .resolved, .withdraw: .withdrawn, .update: .referred, .reviewDuplicates: .referred,
      .protect: .referred, .unprotect: .referred,
    ],
    .resolved: [:], .withdrawn: [:], .expired: [:], .frozen: [:], .erased: [:],
  ]

  /// Fires an event whose guards all hold.
  static func fire(
    _ event: Event, from state: State
  ) throws(Refusal) -> Change<Registration>? {
    var machine = RegistrationMachine(Fixture.registration(state))
    let now = Fixture.now
    switch event {
    case .create:
      return try RegistrationMachine.create(
        Fixture.registration(state), window: Fixture.window(), at: now)
    case .submit: return try machine.submit(submission(), at: now)
    case .expire: return try machine.expire(at: now + .days(30))
    case .startScreening: return try machine.startScreening(at: now)
    case .requestInfo: return try machine.requestInfo([.photo], at: now)
    case .provideInfo: return try machine.provideInfo(Answers(), at: now)
    case .screenOut:
      return try machine.screenOut(
        .notInScope, advice: [.asylum], by: Fixture.actor("ana"), at: now)
    case .reopen: return try machine.reopen(by: Fixture.actor("berta"), at: now)
    case .invite: return try machine.invite(to: .interview, at: now)
    case .interviewFulfilled: return try machine.interviewFulfilled(at: now)
    case .recordEligibility:
      return try machine.recordEligibility(
        [EligibilityFinding(pathway: .usrap, finding: .eligible)], at: now)
    case .referralSent: return try machine.referralSent(at: now)
    case .resolve:
      return try machine.resolve(.none, pathway: nil, openReferralCount: 0, at: now)
    case .withdraw: return try machine.withdraw(.privacy, at: now)
    case .update: return try machine.update(to: Fixture.registration(state), at: now)
    case .addMember:
      return try machine.addMember(
        Member(person: PersonID(checked: "new"), relation: .child, standing: .active), at: now)
    case .removeMember: return try machine.removeMember(Fixture.third, at: now)
    case .reviewDuplicates:
      return try machine.reviewDuplicates(isHeld: true, isConfirmed: false, apart: [], at: now)
    case .protect: return try machine.setProtection(true, at: now)
    case .unprotect:
      var held = Fixture.registration(state)
      held.holds.insert(.protection)
      var other = RegistrationMachine(held)
      return try other.setProtection(false, at: now)
    }
  }

  static func submission() -> RegistrationMachine.Submission {
    RegistrationMachine.Submission(
      gaps: [], verdict: .init(), ruleVersion: 2, hasProcessingConsent: true,
      window: Fixture.window())
  }

  @Test("every state takes exactly the events of the table", arguments: State.allCases)
  func table(state: State) throws {
    let row = try #require(Self.table[state])
    for event in Event.allCases where event != .create {
      // A later referral of a REFERRED registration is a legal race: it asks for nothing.
      if state == .referred, event == .referralSent {
        #expect(try Self.fire(event, from: state) == nil)
        continue
      }
      guard let target = row[event] else {
        let reason = refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
        #expect(
          reason == (state == .frozen ? .programFrozen : .transitionNotAllowed),
          "\(event) in \(state)")
        continue
      }
      let change = try #require(try Self.fire(event, from: state))
      #expect(change.entity.state == target, "\(event) in \(state)")
      #expect(change.stateBefore == state)
      #expect(change.entity.revision.version.rawValue == 2)
      #expect(change.versionBefore == .first)
    }
  }

  @Test("a protection hold is set once and lifted once, and is no other hold's affair")
  func protection() throws {
    var possible = Fixture.registration(.eligible)
    possible.holds = [.duplicate]
    let registration = possible
    let unheld = refusal { () throws(Refusal) in
      var machine = RegistrationMachine(registration)
      _ = try machine.setProtection(false, at: Fixture.now)
    }
    #expect(unheld == .transitionNotAllowed)
    var machine = RegistrationMachine(registration)
    let held = try machine.setProtection(true, at: Fixture.now)
    #expect(held.entity.holds == [.duplicate, .protection])
    #expect(held.event.rawValue == "SetProtectionHold")
    #expect(held.orders == [.showReferrals(false)])
    #expect(held.entity.isHidden(from: .ngo) && held.entity.isHidden(from: nil))
    #expect(!held.entity.isHidden(from: .un))
    let again = refusal { () throws(Refusal) in
      var other = RegistrationMachine(held.entity)
      _ = try other.setProtection(true, at: Fixture.now)
    }
    #expect(again == .transitionNotAllowed)
    let lifted = try machine.setProtection(false, at: Fixture.now)
    #expect(lifted.entity.holds == [.duplicate])
    #expect(lifted.event.rawValue == "LiftProtectionHold")
    #expect(lifted.orders == [.showReferrals(true)])
    #expect(lifted.entity.revision.version.rawValue == 3)
  }

  @Test("a new registration is a draft of version 1 in its window")
  func creation() throws {
    let change = try #require(try Self.fire(.create, from: .erased))
    #expect(change.entity.state == .draft)
    #expect(change.entity.window == Fixture.window().id)
    #expect(change.entity.revision.version == .first)
    #expect(change.stateBefore == nil)
    #expect(change.versionBefore == nil)
  }

  @Test(
    "a submission is refused with the first thing that is wrong",
    arguments: [
      ("gaps", Refusal.Reason.fieldInvalid), ("rule", .ruleNotMet), ("consent", .consentMissing),
      ("window", .windowClosed), ("quota", .quotaReached), ("twin", .alreadyRegistered),
    ])
  func submission(fault: String, reason: Refusal.Reason) {
    // Each fault comes with every later one, so that the order is tested as well.
    let order = ["gaps", "rule", "consent", "window", "quota", "twin"]
    let from = order.firstIndex(of: fault) ?? 0
    var submission = Self.submission()
    for later in order[from...] {
      switch later {
      case "gaps": submission.gaps = [.init("principal.birth_date", "is needed")]
      case "rule": submission.verdict.unmet = [.age]
      case "consent": submission.hasProcessingConsent = false
      case "window": submission.window.state = .paused
      case "quota": if fault == "quota" { submission.window.admitted = 10 }
      default: submission.firstReceipt = Fixture.receipt
      }
    }
    #expect(
      refusal { () throws(Refusal) in
        var machine = RegistrationMachine(Fixture.registration(.draft))
        _ = try machine.submit(submission, at: Fixture.now)
      } == reason)
  }

  @Test("what the rule cannot decide does not keep anybody from submitting")
  func undecided() throws {
    var submission = Self.submission()
    submission.verdict.undecided = [.age, .presence]
    var machine = RegistrationMachine(Fixture.registration(.draft))
    let change = try machine.submit(submission, at: Fixture.now)
    #expect(change.entity.ruleVersion == 2)
    #expect(change.entity.queueRankTime == Fixture.now)
    #expect(change.orders == [.admit(Fixture.window().id)])
  }

  @Test("the second registration is told the first one's receipt")
  func receipt() throws {
    var submission = Self.submission()
    submission.firstReceipt = Fixture.receipt
    var machine = RegistrationMachine(Fixture.registration(.draft))
    do throws(Refusal) {
      _ = try machine.submit(submission, at: Fixture.now)
      Issue.record("was not refused")
    } catch {
      #expect(error.receipt == Fixture.receipt)
      #expect(!error.message.contains(Fixture.receipt.rawValue))
    }
  }

  @Test("a suspected duplicate is submitted and held before screening")
  func duplicateHold() throws {
    var submission = Self.submission()
    submission.isDuplicateSuspected = true
    var machine = RegistrationMachine(Fixture.registration(.draft))
    let held = try machine.submit(submission, at: Fixture.now).entity
    #expect(held.holds == .duplicate)
    #expect(
      refusal { () throws(Refusal) in
        var machine = RegistrationMachine(held)
        _ = try machine.startScreening(at: Fixture.now)
      } == .duplicateHold)
  }

  @Test("a draft ends after 30 idle days and not a microsecond before")
  func draftIdle() throws {
    let limit = Fixture.now + .days(30)
    var early = RegistrationMachine(Fixture.registration(.draft))
    #expect(
      refusal { () throws(Refusal) in _ = try early.expire(at: limit - .microseconds(1)) }
        == .transitionNotAllowed)
    #expect(try early.expire(at: limit).entity.state == .expired)
  }

  @Test("an appeal is another screener's, and there is one")
  func appeal() throws {
    var machine = RegistrationMachine(Fixture.registration(.screenedOut))
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.reopen(by: Fixture.actor("ana"), at: Fixture.now)
      } == .secondPersonRequired)
    let reopened = try machine.reopen(by: Fixture.actor("berta"), at: Fixture.now).entity
    #expect(reopened.appealUsed)
    var again = RegistrationMachine(reopened)
    let out = try again.screenOut(
      .noResponse, advice: [.legalAid], by: Fixture.actor("ana"), at: Fixture.now
    ).entity
    var third = RegistrationMachine(out)
    #expect(
      refusal { () throws(Refusal) in
        _ = try third.reopen(by: Fixture.actor("berta"), at: Fixture.now)
      } == .appealUsed)
  }

  @Test("nobody is screened out without advice")
  func advice() {
    #expect(
      refusal { () throws(Refusal) in
        var machine = RegistrationMachine(Fixture.registration(.screening))
        _ = try machine.screenOut(
          .noResponse, advice: [], by: Fixture.actor("ana"), at: Fixture.now)
      } == .fieldInvalid)
  }

  @Test("no eligible pathway among the findings makes it NOT_ELIGIBLE")
  func notEligible() throws {
    var machine = RegistrationMachine(Fixture.registration(.interviewed))
    let change = try machine.recordEligibility(
      [
        EligibilityFinding(pathway: .usrap, finding: .notEligible, reason: .noClaim),
        EligibilityFinding(pathway: .h2a, finding: .notEligible, reason: .noEmployer),
      ], at: Fixture.now)
    #expect(change.entity.state == .notEligible)
    #expect(change.entity.eligiblePathways.isEmpty)
  }

  @Test(
    "findings must be some, of different pathways, with a reason exactly when not eligible",
    arguments: [
      [],
      [
        EligibilityFinding(pathway: .usrap, finding: .eligible),
        EligibilityFinding(pathway: .usrap, finding: .notEligible, reason: .noClaim),
      ],
      [EligibilityFinding(pathway: .usrap, finding: .notEligible)],
      [EligibilityFinding(pathway: .usrap, finding: .eligible, reason: .noClaim)],
    ])
  func findings(findings: [EligibilityFinding]) {
    #expect(
      refusal { () throws(Refusal) in
        var machine = RegistrationMachine(Fixture.registration(.interviewed))
        _ = try machine.recordEligibility(findings, at: Fixture.now)
      } == .fieldInvalid)
  }

  @Test("a case with an open referral cannot be resolved")
  func openReferral() throws {
    var machine = RegistrationMachine(Fixture.registration(.referred))
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.resolve(.none, pathway: nil, openReferralCount: 1, at: Fixture.now)
      } == .referralLiveExists)
    let change = try machine.resolve(.none, pathway: nil, openReferralCount: 0, at: Fixture.now)
    #expect(change.entity.resolution?.outcome == Outcome.none)
  }

  @Test("leaving calls off appointments and referrals in the same transaction")
  func leaving() throws {
    var machine = RegistrationMachine(Fixture.registration(.referred))
    let change = try machine.withdraw(.leftCountry, at: Fixture.now)
    #expect(change.orders == [.cancelAppointments(by: .applicant), .endReferrals])
  }

  @Test("a correction takes over place, language and answers, and never the rank or the state")
  func correction() throws {
    var stored = Fixture.registration(.submitted)
    stored.queueRankTime = Fixture.now - .days(3)
    var edited = Fixture.registration(.eligible)
    edited.municipality = "01"
    edited.answers.hasUSSponsor = true
    edited.holds = .fraud
    edited.members = []
    var machine = RegistrationMachine(stored)
    let corrected = try machine.update(to: edited, at: Fixture.now).entity
    stored.municipality = "01"
    stored.answers.hasUSSponsor = true
    stored.revision.advance(at: Fixture.now)
    #expect(corrected == stored)
  }

  @Test("the household grows by new people up to its limit, and never loses its principal")
  func members() throws {
    func reason(_ body: (inout Registration) -> PersonID) -> Refusal.Reason? {
      var registration = Fixture.registration(.draft)
      let person = body(&registration)
      return refusal { () throws(Refusal) in
        var machine = RegistrationMachine(registration)
        _ = try machine.addMember(
          Member(person: person, relation: .child, standing: .active), at: Fixture.now)
      }
    }
    func many(_ count: Int, _ registration: inout Registration) -> PersonID {
      registration.members = (0..<count).map {
        Member(person: PersonID(checked: "p\($0)"), relation: .child, standing: .active)
      }
      return PersonID(checked: "new")
    }
    #expect(reason { many(18, &$0) } == nil)
    #expect(reason { many(19, &$0) } == .fieldInvalid)
    #expect(reason { _ in Fixture.first } == .fieldInvalid)
    #expect(reason { _ in Fixture.second } == .fieldInvalid)
    var machine = RegistrationMachine(Fixture.registration(.draft))
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.removeMember(Fixture.first, at: Fixture.now)
      } == .transitionNotAllowed)
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.removeMember(PersonID(checked: "stranger"), at: Fixture.now)
      } == .fieldInvalid)
    #expect(try machine.removeMember(Fixture.second, at: Fixture.now).entity.members.count == 1)
  }

  @Test("a refused event leaves the machine as it was")
  func unchanged() {
    var machine = RegistrationMachine(Fixture.registration(.screening))
    _ = refusal { () throws(Refusal) in _ = try machine.requestInfo([], at: Fixture.now) }
    let current = machine.current
    #expect(current == Fixture.registration(.screening))
  }
}

import Testing

@testable import Domain

/// §5.4, the duplicate: every state and event.
@Suite struct DuplicateCandidateMachineTests {
  typealias State = DuplicateState

  typealias Event = DuplicateCandidate.Event

  /// Where each event may lead, from each state that has it. What is not here is refused.
  static let table: [State: [Event: Set<State>]] = [
    .open: [.resolve: [.confirmed, .distinct, .undecided], .reassess: [.open]],
    .undecided: [.resolve: [.confirmed, .distinct, .undecided], .reassess: [.undecided]],
    .confirmed: [:], .distinct: [.reopen: [.open]],
  ]

  @Test("every state takes exactly the events of the table", arguments: State.allCases)
  func table(state: State) throws {
    let row = try #require(Self.table[state])
    let less = DuplicateAssessmentTests.assess(
      Self.first, DuplicateAssessmentTests.person("Marta Pop", "1960-02-03", seed: 2))
    let number = [DuplicateAssessmentTests.document("2345678099902")]
    let more = DuplicateAssessmentTests.assess(Self.first, Self.second, (number, number))
    for event in Event.allCases where event != .open {
      for target in State.allCases {
        var machine = DuplicateCandidateMachine(try Self.candidate(state))
        var reached: State?
        let reason = refusal { () throws(Refusal) in
          switch event {
          case .resolve:
            reached = try machine.resolve(
              as: target, by: Fixture.actor("ana", .iom, .reviewer), at: Fixture.now
            ).entity.state
          case .reopen: reached = try machine.reopen(more, at: Fixture.now)?.entity.state
          default: reached = try machine.reassess(less, at: Fixture.now)?.entity.state
          }
        }
        let expected = row[event].map { event == .resolve ? $0.intersection([target]) : $0 }
        #expect(reached.map { [$0] } ?? [] == expected ?? [], "\(event) to \(target) in \(state)")
        if row[event] == nil { #expect(reason == .transitionNotAllowed, "\(event) in \(state)") }
        #expect((reason == nil) == (reached != nil))
      }
    }
  }

  static func candidate(_ state: State = .open) throws -> DuplicateCandidate {
    var candidate = try opened().entity
    candidate.state = state
    return candidate
  }

  private static let first = DuplicateAssessmentTests.person("Marta Xol Caal", seed: 1)
  private static let second = DuplicateAssessmentTests.person("Marta Xol Caal", seed: 2)

  private static func opened(
    _ assessment: DuplicateAssessment = DuplicateAssessmentTests.assess(first, second)
  ) throws(Refusal) -> Change<DuplicateCandidate> {
    try DuplicateCandidateMachine.open(
      Fixture.id(70), program: ReferenceData.pilotID, first: .init(first), second: .init(second),
      assessment, at: Fixture.now)
  }

  @Test("a pair is opened with its evidence, and says what it was found by")
  func open() throws {
    let change = try Self.opened()
    #expect(change.stateBefore == nil)
    #expect(change.entity.state == .open)
    #expect(change.entity.isHolding)
    #expect(change.entity.holdsLater)
    #expect(change.entity.algorithmVersion == MatchingRule.standard.version)
    #expect(change.entity.pair == DuplicatePair(Self.second.id, Self.first.id))
    #expect(change.statusEvent(id: Fixture.id(1), by: .system).aggregate == .duplicateCandidate)
  }

  @Test("too little evidence, and one household, are no pair")
  func noPair() {
    let little = DuplicateAssessmentTests.assess(
      Self.first, DuplicateAssessmentTests.person("Pedro Pop", seed: 2))
    #expect(refusal { () throws(Refusal) in _ = try Self.opened(little) } == .transitionNotAllowed)
    #expect(
      refusal { () throws(Refusal) in
        _ = try DuplicateCandidateMachine.open(
          Fixture.id(70), program: ReferenceData.pilotID, first: .init(Self.first),
          second: .init(Self.first), DuplicateAssessmentTests.assess(Self.first, Self.second),
          at: Fixture.now)
      } == .transitionNotAllowed)
  }

  @Test(
    "a reviewer says what it is, once it is said it stays", arguments: State.allCases,
    State.allCases)
  func resolve(state: State, resolution: State) throws {
    var machine = DuplicateCandidateMachine(try Self.candidate(state))
    let reviewer = Fixture.actor("ana", .iom, .reviewer)
    if [.confirmed, .distinct].contains(state) || resolution == .open {
      let expected: Refusal.Reason =
        [.confirmed, .distinct].contains(state) ? .transitionNotAllowed : .fieldInvalid
      #expect(
        refusal { () throws(Refusal) in
          _ = try machine.resolve(as: resolution, by: reviewer, at: Fixture.now)
        } == expected)
      return
    }
    let change = try machine.resolve(as: resolution, by: reviewer, at: Fixture.now)
    #expect(change.entity.state == resolution)
    #expect(change.entity.reviewer == reviewer)
    #expect(change.entity.revision.version.rawValue == 2)
    #expect(change.entity.holdsLater == (resolution != .distinct))
  }

  @Test("what a later search finds is new, or nothing, or too late", arguments: State.allCases)
  func reassess(state: State) throws {
    let same = DuplicateAssessmentTests.assess(Self.first, Self.second)
    let less = DuplicateAssessmentTests.assess(
      Self.first, DuplicateAssessmentTests.person("Marta Pop", "1960-02-03", seed: 2))
    var machine = DuplicateCandidateMachine(try Self.candidate(state))
    guard [.open, .undecided].contains(state) else {
      let reason = refusal { () throws(Refusal) in
        _ = try machine.reassess(less, at: Fixture.now)
      }
      #expect(reason == .transitionNotAllowed)
      return
    }
    #expect(try machine.reassess(same, at: Fixture.now) == nil)
    let change = try #require(try machine.reassess(less, at: Fixture.now))
    #expect(change.entity.state == state)
    // What has held once holds until somebody has looked.
    #expect(change.entity.isHolding && change.entity.holdsLater)
    #expect(change.entity.score == less.score)
    let back = try #require(try machine.reassess(same, at: Fixture.now))
    #expect(back.entity.isHolding && back.entity.score == same.score)
  }

  @Test("two persons are two until more speaks for one than did then", arguments: State.allCases)
  func reopen(state: State) throws {
    let (weak, other) = (
      DuplicateAssessmentTests.assess(
        Self.first, DuplicateAssessmentTests.person("Marta Xol Caal", "1991-05-17", seed: 2)),
      DuplicateAssessmentTests.assess(
        Self.first, DuplicateAssessmentTests.person("Marta Pop", "1960-02-03", seed: 2))
    )
    let number = [DuplicateAssessmentTests.document("2345678099902")]
    let same = DuplicateAssessmentTests.assess(Self.first, Self.second)
    var candidate = try Self.opened(weak).entity
    (candidate.state, candidate.reviewer) = (state, Fixture.actor("ana", .iom, .reviewer))
    guard state == .distinct else {
      let reason = refusal { () throws(Refusal) in
        var machine = DuplicateCandidateMachine(candidate)
        _ = try machine.reopen(same, at: Fixture.now)
      }
      #expect(reason == .transitionNotAllowed)
      return
    }
    for less in [weak, other] {
      var machine = DuplicateCandidateMachine(candidate)
      #expect(try machine.reopen(less, at: Fixture.now) == nil)
      // Not by other numbers of matching alone.
      var later = MatchingRule.standard
      (later.version, later.reviewBits) = ("next", 1)
      #expect(try machine.reopen(less, rule: later, at: Fixture.now) == nil)
    }
    for more in [
      same, DuplicateAssessmentTests.assess(Self.first, Self.second, (number, number)),
    ] {
      var machine = DuplicateCandidateMachine(candidate)
      let change = try #require(try machine.reopen(more, at: Fixture.now))
      #expect(change.entity.state == .open && change.entity.reviewer == nil)
      #expect(change.entity.evidence == more.evidence && change.entity.holdsLater)
    }
    // A number that two were found to have is new where it was compared with the original since.
    let typed = DuplicateAssessmentTests.assess(Self.first, Self.second, (number, number))
    candidate.evidence = typed.evidence
    candidate.score = typed.score
    let seen = [DuplicateAssessmentTests.document("2345678099902", verified: true)]
    var machine = DuplicateCandidateMachine(candidate)
    #expect(try machine.reopen(typed, at: Fixture.now) == nil)
    let proof = DuplicateAssessmentTests.assess(Self.first, Self.second, (seen, seen))
    #expect(try machine.reopen(proof, at: Fixture.now)?.entity.state == .open)
  }

  @Test("the highest score comes first in lists, whatever number it is")
  func rank() {
    let scores = [1e300, 40, 25.001, 25, 0, -3.5, -1e300, .infinity]
    let ranks = scores.map { DuplicateCandidate.rank(of: $0) }
    #expect(ranks.dropLast() == ranks.dropLast().sorted()[...])
    #expect(DuplicateCandidate.rank(of: 25.001) == -25_001)
    #expect(ranks.last == ranks.first)
  }

  @Test(
    "a confirmed duplicate can only be withdrawn, and hidden", arguments: RegistrationState.allCases
  )
  func confirmed(state: RegistrationState) throws {
    guard Registration.Event.reviewDuplicates.sources.contains(state) else { return }
    var registration = Fixture.registration(state)
    registration.setDuplicates(isHeld: true, isConfirmed: true, apart: [Fixture.second])
    #expect(registration.members.map(\.standing) == [.underReview, .active])
    for event in Registration.Event.allCases where event.sources.contains(state) {
      var machine = RegistrationMachine(registration)
      let reason = refusal { () throws(Refusal) in
        switch event {
        case .withdraw: _ = try machine.withdraw(nil, at: Fixture.now)
        case .reviewDuplicates:
          _ = try machine.reviewDuplicates(
            isHeld: false, isConfirmed: false, apart: [], at: Fixture.now)
        case .startScreening: _ = try machine.startScreening(at: Fixture.now)
        case .invite: _ = try machine.invite(to: .interview, at: Fixture.now)
        case .update: _ = try machine.update(to: registration, at: Fixture.now)
        case .removeMember: _ = try machine.removeMember(Fixture.third, at: Fixture.now)
        default: try machine.demand(event)
        }
      }
      let expected: Refusal.Reason? =
        switch event {
        case .withdraw, .reviewDuplicates, .protect, .unprotect: nil
        case .startScreening, .invite: .duplicateHold
        default: .transitionNotAllowed
        }
      #expect(reason == expected, "\(event)")
    }
  }

  @Test("a review that finds nothing new is no change")
  func nothingNew() throws {
    var machine = RegistrationMachine(Fixture.registration(.submitted))
    #expect(
      try machine.reviewDuplicates(isHeld: false, isConfirmed: false, apart: [], at: Fixture.now)
        == nil)
    let held = try #require(
      try machine.reviewDuplicates(
        isHeld: true, isConfirmed: false, apart: [Fixture.second], at: Fixture.now))
    #expect(held.entity.holds == .duplicate)
    #expect(held.entity.revision.version.rawValue == 2)
    let freed = try #require(
      try machine.reviewDuplicates(isHeld: false, isConfirmed: false, apart: [], at: Fixture.now))
    #expect(freed.entity.holds.isEmpty)
    #expect(freed.entity.members.allSatisfy { $0.standing == .active })
  }
}

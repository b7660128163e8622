import Domain
import Testing

@Suite struct ConsentMachineTests {
  static let table: [ConsentState: [Consent.Event: ConsentState]] = [
    .proposed: [.grant: .active, .withdraw: .withdrawn],
    .active: [.withdraw: .withdrawn, .expire: .expired, .supersede: .superseded],
    .withdrawn: [:], .expired: [:], .superseded: [:],
  ]

  private static let today = Fixture.date("2023-06-12")

  static func fire(
    _ event: Consent.Event, from state: ConsentState
  ) throws(Refusal) -> Change<Consent> {
    var consent = Fixture.consent(Fixture.first, state)
    consent.expireTime = Fixture.now + .days(1)
    var machine = ConsentMachine(consent)
    switch event {
    case .propose:
      return try ConsentMachine.propose(
        consent, person: Fixture.person(Fixture.first, born: "1990-01-01"), today: Self.today,
        at: Fixture.now)
    case .grant:
      return try machine.grant(
        method: .signed, witness: "ana", replaced: [Fixture.id(50)], at: Fixture.now)
    case .withdraw: return try machine.withdraw(at: Fixture.now)
    case .expire: return try machine.expire(at: Fixture.now + .days(1))
    case .supersede: return try machine.supersede(at: Fixture.now)
    }
  }

  @Test("every state takes exactly the events of the table", arguments: ConsentState.allCases)
  func table(state: ConsentState) throws {
    let row = try #require(Self.table[state])
    for event in Consent.Event.allCases where event != .propose {
      guard let target = row[event] else {
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
            == .transitionNotAllowed, "\(event) in \(state)")
        continue
      }
      #expect(try Self.fire(event, from: state).entity.state == target)
    }
  }

  @Test("a grant holds from its instant on and supersedes the one before")
  func grant() throws {
    let change = try Self.fire(.grant, from: .proposed)
    #expect(change.orders == [.supersede(Fixture.id(50))])
    #expect(!change.entity.isActive(at: Fixture.now - .microseconds(1)))
    #expect(change.entity.isActive(at: Fixture.now))
    #expect(change.entity.isActive(at: Fixture.now + .days(1) - .microseconds(1)))
    #expect(!change.entity.isActive(at: Fixture.now + .days(1)))
  }

  @Test(
    "a consent needs a witness or an interpreter unless given by click",
    arguments: ConsentMethod.allCases)
  func witness(method: ConsentMethod) {
    for (witness, interpreter) in [(nil, nil), ("ana", nil), (nil, "juan"), ("", "")]
      as [(String?, String?)]
    {
      let isWitnessed = witness == "ana" || interpreter == "juan"
      #expect(
        refusal { () throws(Refusal) in
          var machine = ConsentMachine(Fixture.consent(Fixture.first, .proposed))
          _ = try machine.grant(
            method: method, witness: witness, interpreter: interpreter, replaced: [],
            at: Fixture.now)
        } == (isWitnessed || method == .click ? nil : .fieldInvalid))
    }
  }

  @Test("withdrawing ends the referrals in the same transaction")
  func withdrawal() throws {
    let change = try Self.fire(.withdraw, from: .active)
    #expect(change.orders == [.endReferrals])
    #expect(change.entity.withdrawTime == Fixture.now)
    #expect(!change.entity.isActive(at: Fixture.now))
  }

  @Test("saying no to a proposal ends no referral: none rests on it")
  func declined() throws {
    let change = try Self.fire(.withdraw, from: .proposed)
    #expect(change.orders.isEmpty)
    #expect(change.entity.withdrawTime == Fixture.now)
  }

  /// Who may speak for somebody: the person, the guardian.
  struct Speakers: CustomTestStringConvertible, Sendable {
    var born: String?
    var isEstimated = false
    var hasGuardian = true
    var person: Bool
    var guardian: Bool

    var testDescription: String {
      "born \(born ?? "nobody knows when")\(isEstimated ? ", perhaps" : "")\(hasGuardian ? "" : ", alone")"
    }
  }

  @Test(
    "consent is given by the person, of a minor by the guardian, and by nobody else",
    arguments: [
      Speakers(born: "2015-01-01", person: false, guardian: true),
      Speakers(born: "2015-01-01", hasGuardian: false, person: true, guardian: false),
      Speakers(born: "2005-06-12", person: true, guardian: false),
      Speakers(born: "2005-06-13", person: false, guardian: true),
      Speakers(born: "2005", person: true, guardian: true),
      Speakers(born: "1985-01-01", person: true, guardian: false),
      Speakers(born: "1985-01-01", isEstimated: true, person: true, guardian: true),
      Speakers(born: nil, person: true, guardian: true),
    ])
  func grantor(_ speakers: Speakers) {
    var person = Fixture.person(
      Fixture.third, born: speakers.born, guardian: speakers.hasGuardian ? Fixture.first : nil)
    person.isBirthDateEstimated = speakers.isEstimated
    for (grantor, isAllowed) in [
      (Fixture.third, speakers.person), (Fixture.first, speakers.guardian), (Fixture.second, false),
    ] {
      var consent = Fixture.consent(Fixture.third, .proposed)
      consent.grantor = grantor
      #expect(
        refusal { () throws(Refusal) in
          _ = try ConsentMachine.propose(
            consent, person: person, today: Self.today, at: Fixture.now)
        } == (isAllowed ? nil : .fieldInvalid))
    }
  }

  @Test("a consent to nothing is none")
  func classes() {
    var consent = Fixture.consent(Fixture.first, .proposed)
    consent.dataClasses = []
    #expect(
      refusal { () throws(Refusal) in
        _ = try ConsentMachine.propose(
          consent, person: Fixture.person(Fixture.first, born: nil), today: Self.today,
          at: Fixture.now)
      } == .fieldInvalid)
  }
}

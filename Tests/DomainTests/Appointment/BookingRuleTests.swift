import Domain
import Testing

@Suite struct BookingRuleTests {
  @Test(
    "a slot is bookable up to its lead time and not after",
    arguments: [
      (Duration.minutes(60), Refusal.Reason?.none),
      (.minutes(60) - .microseconds(1), .fieldInvalid), (.zero, .fieldInvalid),
      (.minutes(-5), .fieldInvalid),
    ])
  func leadTime(span: Duration, reason: Refusal.Reason?) {
    let request = Fixture.request(Fixture.slot(in: span))
    #expect(refusal { () throws(Refusal) in try BookingRule.check(request) } == reason)
  }

  @Test("held seats can be booked inside the lead time, but not after the start")
  func held() {
    let soon = Fixture.request(Fixture.slot(in: .minutes(5)))
    #expect(refusal { () throws(Refusal) in try BookingRule.check(soon, isHeld: true) } == nil)
    let past = Fixture.request(Fixture.slot(in: .zero))
    #expect(
      refusal { () throws(Refusal) in try BookingRule.check(past, isHeld: true) }
        == .fieldInvalid)
  }

  @Test("a blocked slot takes nobody")
  func blocked() {
    var slot = Fixture.slot()
    slot.blockedReason = .officeClosed
    #expect(
      refusal { () throws(Refusal) in try BookingRule.check(Fixture.request(slot)) }
        == .slotBlocked)
  }

  @Test("a registration books only in the service's states", arguments: RegistrationState.allCases)
  func states(state: RegistrationState) {
    let expected: Refusal.Reason? =
      switch state {
      case .invited: nil
      case .frozen: .programFrozen
      default: .transitionNotAllowed
      }
    #expect(
      refusal { () throws(Refusal) in
        try BookingRule.check(Fixture.request(registration: state))
      } == expected)
  }

  @Test(
    "from the invitation on a held household takes no seat, before it may come to be known",
    arguments: RegistrationState.allCases)
  func duplicate(state: RegistrationState) {
    var request = Fixture.request(registration: state)
    request.service.bookableStates = RegistrationState.allCases
    request.registration.holds = .duplicate
    let expected: Refusal.Reason? =
      switch state {
      case .invited, .interviewed, .eligible, .notEligible, .referred: .duplicateHold
      case .frozen: .programFrozen
      default: nil
      }
    #expect(refusal { () throws(Refusal) in try BookingRule.check(request) } == expected)
  }

  @Test("a household as large as the service takes fits, a larger one does not", arguments: [3, 2])
  func party(most: Int) {
    var request = Fixture.request()
    request.service.partyCountMax = most
    #expect(
      refusal { () throws(Refusal) in try BookingRule.check(request) }
        == (most >= 3 ? nil : .ruleNotMet))
  }

  @Test("seats are the household's number: not 0, not fewer, not more", arguments: [0, 2, 3, 4])
  func seats(seats: Int) {
    var request = Fixture.request()
    request.seats = seats
    #expect(
      refusal { () throws(Refusal) in try BookingRule.check(request) }
        == (seats == 3 ? nil : .fieldInvalid))
  }

  @Test("attendees are the whole household in any order, each once")
  func attendees() {
    let all = [Fixture.third, Fixture.first, Fixture.second]
    for (attendees, reason) in [
      (all, nil), ([], .fieldInvalid), (Array(all.dropLast()), .fieldInvalid),
      ([Fixture.first, Fixture.first, Fixture.second], .fieldInvalid),
    ] as [([PersonID], Refusal.Reason?)] {
      var request = Fixture.request()
      request.attendees = attendees
      #expect(refusal { () throws(Refusal) in try BookingRule.check(request) } == reason)
    }
  }
}

import Domain
import Testing

@Suite struct HoldMachineTests {
  static let table: [HoldState: [Hold.Event: HoldState]] = [
    .active: [
      .renew: .active, .consume: .consumed, .release: .released, .expire: .expired,
    ],
    .consumed: [:], .released: [:], .expired: [:],
  ]

  static func fire(_ event: Hold.Event, from state: HoldState) throws(Refusal) -> Change<Hold> {
    var machine = HoldMachine(Fixture.hold(state))
    switch event {
    case .hold: return try create()
    case .renew: return try machine.renew(by: Fixture.household, newFence: 5, at: Fixture.now)
    case .consume: return try machine.consume(by: Fixture.household, fence: 4, at: Fixture.now)
    case .release: return try machine.release(at: Fixture.now)
    case .expire: return try machine.expire(at: Fixture.now + .minutes(10))
    }
  }

  static func create(
    _ request: BookingRule.Request = Fixture.request(), other: Bool = false
  ) throws(Refusal) -> Change<Hold> {
    try HoldMachine.create(
      id: Fixture.id(20), request: request, hasOtherActiveHold: other, fence: 1)
  }

  @Test("every state takes exactly the events of the table", arguments: HoldState.allCases)
  func table(state: HoldState) throws {
    let row = try #require(Self.table[state])
    for event in Hold.Event.allCases where event != .hold {
      guard let target = row[event] else {
        // A spent hold and an expired one are the same to whoever comes with it.
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
            == (event == .expire ? .transitionNotAllowed : .holdExpired), "\(event) in \(state)")
        continue
      }
      #expect(try Self.fire(event, from: state).entity.state == target)
    }
  }

  @Test("a hold claims a seat for each of the household, for ten minutes")
  func create() throws {
    let hold = try Self.create().entity
    #expect(hold.seats == 3)
    #expect(hold.expireTime == Fixture.now + .minutes(10))
    #expect(hold.state == .active)
  }

  @Test("a second hold of the same registration is refused")
  func limit() {
    #expect(
      refusal { () throws(Refusal) in _ = try Self.create(other: true) } == .holdLimit)
  }

  @Test("a hold counts until its time and not at it, without anybody sweeping")
  func expiry() throws {
    let limit = Fixture.now + .minutes(10)
    for (time, reason) in [
      (limit - .microseconds(1), nil), (limit, Refusal.Reason.holdExpired),
    ] as [(Instant, Refusal.Reason?)] {
      #expect(
        refusal { () throws(Refusal) in
          var machine = HoldMachine(Fixture.hold(.active))
          _ = try machine.consume(by: Fixture.household, fence: 4, at: time)
        } == reason)
      #expect(
        refusal { () throws(Refusal) in
          var machine = HoldMachine(Fixture.hold(.active))
          _ = try machine.renew(by: Fixture.household, newFence: 5, at: time)
        } == reason)
    }
    #expect(Fixture.hold(.active).state(at: limit) == .expired)
    #expect(Fixture.hold(.released).state(at: limit) == .released)
  }

  @Test("booking needs the current fence: neither an older nor a newer one", arguments: [3, 5])
  func fence(fence: Int64) {
    #expect(
      refusal { () throws(Refusal) in
        var machine = HoldMachine(Fixture.hold(.active))
        _ = try machine.consume(by: Fixture.household, fence: fence, at: Fixture.now)
      } == .holdFenceStale)
  }

  @Test("another registration's hold looks like none")
  func stranger() {
    #expect(
      refusal { () throws(Refusal) in
        var machine = HoldMachine(Fixture.hold(.active))
        _ = try machine.consume(by: Fixture.id(77), fence: 4, at: Fixture.now)
      } == .holdExpired)
  }

  @Test("a hold is renewed once, with a higher fence and a new time")
  func renewal() throws {
    var machine = HoldMachine(Fixture.hold(.active))
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.renew(by: Fixture.household, newFence: 4, at: Fixture.now)
      } == .holdFenceStale)
    let later = Fixture.now + .minutes(9)
    let renewed = try machine.renew(by: Fixture.household, newFence: 5, at: later).entity
    #expect(renewed.fence == 5)
    #expect(renewed.expireTime == later + .minutes(10))
    #expect(
      refusal { () throws(Refusal) in
        _ = try machine.renew(by: Fixture.household, newFence: 6, at: later)
      } == .holdLimit)
  }

  @Test("a household that has changed since the hold books nothing: all seats or none")
  func householdChanged() throws {
    var hold = Fixture.hold(.active)
    hold.seats = 2
    var machine = HoldMachine(hold)
    let consumed = try machine.consume(by: Fixture.household, fence: 4, at: Fixture.now)
    #expect(
      refusal { () throws(Refusal) in
        _ = try AppointmentMachine.book(Fixture.booking(), consumed: consumed)
      } == .holdExpired)
  }
}

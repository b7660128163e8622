import Domain
import Testing

@Suite struct WaitlistMachineTests {
  static let table: [WaitlistState: [WaitlistEntry.Event: WaitlistState]] = [
    .waiting: [
      .leave: .removed, .remove: .removed, .offer: .offered, .restore: .waiting,
      .loseRank: .waiting,
      .correct: .waiting,
    ],
    .offered: [.accept: .accepted, .decline: .declined, .lapse: .lapsed, .correct: .offered],
    .declined: [.remove: .removed, .wait: .waiting],
    .lapsed: [.remove: .removed, .wait: .waiting],
    .accepted: [:], .removed: [:],
  ]

  private static func entry(_ state: WaitlistState, offers: Int = 1) -> WaitlistEntry {
    WaitlistEntry(
      id: Fixture.id(30), registration: Fixture.household, kind: .interview,
      offices: [Fixture.interview.office], notice: .hours(2), seats: 3, rankTime: Fixture.now,
      offersMade: offers, state: state, revision: Revision(createdAt: Fixture.now))
  }

  private static func fire(
    _ event: WaitlistEntry.Event, from state: WaitlistState
  ) throws(Refusal) -> Change<WaitlistEntry>? {
    var machine = WaitlistMachine(entry(state))
    let now = Fixture.now + .hours(1)
    switch event {
    case .join: return try join()
    case .leave: return try machine.leave(at: now)
    case .remove: return try machine.remove(at: now)
    case .offer: return try machine.offer(Fixture.id(9), at: now)
    case .accept: return try machine.accept(at: now)
    case .decline: return try machine.decline(at: now)
    case .lapse: return try machine.lapse(at: now)
    case .wait: return try machine.settle(keepsRank: true, at: now)
    case .restore: return try machine.restore(rankTime: Fixture.now - .days(1), at: now)
    case .loseRank: return try machine.loseRank(at: now)
    case .correct: return try machine.correct(seats: 4, at: now)
    }
  }

  private static func request(
    _ state: RegistrationState = .invited, services: [ServiceOffer] = [Fixture.service()],
    seats: Int? = nil, live: Bool = false, waiting: Bool = false
  ) -> WaitlistMachine.Request {
    WaitlistMachine.Request(
      id: Fixture.id(31), registration: Fixture.registration(state), services: services,
      notice: .hours(2), seats: seats, hasLiveAppointment: live, isWaiting: waiting)
  }

  private static func join(
    _ request: WaitlistMachine.Request = request()
  ) throws(Refusal) -> Change<WaitlistEntry> {
    try WaitlistMachine.join(request, at: Fixture.now)
  }

  @Test("every state takes exactly the events of the table", arguments: WaitlistState.allCases)
  func table(state: WaitlistState) throws {
    let row = try #require(Self.table[state])
    for event in WaitlistEntry.Event.allCases where event != .join {
      guard let target = row[event] else {
        #expect(
          refusal { () throws(Refusal) in _ = try Self.fire(event, from: state) }
            == .transitionNotAllowed, "\(event) in \(state)")
        continue
      }
      let change = try #require(try Self.fire(event, from: state))
      #expect(change.entity.state == target)
      #expect(change.entity.revision.version == Version.first.next)
    }
  }

  @Test("a household joins whole, with the rank of its registration")
  func join() throws {
    var request = Self.request(seats: 3)
    request.registration.queueRankTime = Fixture.now - .days(9)
    let entry = try Self.join(request).entity
    #expect(entry.state == .waiting)
    #expect(entry.seats == 3)
    #expect(entry.rankTime == Fixture.now - .days(9))
    #expect(entry.offices == [Fixture.interview.office])
    #expect(entry.kind == .interview)
    let last = try WaitlistMachine.join(request, rankTime: Fixture.now, at: Fixture.now).entity
    #expect(last.rankTime == Fixture.now)
  }

  @Test("nobody waits for what it has, may not have, or does not fit into")
  func refusals() {
    let rows: [(WaitlistMachine.Request, Refusal.Reason)] = [
      (Self.request(live: true), .appointmentLiveExists),
      (Self.request(waiting: true), .transitionNotAllowed),
      (Self.request(.screening), .transitionNotAllowed),
      (Self.request(.frozen), .programFrozen),
      (Self.request(seats: 2), .fieldInvalid),
      (Self.request(services: []), .fieldInvalid),
      (Self.request(services: [Fixture.service(partyCountMax: 2)]), .ruleNotMet),
    ]
    for (request, reason) in rows {
      #expect(refusal { () throws(Refusal) in _ = try Self.join(request) } == reason)
    }
  }

  @Test("who does not accept comes last, and after three offers waits no more")
  func offers() throws {
    for (offers, state) in [(1, WaitlistState.waiting), (2, .waiting), (3, .removed)] {
      var machine = WaitlistMachine(Self.entry(.lapsed, offers: offers))
      let change = try machine.settle(keepsRank: false, at: Fixture.now + .hours(1))
      #expect(change.entity.state == state)
      if state == .waiting { #expect(change.entity.rankTime == Fixture.now + .hours(1)) }
    }
    // What the office calls off costs nothing.
    var machine = WaitlistMachine(Self.entry(.declined, offers: 3))
    let kept = try machine.settle(keepsRank: true, at: Fixture.now + .hours(1)).entity
    #expect(kept.state == .waiting)
    #expect(kept.rankTime == Fixture.now)
    #expect(kept.offersMade == 2)
  }

  @Test("a rank that is given back never worsens")
  func restore() throws {
    var machine = WaitlistMachine(Self.entry(.waiting))
    #expect(try machine.restore(rankTime: Fixture.now + .hours(1), at: Fixture.now) == nil)
    let change = try machine.restore(rankTime: Fixture.now - .hours(1), at: Fixture.now)
    #expect(change?.entity.rankTime == Fixture.now - .hours(1))
  }

  @Test("who waits and does not come stands last, and never better than before")
  func lostRank() throws {
    for (time, rank) in [(Duration.hours(1), Duration.hours(1)), (.hours(-1), .zero)] {
      var machine = WaitlistMachine(Self.entry(.waiting))
      let entry = try machine.loseRank(at: Fixture.now + time).entity
      #expect(entry.state == .waiting)
      #expect(entry.rankTime == Fixture.now + rank)
      #expect(entry.offersMade == 1)
    }
  }

  @Test("a household that grows needs more seats, and keeps its rank")
  func corrected() throws {
    var machine = WaitlistMachine(Self.entry(.waiting))
    #expect(try machine.correct(seats: 3, at: Fixture.now + .hours(1)) == nil)
    let change = try machine.correct(seats: 4, at: Fixture.now + .hours(1))
    #expect(change?.entity.seats == 4)
    #expect(change?.entity.rankTime == Fixture.now)
  }

  @Test("who comes back stands where it stood, with the offers that it has had")
  func back() throws {
    let rows: [(WaitlistState, offers: Int, rank: Duration, rankTime: Duration, made: Int)] = [
      (.removed, 1, .zero, .zero, 1), (.removed, 2, .days(-20), .days(-9), 2),
      (.removed, 3, .zero, .hours(1), 0), (.accepted, 2, .zero, .zero, 0),
    ]
    for row in rows {
      var request = Self.request(seats: 3)
      request.registration.queueRankTime = Fixture.now - .days(9)
      var last = Self.entry(row.0, offers: row.offers)
      last.rankTime = Fixture.now + row.rank
      last.revision.advance(at: Fixture.now + .hours(1))
      request.previous = last
      let entry = try Self.join(request).entity
      #expect(entry.rankTime == Fixture.now + row.rankTime)
      #expect(entry.offersMade == row.made)
      // Who is put back by no doing of its own has the rank that is due to it.
      let restored = try WaitlistMachine.join(
        request, rankTime: Fixture.now - .days(9), at: Fixture.now)
      #expect(restored.entity.rankTime == Fixture.now - .days(9))
    }
  }

  @Test("each offer is counted")
  func counted() throws {
    var machine = WaitlistMachine(Self.entry(.waiting, offers: 1))
    let offered = try machine.offer(Fixture.id(9), at: Fixture.now).entity
    #expect(offered.offersMade == 2)
    #expect(offered.appointment == Fixture.id(9))
  }
}

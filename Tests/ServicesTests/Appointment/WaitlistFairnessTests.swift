import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("What is fair to those who wait")
struct WaitlistFairnessTests {
  private static func leave(_ waiting: WaitingCase.Waiting, _ scene: WaitingCase) async throws {
    let entry = try await scene.entry(waiting)
    _ = try await scene.agent.leaveWaitlist(
      .with {
        $0.name = entry.name
        $0.etag = entry.etag
        $0.requestId = requestID()
      })
  }

  private static func hold(
    _ slot: Slot, for registration: Registration, _ scene: WaitingCase
  ) async throws -> SafeMobility.Hold {
    try #require(
      try await scene.agent.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = "registrations/\(registration.id)"
          $0.seats = Int32(registration.householdCount)
          $0.requestId = requestID()
        }
      ).hold)
  }

  @Test(
    "leaving and coming back takes back neither a lost rank nor an offer",
    arguments: World.StoreKind.allCases)
  func back(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    var waiting = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    for round in 1...3 {
      scene.world.clock.advance(by: .minutes(1))
      let declined = scene.world.clock.now
      _ = try await scene.visit.cancelled(try await scene.offer(waiting), by: scene.agent)
      if round < 3 {
        #expect(try await scene.entry(waiting).state == .waiting)
        try await Self.leave(waiting, scene)
      } else {
        #expect(try await scene.entry(waiting).state == .removed)
      }
      scene.world.clock.advance(by: .minutes(1))
      waiting = WaitingCase.Waiting(
        registration: waiting.registration, entry: try await scene.join(waiting.registration))
      let last = try #require(try await scene.open(waiting.registration))
      #expect(last.rankTime == declined)
      #expect(last.offersMade == (round < 3 ? round : 0))
      // Somebody else takes the seats, and gives them back.
      let offered = try await scene.visit.offered()
      _ = try await scene.visit.cancelled(offered, by: scene.agent)
      #expect(try await scene.entry(waiting).state == .offered)
    }
  }

  @Test(
    "the seats of a hold that has lapsed unseen go to who waits, and its household holds anew",
    arguments: World.StoreKind.allCases)
  func lapsedHold(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let (visit, world) = (scene.visit, scene.world)
    let other = try await world.slot(in: .days(2))
    let held = try await Self.hold(visit.slot, for: visit.registration, scene)
    let waiting = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    world.clock.advance(by: .minutes(10))
    let again = try await Self.hold(other, for: visit.registration, scene)
    #expect(again.slot == other.resourceName)
    #expect(try await scene.entry(waiting).state == .offered)
    #expect(try await scene.offer(waiting).slot == visit.slot.resourceName)
    #expect(try await visit.freeSeats(other) == 8)
    let events = try await world.events(of: .hold, held.uid)
    #expect(events.map(\.type) == ["HoldSlot", "Expire"])
    #expect(events.last?.actorClass == .system)
  }

  @Test(
    "who holds seats of the kind, or at the time, is not offered others before that is over",
    arguments: World.StoreKind.allCases)
  func booking(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let world = scene.world
    let booked = try await scene.visit.booked()
    let elsewhere = try await world.slot("gt-gua-01/interview", in: .days(3), seats: 2)
    let beside = try await world.slot("gt-xel-01/counselling", in: .days(1), seats: 2)
    let later = try await world.slot("gt-xel-01/counselling", in: .days(3), seats: 2)
    let sameKind = try await scene.waiting(seed: 2, rank: .days(6))
    let sameTime = try await scene.waiting(seed: 3, rank: .days(5))
    let lapsed = try await scene.waiting(seed: 4, rank: .days(4))
    let free = try await scene.waiting(seed: 5, rank: .days(3))
    _ = try await Self.hold(elsewhere, for: lapsed.registration, scene)
    world.clock.advance(by: .minutes(10))
    _ = try await Self.hold(elsewhere, for: sameKind.registration, scene)
    _ = try await Self.hold(beside, for: sameTime.registration, scene)
    _ = try await Self.hold(later, for: free.registration, scene)
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    for waiting in [sameKind, sameTime] {
      #expect(try await scene.entry(waiting).state == .waiting)
    }
    for waiting in [lapsed, free] { #expect(try await scene.entry(waiting).state == .offered) }
  }

  @Test(
    "who waits for seats, has some all the same, and does not come, stands last; excused, where it stood",
    arguments: World.StoreKind.allCases, [true, false])
  func missed(_ kind: World.StoreKind, isPutBack: Bool) async throws {
    let scene = try await WaitingCase(kind)
    let (visit, world) = (scene.visit, scene.world)
    // Services that do not put no-shows back take nobody's place in the queue from them, but the rank all the same.
    try await world.store.write { tx in
      guard var service = try tx.serviceOffer(visit.slot.service) else { throw StoreError.notFound }
      let version = service.revision.version
      service.requeuesNoShow = isPutBack
      service.revision.advance(at: tx.now)
      try tx.update(service, from: version)
    }
    let own = WaitingCase.Waiting(
      registration: visit.registration, entry: try await scene.join(visit.registration))
    let booked = try await visit.booked()
    #expect(try await scene.entry(own).state == .waiting)
    world.clock.set(visit.slot.end + .days(1))
    #expect(try await world.desk.endWhatIsDue().moveCount == 1)
    let last = try #require(try await scene.open(visit.registration))
    #expect(last.id.rawValue == own.entry.uid)
    #expect(last.state == .waiting)
    #expect(last.rankTime == world.clock.now)
    let missed = try await visit.scheduler.getAppointment(.with { $0.name = booked.name })
    _ = try await visit.supervisor.excuseNoShow(
      .with {
        $0.name = booked.name
        $0.reason = .illness
        $0.etag = missed.appointment?.etag ?? ""
        $0.requestId = requestID()
      })
    let back = try #require(try await scene.open(visit.registration))
    #expect(back.rankTime == visit.registration.queueRankTime)
    let events = try await world.events(of: .waitlistEntry, own.entry.uid)
    #expect(events.map(\.type) == ["JoinWaitlist", "LoseRank", "RestoreRank"])
    #expect(events.map(\.actorClass) == [.staff, .system, .system])
  }

  @Test(
    "an offer that the office calls off costs neither rank nor offer",
    arguments: World.StoreKind.allCases)
  func calledOff(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let waiting = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    for _ in 0..<4 {
      let offer = try await scene.offer(waiting)
      #expect(offer.state == .offered)
      scene.world.clock.advance(by: .minutes(1))
      _ = try await scene.visit.cancelled(offer, by: scene.visit.scheduler)
      let entry = try #require(try await scene.open(waiting.registration))
      #expect(entry.state == .waiting)
      #expect(entry.rankTime == waiting.registration.queueRankTime)
      #expect(entry.offersMade == 0)
      let other = try await scene.visit.offered()
      _ = try await scene.visit.cancelled(other, by: scene.agent)
    }
  }

  @Test(
    "a household waits for as many seats as it has people, and keeps its rank (INV-14)",
    arguments: World.StoreKind.allCases)
  func grows(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let world = scene.world
    let registration = try await world.household(.single, in: .screening, seed: 7).registration
    let name = "registrations/\(registration.id)"
    let entry = try #require(
      try await scene.agent.joinWaitlist(
        .with {
          $0.waitlistEntry = .with {
            $0.registration = name
            $0.serviceKind = .preScreen
            $0.offices = [WaitingCase.office]
            $0.seats = 1
          }
          $0.requestId = requestID()
        }
      ).waitlistEntry)
    let applicants = world.caller("iom/CONTACT_CENTRE").applicants
    let added = try #require(
      try await applicants.addPerson(
        .with {
          $0.parent = name
          $0.person = ApplicantCase.person("Rosa Caal", 1931, 0, 0)
          $0.relationship = .parent
          $0.requestId = requestID()
        }
      ).person)
    func open() async throws -> WaitlistEntry? {
      try await world.store.read {
        try $0.openWaitlistEntry(of: registration.id, for: .preScreen)
      }
    }
    let grown = try #require(try await open())
    #expect(grown.seats == 2)
    #expect(entry.rankTime == .init(microsecondsSinceEpoch: grown.rankTime.microseconds))
    func found(_ count: Int) async throws -> Int {
      let seats = FreedSeats(
        office: OfficeID(checked: "gt-xel-01"), kind: .preScreen, count: count, notice: .days(1))
      return try await world.store.read {
        try $0.waiting(for: seats, after: nil, limit: 10).items.count
      }
    }
    #expect(try await found(1) == 0)
    #expect(try await found(2) == 1)
    _ = try await applicants.removePerson(
      .with {
        $0.name = added.name
        $0.etag = added.etag
        $0.requestId = requestID()
      })
    #expect(try await open()?.seats == 1)
    #expect(try await found(1) == 1)
    let events = try await world.events(of: .waitlistEntry, entry.uid)
    #expect(events.map(\.type) == ["JoinWaitlist", "CorrectSeats", "CorrectSeats"])
    #expect(events.map(\.version.rawValue) == [1, 2, 3])
  }
}

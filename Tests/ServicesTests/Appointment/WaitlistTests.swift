import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("The waitlist")
struct WaitlistTests {
  @Test(
    "a household joins once, whole, and leaves as it is known",
    arguments: World.StoreKind.allCases)
  func joins(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let registration = try await scene.household(.couple, seed: 2, rank: .days(3))
    let entry = try await scene.join(registration, notice: .seconds(90))
    #expect(entry.state == .waiting)
    #expect(entry.seats == 2)
    #expect(entry.offices == [WaitingCase.office])
    #expect(entry.notice?.swiftDuration == .seconds(90))
    let rank = try #require(registration.queueRankTime)
    #expect(entry.rankTime == .init(microsecondsSinceEpoch: rank.microseconds))
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await scene.join(registration)
    }
    func leave(etag: String) async throws -> SafeMobility.WaitlistEntry? {
      try await scene.agent.leaveWaitlist(
        .with {
          $0.name = entry.name
          $0.etag = etag
          $0.requestId = requestID()
        }
      ).waitlistEntry
    }
    await expectRefusal("ETAG_MISMATCH", .aborted) { _ = try await leave(etag: "\"x\"") }
    let left = try #require(try await leave(etag: entry.etag))
    #expect(left.state == .removed)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await leave(etag: left.etag)
    }
    #expect(try await scene.join(registration).name != entry.name)
  }

  @Test("nobody waits for what it has, or cannot have", arguments: World.StoreKind.allCases)
  func refused(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    _ = try await scene.visit.booked()
    await expectRefusal("APPOINTMENT_LIVE_EXISTS", .alreadyExists) {
      _ = try await scene.join(scene.visit.registration)
    }
    let registration = try await scene.household(.couple, seed: 2)
    for (seats, offices, field) in [
      (1, [WaitingCase.office], "waitlist_entry.seats"),
      (2, ["offices/gt-none-01"], "waitlist_entry.offices"),
    ] as [(Int32, [String], String)] {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await scene.join(registration, seats: seats, offices: offices)
      }
      #expect(refused?.fields == [field])
    }
    // An applicant waits for its own household, and for nobody's else.
    let stranger = scene.world.caller("iom/APPLICANT", user: "somebody").appointments
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await scene.join(registration, by: stranger)
    }
    #expect(try await scene.open(registration) == nil)
  }

  @Test("the list is in rank, narrowed, and shows applicants their own")
  func list() async throws {
    let scene = try await WaitingCase()
    let late = try await scene.waiting(seed: 2, rank: .days(1))
    let early = try await scene.waiting(seed: 3, rank: .days(3))
    let middle = try await scene.waiting(seed: 4, rank: .days(2))
    func names(
      _ client: SafeMobility.AppointmentServiceClient,
      _ change: (inout SafeMobility.ListWaitlistRequest) -> Void = { _ in }
    ) async throws -> [String] {
      var request = SafeMobility.ListWaitlistRequest()
      change(&request)
      return try await client.listWaitlist(request).waitlistEntries.map(\.name)
    }
    let ranked = [early, middle, late].map(\.entry.name)
    #expect(try await names(scene.visit.scheduler) == ranked)
    #expect(try await names(scene.visit.scheduler) { $0.office = WaitingCase.office } == ranked)
    #expect(try await names(scene.visit.scheduler) { $0.office = "offices/gt-gua-01" } == [])
    #expect(
      try await names(scene.visit.scheduler) {
        $0.filter = "state = WAITING AND service_kind = INTERVIEW"
      } == ranked)
    #expect(try await names(scene.visit.scheduler) { $0.filter = "state = REMOVED" } == [])
    let first = try await scene.visit.scheduler.listWaitlist(.with { $0.pageSize = 2 })
    #expect(first.waitlistEntries.map(\.name) == Array(ranked.prefix(2)))
    #expect(
      try await names(scene.visit.scheduler) {
        $0.pageSize = 2
        $0.pageToken = first.nextPageToken
      } == Array(ranked.suffix(1)))
    let stranger = scene.world.caller("iom/APPLICANT", user: "somebody").appointments
    #expect(try await names(stranger) == [])
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await names(scene.visit.scheduler) { $0.filter = "notice = 1" }
    }
  }

  @Test(
    "INV-14: correcting how somebody is reached never worsens the rank",
    arguments: World.StoreKind.allCases)
  func rankStays(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let booked = try await scene.visit.booked()
    let first = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    let second = try await scene.waiting(.couple, seed: 3, rank: .days(2))
    let rank = try await scene.entry(first).rankTime
    scene.world.clock.advance(by: .hours(2))
    let (name, id) = ("registrations/\(first.registration.id)", first.registration.principal)
    let applicants = scene.world.caller("iom/CONTACT_CENTRE").applicants
    let etag = try await scene.world.store.read { try $0.person(id)?.etag.text }
    let corrected = try await applicants.updatePerson(
      .with {
        $0.person = .with {
          $0.name = "\(name)/persons/\(id)"
          $0.phone = "+50255550199"
          $0.email = "marta@example.org"
        }
        $0.updateMask = GoogleProtobuf.FieldMask(paths: ["phone", "email"])
        $0.etag = etag ?? ""
        $0.requestId = requestID()
      })
    #expect(corrected.person?.phone == "+50255550199")
    let moved = try await applicants.updateRegistration(
      .with {
        $0.registration = .with {
          $0.name = name
          $0.municipality = "Salcajá"
          $0.languageCode = "quc"
        }
        $0.updateMask = GoogleProtobuf.FieldMask(paths: ["municipality", "language_code"])
        $0.etag = corrected.registration?.etag ?? ""
        $0.requestId = requestID()
      })
    #expect(moved.registration?.queueRankTime == rank)
    #expect(try await scene.entry(first).rankTime == rank)
    let list = try await scene.visit.scheduler.listWaitlist(.init())
    #expect(list.waitlistEntries.map(\.name) == [first.entry.name, second.entry.name])
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(first).state == .offered)
  }

  @Test(
    "a no-show comes last, and has its rank again when it is excused",
    arguments: World.StoreKind.allCases)
  func excused(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let registration = try await scene.household(seed: 2, rank: .days(3))
    let hold = try #require(
      try await scene.agent.holdSlot(
        .with {
          $0.slot = scene.visit.slot.resourceName
          $0.registration = "registrations/\(registration.id)"
          $0.seats = 1
          $0.requestId = requestID()
        }
      ).hold)
    let booked = try #require(
      try await scene.agent.bookAppointment(
        .with {
          $0.hold = hold.name
          $0.fence = hold.fence
          $0.attendees = ["registrations/\(registration.id)/persons/\(registration.principal)"]
          $0.requestId = requestID()
        }
      ).appointment)
    scene.world.clock.set(scene.visit.slot.end + .days(1))
    #expect(try await scene.world.desk.endWhatIsDue().moveCount == 1)
    let last = try #require(try await scene.open(registration))
    #expect(last.state == .waiting)
    #expect(last.rankTime == scene.world.clock.now)
    #expect(last.offices == [scene.visit.slot.service.office])
    let missed = try await scene.visit.scheduler.getAppointment(.with { $0.name = booked.name })
    _ = try await scene.visit.supervisor.excuseNoShow(
      .with {
        $0.name = booked.name
        $0.reason = .illness
        $0.etag = missed.appointment?.etag ?? ""
        $0.requestId = requestID()
      })
    let back = try #require(try await scene.open(registration))
    #expect(back.id == last.id)
    #expect(back.rankTime == registration.queueRankTime)
  }

  @Test("a case that ends waits no more")
  func ends() async throws {
    let scene = try await WaitingCase()
    let booked = try await scene.visit.booked()
    let offered = try await scene.waiting(seed: 2, rank: .days(3))
    let waiting = try await scene.waiting(.couple, seed: 3, rank: .days(2))
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(try await scene.entry(offered).state == .offered)
    for household in [offered, waiting] {
      try await scene.withdraw(household.registration.id)
      #expect(try await scene.entry(household).state == .removed)
    }
    #expect(try await scene.visit.freeSeats() == 2)
  }
}

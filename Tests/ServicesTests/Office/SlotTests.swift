import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("Schedules and slots")
struct SlotTests {
  static let office = "offices/gt-xel-01"

  static func scheduler(_ world: World) -> WorldCaller { world.caller("iom/SCHEDULER") }

  static func date(_ day: Int32) -> SafeMobility.CivilDate {
    .with {
      $0.year = 2023
      $0.month = 6
      $0.day = day
    }
  }

  static func schedule(
    _ world: World, rrule: String = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
    languages: [String] = ["mam"]
  ) async throws -> SafeMobility.Schedule {
    let answer = try await scheduler(world).offices.createSchedule(
      .with {
        $0.parent = office
        $0.scheduleId = "mornings"
        $0.schedule = .with {
          $0.service = "\(office)/services/interview"
          $0.rrule = rrule
          $0.firstDate = date(12)
          $0.firstMinute = 480
          $0.exceptDates = [date(15)]
          $0.capacity = 12
          $0.languageCodes = languages
        }
        $0.requestId = requestID()
      })
    return try #require(answer.schedule)
  }

  static func generate(
    _ world: World, _ schedule: String, from first: Int32, to last: Int32
  ) async throws -> SafeMobility.GenerateSlotsResponse {
    try await scheduler(world).offices.generateSlots(
      .with {
        $0.schedule = schedule
        $0.startDate = date(first)
        $0.endDate = date(last)
        $0.requestId = requestID()
      })
  }

  static func slots(
    _ world: World, _ change: (inout SafeMobility.ListSlotsRequest) -> Void = { _ in }
  ) async throws -> [SafeMobility.Slot] {
    var request = SafeMobility.ListSlotsRequest()
    request.parent = office
    change(&request)
    return try await world.stranger.offices.listSlots(request).slots
  }

  @Test(
    "slots are made once, never in the past, never on excepted days",
    arguments: World.StoreKind.allCases)
  func generate(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let schedule = try await Self.schedule(world)
    // Today at eight has begun; Thursday is excepted; the weekend is not in the rule.
    let first = try await Self.generate(world, schedule.name, from: 12, to: 18)
    #expect((first.created, first.existing) == (3, 0))
    let again = try await Self.generate(world, schedule.name, from: 12, to: 19)
    #expect((again.created, again.existing) == (1, 3))
    let slots = try await Self.slots(world)
    #expect(slots.count == 4)
    #expect(slots.allSatisfy { $0.freeSeats == 12 && $0.capacity == 12 })
    #expect(slots[0].startTime?.seconds == World.opening.microseconds / 1_000_000 + 23 * 3_600)
    #expect(try await world.events(of: .slot, slots[0].uid).map(\.type) == ["Create"])
  }

  @Test("a day before today is refused")
  func past() async throws {
    let world = try await World()
    let schedule = try await Self.schedule(world)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.generate(world, schedule.name, from: 10, to: 20)
    }
  }

  @Test(
    "a rule half understood is refused",
    arguments: [
      "FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;BYHOUR=24", "every day",
    ])
  func wrongRule(_ rrule: String) async throws {
    let world = try await World()
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.schedule(world, rrule: rrule)
    }
  }

  @Test("a hold takes its seats out of what is free until it ends")
  func freeSeats() async throws {
    let world = try await World()
    let slot = try await world.slot(seats: 4)
    let household = try await world.household(in: .invited)
    _ = try await world.caller("iom/CONTACT_CENTRE").appointments.holdSlot(
      .with {
        $0.slot = slot.resourceName
        $0.registration = "registrations/\(household.registration.id)"
        $0.seats = 2
        $0.requestId = requestID()
      })
    #expect(try await Self.slots(world).map(\.freeSeats) == [2])
    #expect(try await Self.slots(world) { $0.minFreeSeats = 3 }.isEmpty)
    world.clock.advance(by: Limits.standard.holdDuration)
    #expect(try await Self.slots(world) { $0.minFreeSeats = 3 }.map(\.freeSeats) == [4])
  }

  @Test("slots can be asked for by schedule, service, time and language")
  func narrowed() async throws {
    let world = try await World()
    let schedule = try await Self.schedule(world)
    _ = try await Self.generate(world, schedule.name, from: 12, to: 18)
    let other = try await world.slot("gt-xel-01/counselling")
    #expect(try await Self.slots(world).count == 4)
    #expect(try await Self.slots(world) { $0.parent = schedule.name }.count == 3)
    #expect(
      try await Self.slots(world) { $0.service = "\(Self.office)/services/counselling" }
        .map(\.uid) == [other.id.rawValue])
    #expect(try await Self.slots(world) { $0.languageCode = "mam" }.count == 3)
    #expect(
      try await Self.slots(world) {
        $0.endTime = .with { $0.seconds = World.opening.microseconds / 1_000_000 + 24 * 3_600 }
      }.count == 1)
  }

  @Test("a schedule that names no language has slots in those of its office, and several a day")
  func officeLanguages() async throws {
    let world = try await World()
    let schedule = try await Self.schedule(
      world, rrule: "FREQ=DAILY;BYHOUR=8,9;BYMINUTE=0,30", languages: [])
    #expect(schedule.languageCodes == [])
    #expect(try await Self.generate(world, schedule.name, from: 13, to: 13).created == 4)
    let office = try #require(
      try await Self.scheduler(world).offices.getOffice(.with { $0.name = Self.office }).office)
    try #require(!office.languageCodes.isEmpty)
    for language in office.languageCodes {
      let slots = try await Self.slots(world) { $0.languageCode = language }
      #expect(slots.map(\.languageCodes) == Array(repeating: office.languageCodes, count: 4))
    }
  }
}

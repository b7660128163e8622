import Domain
import Testing

@Suite struct SlotPlanTests {
  static func schedule(_ change: (inout Schedule) -> Void = { _ in }) -> Schedule {
    var schedule = Schedule(
      id: ScheduleID(checked: "\(Fixture.interview.office)/mornings"), uid: Fixture.id(80),
      service: Fixture.interview, zone: .guatemala,
      firstDate: Fixture.date("2023-07-03"), startMinuteOfDay: 480,
      recurrence: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", capacitySeats: 12,
      revision: Revision(createdAt: Fixture.now))
    change(&schedule)
    return schedule
  }

  static func slots(
    _ schedule: Schedule = schedule(), _ first: String = "2023-07-03",
    _ last: String = "2023-07-09"
  ) throws(Refusal) -> [Slot] {
    var random = SplitMix64(seed: 81)
    return try SlotPlan.slots(
      of: schedule, service: Fixture.service(), languages: [.fallback], from: Fixture.date(first),
      through: Fixture.date(last), at: Fixture.now, using: &random)
  }

  @Test("slots are local times with the service's length, and none has begun")
  func plan() throws {
    let slots = try Self.slots()
    // Monday at eight has passed: it is nine.
    #expect(
      slots.map(\.start.description) == [
        "2023-07-04T14:00:00Z", "2023-07-05T14:00:00Z", "2023-07-06T14:00:00Z",
        "2023-07-07T14:00:00Z",
      ])
    #expect(slots.allSatisfy { $0.end - $0.start == .minutes(60) && $0.capacitySeats == 12 })
    #expect(Set(slots.map(\.id)).count == 4)
  }

  @Test("excepted days have no slot")
  func exceptions() throws {
    let slots = try Self.slots(
      Self.schedule { $0.exceptDates = [Fixture.date("2023-07-05")] })
    #expect(slots.count == 3)
  }

  @Test(
    "spans are whole dates, in order, not long and not over",
    arguments: [
      ("2023-07-03", "2023-07-03", true), ("2023-07-04", "2023-07-03", false),
      ("2023-07", "2023-07-09", false), ("2023-07-03", "2023", false),
      ("2023-06-01", "2023-07-02", false), ("2023-07-03", "2024-08-05", true),
      ("2023-07-03", "2024-08-06", false),
    ])
  func spans(first: String, last: String, isTaken: Bool) {
    #expect(
      refusal { () throws(Refusal) in _ = try Self.slots(Self.schedule(), first, last) }
        == (isTaken ? nil : .fieldInvalid))
  }

  @Test("a schedule that makes no sense is refused")
  func schedules() {
    func reason(_ change: (inout Schedule) -> Void) -> Refusal.Reason? {
      refusal { () throws(Refusal) in
        try SlotPlan.check(Self.schedule(change), service: Fixture.service())
      }
    }
    #expect(reason { _ in } == nil)
    #expect(reason { $0.startMinuteOfDay = 1_440 } == .fieldInvalid)
    #expect(reason { $0.startMinuteOfDay = 1_439 } == nil)
    #expect(reason { $0.startMinuteOfDay = -1 } == .fieldInvalid)
    #expect(reason { $0.capacitySeats = 0 } == .fieldInvalid)
    #expect(reason { $0.capacitySeats = 1_000 } == nil)
    #expect(reason { $0.capacitySeats = 1_001 } == .fieldInvalid)
    #expect(reason { $0.firstDate = Fixture.date("2023-07") } == .fieldInvalid)
    #expect(reason { $0.recurrence = "FREQ=MONTHLY" } == .fieldInvalid)
    #expect(reason { $0.service = ServiceOfferID(checked: "a/b") } == .fieldInvalid)
    #expect(
      reason { $0.reservedShares = [ReservedShare(kind: .vulnerability, seats: 12)] } == nil)
    #expect(
      reason { $0.reservedShares = [ReservedShare(kind: .vulnerability, seats: 13)] }
        == .fieldInvalid)
    #expect(
      reason { $0.reservedShares = [ReservedShare(kind: .pathway(.usrap), seats: 0)] }
        == .fieldInvalid)
  }
}

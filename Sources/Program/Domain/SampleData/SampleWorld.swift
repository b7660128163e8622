/// Everything a demonstration starts with, of one seed: the pilot, partners, and offices with
/// services, schedules and slots. All of it says SAMPLE where people read it.
public struct SampleWorld: Hashable, Sendable {
  /// The pilot, PLANNED.
  public var program: Program
  /// The partners.
  public var partners: [Partner]
  /// The offices.
  public var offices: [Office]
  /// Their services.
  public var services: [ServiceOffer]
  /// A morning and an afternoon of each service.
  public var schedules: [Schedule]
  /// The slots of the days asked for.
  public var slots: [Slot]

  /// Every field as given; nothing is checked here.
  public init(
    program: Program, partners: [Partner], offices: [Office], services: [ServiceOffer],
    schedules: [Schedule], slots: [Slot]
  ) {
    self.program = program
    self.partners = partners
    self.offices = offices
    self.services = services
    self.schedules = schedules
    self.slots = slots
  }

  /// A world as of `now`, with slots for so many days from the next on, 1 … 400.
  public init(
    at now: Instant, slotDayCount: Int, using random: inout some RandomNumberGenerator
  ) throws(Refusal) {
    program = ReferenceData.pilot(at: now, using: &random)
    partners = ReferenceData.partners(at: now, using: &random)
    offices = ReferenceData.sampleOffices(at: now, using: &random)
    services = []
    schedules = []
    slots = []
    let today = program.zone.local(now).date
    guard let first = today.adding(days: 1), let last = today.adding(days: slotDayCount) else {
      return
    }
    for office in offices {
      let offered = ReferenceData.sampleServices(of: office.id, at: now, using: &random)
      services += offered
      for service in offered {
        for (hour, name) in [(8, "morning"), (13, "afternoon")] {
          let schedule = Schedule(
            id: ScheduleID(checked: "\(office.id)/\(service.id.code)-\(name)"),
            uid: ResourceUID(using: &random), service: service.id, zone: office.zone,
            firstDate: first, startMinuteOfDay: hour * 60,
            recurrence: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", capacitySeats: 10,
            languages: office.languages, revision: Revision(createdAt: now))
          schedules.append(schedule)
          slots += try SlotPlan.slots(
            of: schedule, service: service, languages: office.languages, from: first,
            through: last, at: now, using: &random)
        }
      }
    }
  }
}

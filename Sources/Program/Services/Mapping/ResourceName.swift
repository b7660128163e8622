import Domain

/// An id that has a resource name of its own: `registrations/{id}` (AIP-122).
protocol NamedID: Identifier {
  /// The collection, the first segment of the name.
  static var collection: String { get }
}

extension NamedID {
  /// The resource's name.
  var name: String { "\(Self.collection)/\(rawValue)" }

  /// The id in a resource name.
  ///
  /// - Throws: ACCESS_DENIED for text that names nothing: a malformed name, an unknown one and a
  ///   hidden one answer alike (domain § 11).
  init(name: String) throws(Refusal) {
    let segments = name.split(separator: "/", omittingEmptySubsequences: false)
    guard segments.count == 2, segments[0] == Self.collection,
      let id = Self(rawValue: String(segments[1]))
    else { throw Refusal.denied(.malformedName) }
    self = id
  }
}

extension RegistrationID: NamedID { static var collection: String { "registrations" } }
extension HoldID: NamedID { static var collection: String { "holds" } }
extension AppointmentID: NamedID { static var collection: String { "appointments" } }
extension WaitlistEntryID: NamedID { static var collection: String { "waitlistEntries" } }
extension DuplicateCandidateID: NamedID { static var collection: String { "duplicateCandidates" } }
extension ReferralID: NamedID { static var collection: String { "referrals" } }
extension ProgramID: NamedID { static var collection: String { "programs" } }
extension OfficeID: NamedID { static var collection: String { "offices" } }
extension PartnerID: NamedID { static var collection: String { "partners" } }
extension PathwayID: NamedID { static var collection: String { "pathways" } }

/// Names of resources inside others: `parents/{p}/children/{c}`.
enum NestedName {
  /// The ids in the name, in order, when its collections are these.
  static func ids(in name: String, _ collections: String...) throws(Refusal) -> [String] {
    let segments = name.split(separator: "/", omittingEmptySubsequences: false)
    guard segments.count == collections.count * 2 else { throw Refusal.denied(.malformedName) }
    var ids: [String] = []
    for (index, collection) in collections.enumerated() {
      guard segments[index * 2] == collection else { throw Refusal.denied(.malformedName) }
      ids.append(String(segments[index * 2 + 1]))
    }
    return ids
  }

  /// The id made of a segment.
  static func id<ID: Identifier>(_ text: String, _ type: ID.Type = ID.self) throws(Refusal) -> ID {
    guard let id = ID(rawValue: text) else { throw Refusal.denied(.malformedName) }
    return id
  }
}

extension IntakeWindowID {
  /// `programs/{program}/intakeWindows/{code}`.
  var name: String { "\(program.name)/intakeWindows/\(code)" }

  init(name: String) throws(Refusal) {
    let ids = try NestedName.ids(in: name, "programs", "intakeWindows")
    self = try NestedName.id("\(ids[0])/\(ids[1])")
  }
}

extension ServiceOfferID {
  /// `offices/{office}/services/{code}`.
  var name: String { "\(office.name)/services/\(code)" }

  init(name: String) throws(Refusal) {
    let ids = try NestedName.ids(in: name, "offices", "services")
    self = try NestedName.id("\(ids[0])/\(ids[1])")
  }
}

extension ScheduleID {
  /// `offices/{office}/schedules/{code}`.
  var name: String { "\(office.name)/schedules/\(code)" }

  init(name: String) throws(Refusal) {
    let ids = try NestedName.ids(in: name, "offices", "schedules")
    self = try NestedName.id("\(ids[0])/\(ids[1])")
  }
}

/// `offices/{office}/schedules/{schedule}/slots/{slot}`.
struct SlotName {
  /// Stands for the schedule of a slot that was made without one.
  private static let noSchedule = "-"

  var office: OfficeID
  var schedule: ScheduleID?
  var slot: SlotID

  var text: String {
    "\(office.name)/schedules/\(schedule?.code ?? Self.noSchedule)/slots/\(slot)"
  }

  init(_ slot: Slot) {
    office = slot.service.office
    schedule = slot.schedule
    self.slot = slot.id
  }

  init(_ name: String) throws(Refusal) {
    let ids = try NestedName.ids(in: name, "offices", "schedules", "slots")
    office = try NestedName.id(ids[0])
    schedule = ids[1] == Self.noSchedule ? nil : try NestedName.id("\(ids[0])/\(ids[1])")
    slot = try NestedName.id(ids[2])
  }

  /// Whether this names that slot, parents included.
  func names(_ slot: Slot) -> Bool {
    self.slot == slot.id && office == slot.service.office && schedule == slot.schedule
  }
}

/// `registrations/{registration}/persons/{person}`, and what stands below a person.
struct PersonName {
  var registration: RegistrationID
  var person: PersonID

  var text: String { "\(registration.name)/persons/\(person)" }

  init(_ registration: RegistrationID, _ person: PersonID) {
    self.registration = registration
    self.person = person
  }

  init(_ name: String) throws(Refusal) {
    let ids = try NestedName.ids(in: name, "registrations", "persons")
    registration = try NestedName.id(ids[0])
    person = try NestedName.id(ids[1])
  }
}

import Domain
import Storage

extension SQLTransaction {
  func appointment(_ id: AppointmentID) throws -> Appointment? {
    try first(.appointment, [.text(id)], readAppointment)
  }

  func appointments(
    _ filter: AppointmentFilter, after key: TimeKey<AppointmentID>?, limit: Int
  ) throws -> Page<Appointment> {
    var query = SQLListQuery(isNarrow: filter.registration != nil || filter.owner != nil)
    if let registration = filter.registration {
      query.require("registration_id = #", .text(registration))
    }
    // A service is one office's, and offices are what the index knows.
    if let office = filter.office ?? filter.service?.office {
      query.require(shared: "office_id", .text(office))
    }
    if let service = filter.service { query.require(shared: "service_id", .text(service)) }
    if let starts = filter.starts {
      query.require("start_us >= #", .instant(starts.lowerBound))
      query.require("start_us < #", .instant(starts.upperBound))
    }
    query.require("state", oneOf: filter.states)
    query.require("registration_id", ownedBy: filter.owner, index(of: filter.owner))
    query.require("start_us", after: key)
    let list = query.statement(
      select: "SELECT \(appointmentColumns) FROM appointment", order: "start_us, uid")
    let found = try all(list, query.values(limit: limit), readAppointment)
    return Page(found: found, limit: limit)
  }

  func liveAppointments(in slot: SlotID) throws -> [Appointment] {
    try all(.liveAppointmentsInSlot, [.text(slot)], readAppointment)
  }

  func noShows(in slot: SlotID) throws -> [Appointment] {
    try all(.noShowsInSlot, [.text(slot)], readAppointment)
  }

  func liveAppointments(
    of persons: [PersonID], overlapping time: Range<Instant>
  ) throws -> [Appointment] {
    if persons.isEmpty { return [] }
    if let found = try liveAppointments(ofForeseen: persons, overlapping: time) { return found }
    var query = SQLListQuery()
    query.require("attendee.person_id", oneOf: persons.map { .text($0) })
    query.require("state IN (1,2,3,4)")
    query.require("end_us > #", .instant(time.lowerBound))
    query.require("start_us < #", .instant(time.upperBound))
    let list = query.statement(select: appointmentsOfPersons, order: "uid")
    return Self.distinct(try all(list, query.values(limit: 1 << 30), readAppointment))
  }

  /// The same, where the people are the household that this unit has foreseen, which is looked up without naming them;
  /// nil for other people. They are locked like those of an appointment that is inserted.
  private func liveAppointments(
    ofForeseen persons: [PersonID], overlapping time: Range<Instant>
  ) throws -> [Appointment]? {
    guard foreseesHousehold, let registration = lastRegistration,
      Set(persons) == Set(registration.persons)
    else { return nil }
    let household = try all(.lockHousehold, [.text(registration.id)]) { (row) throws(SQLFailure) in
      PersonID(checked: try row.text())
    }
    guard household == persons.sorted() else { return nil }
    return Self.distinct(
      try all(
        .liveAppointmentsOfHousehold,
        [.text(registration.id), .instant(time.lowerBound), .instant(time.upperBound)],
        readAppointment))
  }

  /// Each once, of those that were found once for each of their attendees.
  private static func distinct(_ found: [Appointment]) -> [Appointment] {
    var distinct: [Appointment] = []
    for appointment in found where distinct.last?.id != appointment.id {
      distinct.append(appointment)
    }
    return distinct
  }

  func liveAppointment(
    of registration: RegistrationID, for service: ServiceOfferID
  ) throws -> Appointment? {
    try first(
      .liveAppointmentForService, [.text(registration), .text(service)], readAppointment)
  }

  func insert(_ appointment: Appointment) throws {
    let people = appointment.attendees.map(\.person).sorted()
    let overlapping = try lockedLiveAppointments(
      of: people, overlapping: appointment.start..<appointment.end)
    if !overlapping.isEmpty {
      // A live twin is the more precise answer, and the one its key would give.
      let twin = try liveAppointment(of: appointment.registration, for: appointment.service)
      if twin != nil { throw StoreError.conflict(.liveAppointment) }
      throw Refusal(.personOverlap)
    }
    try tell(.insertAppointment, values(of: appointment))
    for person in people {
      try tell(.insertAttendee, [.text(person), .text(appointment.id)])
    }
  }

  /// Two bookings of one person lock the person first, so that the second one's look sees the first; in the order of
  /// ids, so that two households cannot wait for each other.
  private func lockedLiveAppointments(
    of people: [PersonID], overlapping time: Range<Instant>
  ) throws -> [Appointment] {
    if let found = try liveAppointments(ofForeseen: people, overlapping: time) { return found }
    if locksRows { for person in people { try tell(.lockPerson, [.text(person)]) } }
    return try liveAppointments(of: people, overlapping: time)
  }

  private func values(of appointment: Appointment) -> [SQLValue] {
    [
      .text(appointment.id), .text(appointment.slot), .text(appointment.service),
      .text(appointment.registration), .text(Self.joined(appointment.attendees)),
      .count(appointment.seats), .instant(appointment.start), .instant(appointment.end),
      .instant(appointment.confirmBy), .code(appointment.cancellation?.party),
      .code(appointment.cancellation?.reason), .instant(appointment.cancellation?.cancelTime),
      .text(appointment.successor), .count(appointment.applicantReschedules),
      sealedVisit(of: appointment), .instant(appointment.noShowTime), .code(appointment.state),
      .version(appointment.revision.version), .instant(appointment.revision.createTime),
      .instant(appointment.revision.updateTime), .text(appointment.service.office),
    ]
  }

  func update(_ appointment: Appointment, from version: Version) throws {
    try changeOne(
      .updateAppointment,
      [
        .text(appointment.id), .version(version), .text(Self.joined(appointment.attendees)),
        .instant(appointment.confirmBy), .code(appointment.cancellation?.party),
        .code(appointment.cancellation?.reason), .instant(appointment.cancellation?.cancelTime),
        .text(appointment.successor), .count(appointment.applicantReschedules),
        sealedVisit(of: appointment), .instant(appointment.noShowTime), .code(appointment.state),
        .version(appointment.revision.version), .instant(appointment.revision.updateTime),
      ],
      orFind: .appointment, .text(appointment.id))
  }

  private func readAppointment(_ row: inout SQLRow) throws(SQLFailure) -> Appointment {
    let id = AppointmentID(checked: try row.text())
    let (slot, service) = (try row.text(), try row.text())
    let registration = RegistrationID(checked: try row.text())
    let (attendees, seats) = (try Self.readAttendees(&row), try row.count())
    let (start, end, confirmBy) = (try row.instant(), try row.instant(), row.instantIfPresent())
    let cancellation = try Self.readCancellation(&row)
    let successor = row.textIfPresent().map(AppointmentID.init(checked:))
    let reschedules = try row.count()
    let visit = try readVisit(of: id, &row)
    return Appointment(
      id: id, slot: SlotID(checked: slot), service: ServiceOfferID(checked: service),
      registration: registration, attendees: attendees, seats: seats, start: start, end: end,
      confirmBy: confirmBy, cancellation: cancellation, successor: successor,
      applicantReschedules: reschedules, visitCode: visit.code, excuse: visit.excuse,
      noShowTime: row.instantIfPresent(), state: try row.code(AppointmentState.self),
      revision: try row.revision())
  }

  private func sealedVisit(of appointment: Appointment) -> SQLValue {
    Body.seal(
      secret: SealedVisit(appointment), "visit/\(appointment.id)", environment.vault)
  }

  private func readVisit(
    of id: AppointmentID, _ row: inout SQLRow
  ) throws(SQLFailure) -> SealedVisit {
    try Body.unseal(secret: SealedVisit.self, from: row.text(), "visit/\(id)", environment.vault)
  }

  private static func readCancellation(
    _ row: inout SQLRow
  ) throws(SQLFailure) -> Cancellation? {
    let party = try row.codeIfPresent(CancelParty.self)
    let reason = try row.codeIfPresent(CancelReason.self)
    let time = row.instantIfPresent()
    guard let party, let reason, let time else { return nil }
    return Cancellation(party: party, reason: reason, cancelTime: time)
  }

  /// `id:attendance,…` in the appointment's own order; ids hold neither colon nor comma.
  private static func joined(_ attendees: [Attendee]) -> String {
    attendees.map { "\($0.person.rawValue):\($0.attendance.rawValue)" }.joined(separator: ",")
  }

  private static func readAttendees(_ row: inout SQLRow) throws(SQLFailure) -> [Attendee] {
    var attendees: [Attendee] = []
    for part in try row.text().split(separator: ",") {
      guard let colon = part.firstIndex(of: ":"),
        let code = Int(part[part.index(after: colon)...]),
        let attendance = Attendance(rawValue: code)
      else { throw .unreadableRow("attendees") }
      attendees.append(
        Attendee(person: PersonID(checked: String(part[..<colon])), attendance: attendance))
    }
    return attendees
  }
}

private let appointmentColumns =
  """
  uid, slot_id, service_id, registration_id, attendees, seats, start_us, end_us, confirm_by_us, \
  cancel_party, cancel_reason, cancel_us, successor_id, reschedules, visit_code, \
  no_show_us, state, version, create_us, update_us
  """

let appointmentsOfPersons =
  """
  SELECT \(appointmentColumns) FROM attendee
    JOIN appointment ON appointment.uid = attendee.appointment_id
  """

extension SQLStatement {
  static let appointment = SQLStatement(
    "SELECT \(appointmentColumns) FROM appointment WHERE uid = $1")
  fileprivate static let liveAppointmentsInSlot = SQLStatement(
    """
    SELECT \(appointmentColumns) FROM appointment WHERE slot_id = $1 AND state IN (1,2,3,4)
    ORDER BY uid
    """)
  fileprivate static let noShowsInSlot = SQLStatement(
    "SELECT \(appointmentColumns) FROM appointment WHERE slot_id = $1 AND state = 9 ORDER BY uid")
  static let liveAppointmentForService = SQLStatement(
    """
    SELECT \(appointmentColumns) FROM appointment
    WHERE registration_id = $1 AND service_id = $2 AND state IN (1,2,3,4)
    """)
  fileprivate static let lockPerson = SQLStatement(
    "SELECT uid FROM person WHERE uid = $1 FOR NO KEY UPDATE")
  fileprivate static let insertAppointment = SQLStatement(
    """
    INSERT INTO appointment(\(appointmentColumns), office_id) VALUES ($1, $2, $3, $4, $5, $6, $7,
      $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
    """)
  fileprivate static let insertAttendee = SQLStatement(
    "INSERT INTO attendee(person_id, appointment_id) VALUES ($1, $2)")
  fileprivate static let updateAppointment = SQLStatement(
    """
    UPDATE appointment SET attendees = $3, confirm_by_us = $4, cancel_party = $5,
      cancel_reason = $6, cancel_us = $7, successor_id = $8, reschedules = $9, visit_code = $10,
      no_show_us = $11, state = $12, version = $13, update_us = $14
    WHERE uid = $1 AND version = $2
    """)
}

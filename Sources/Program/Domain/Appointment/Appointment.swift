/// A household's appointment in a slot.
public struct Appointment: Hashable, Sendable, Codable {
  /// Its id.
  public var id: AppointmentID
  /// The slot.
  public var slot: SlotID
  /// The service.
  public var service: ServiceOfferID
  /// The registration.
  public var registration: RegistrationID
  /// Who is expected, and who came.
  public var attendees: [Attendee]
  /// The seats taken: one per attendee.
  public var seats: Int
  /// The slot's start, kept for overlaps.
  public var start: Instant
  /// The slot's end (half-open).
  public var end: Instant
  /// Until when an offer can be confirmed; `nil` when self-booked.
  public var confirmBy: Instant?
  /// Who called it off, and why.
  public var cancellation: Cancellation?
  /// The appointment that replaces it, when rescheduled.
  public var successor: AppointmentID?
  /// How often the applicant has moved it, counted over its predecessors.
  public var applicantReschedules: Int
  /// The code to show at the desk.
  public var visitCode: VisitCode
  /// Why a no-show was excused.
  public var excuse: ExcuseReason?
  /// When it became a no-show.
  public var noShowTime: Instant?
  /// Where it stands.
  public var state: AppointmentState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: AppointmentID, slot: SlotID, service: ServiceOfferID, registration: RegistrationID,
    attendees: [Attendee], seats: Int, start: Instant, end: Instant, confirmBy: Instant? = nil,
    cancellation: Cancellation? = nil, successor: AppointmentID? = nil,
    applicantReschedules: Int = 0, visitCode: VisitCode, excuse: ExcuseReason? = nil,
    noShowTime: Instant? = nil, state: AppointmentState, revision: Revision
  ) {
    self.id = id
    self.slot = slot
    self.service = service
    self.registration = registration
    self.attendees = attendees
    self.seats = seats
    self.start = start
    self.end = end
    self.confirmBy = confirmBy
    self.cancellation = cancellation
    self.successor = successor
    self.applicantReschedules = applicantReschedules
    self.visitCode = visitCode
    self.excuse = excuse
    self.noShowTime = noShowTime
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }

  /// Whether both take the time of at least one person, in states that still take time.
  public func overlaps(_ other: Appointment) -> Bool {
    guard state.isLive, other.state.isLive, start < other.end, other.start < end else {
      return false
    }
    let people = Set(attendees.map(\.person))
    return other.attendees.contains { people.contains($0.person) }
  }
}

/// One person of an appointment.
public struct Attendee: Hashable, Sendable, Codable {
  /// The person.
  public var person: PersonID
  /// Whether they came.
  public var attendance: Attendance

  /// Every field as given; nothing is checked here.
  public init(person: PersonID, attendance: Attendance) {
    self.person = person
    self.attendance = attendance
  }
}

/// Whether somebody came.
public enum Attendance: Int, CaseIterable, Codable, Sendable {
  /// Not known yet.
  case expected = 0
  case present = 1
  case absent = 2
  case excused = 3
}

/// Why an appointment does not take place.
public struct Cancellation: Hashable, Sendable, Codable {
  /// Who called it off.
  public var party: CancelParty
  /// Why.
  public var reason: CancelReason
  /// When.
  public var cancelTime: Instant

  /// Every field as given; nothing is checked here.
  public init(party: CancelParty, reason: CancelReason, cancelTime: Instant) {
    self.party = party
    self.reason = reason
    self.cancelTime = cancelTime
  }
}

/// Who called an appointment off. A cancellation by the office keeps the household's rank.
public enum CancelParty: Int, CaseIterable, Codable, Sendable {
  case applicant = 1
  case office = 2
}

/// Why an appointment was called off.
public enum CancelReason: Int, CaseIterable, Codable, Sendable {
  case cannotAttend = 1
  case notWanted = 2
  case officeClosed = 3
  case staff = 4
  case security = 5
  case registrationEnded = 6
}

/// Why a no-show is excused.
public enum ExcuseReason: Int, CaseIterable, Codable, Sendable {
  case illness = 1
  case transport = 2
  case security = 3
  case notInformed = 4
  case other = 5
}

/// The states of an appointment; 1 to 4 are live (INV-3).
public enum AppointmentState: Int, CaseIterable, Codable, Sendable {
  case offered = 1
  case confirmed = 2
  case checkedIn = 3
  case inProgress = 4
  case fulfilled = 5
  case rescheduled = 6
  case cancelled = 7
  case lapsed = 8
  case noShow = 9
  case excused = 10
  case voided = 11

  /// Whether it still takes seats and people's time.
  public var isLive: Bool { rawValue <= AppointmentState.inProgress.rawValue }
}

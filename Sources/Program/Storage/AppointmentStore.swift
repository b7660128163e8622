public import Domain

/// Which appointments are asked for; every part given must hold.
public struct AppointmentFilter: Hashable, Sendable {
  /// Of this registration.
  public var registration: RegistrationID?
  /// At this office.
  public var office: OfficeID?
  /// For this service.
  public var service: ServiceOfferID?
  /// Starting in this half-open time.
  public var starts: Range<Instant>?
  /// In one of these states; empty for all.
  public var states: [AppointmentState]
  /// Of a registration of this applicant.
  public var owner: Actor?

  /// All fields; by default every appointment.
  public init(
    registration: RegistrationID? = nil, office: OfficeID? = nil, service: ServiceOfferID? = nil,
    starts: Range<Instant>? = nil, states: [AppointmentState] = []
  ) {
    self.registration = registration
    self.office = office
    self.service = service
    self.starts = starts
    self.states = states
  }
}

/// Reads appointments.
public protocol AppointmentReader {
  /// The appointment of that id.
  func appointment(_ id: AppointmentID) throws -> Appointment?
  /// Appointments by start.
  func appointments(
    _ filter: AppointmentFilter, after key: TimeKey<AppointmentID>?, limit: Int
  ) throws -> Page<Appointment>
  /// The live appointments of a slot, by id: those to cancel when it is blocked.
  func liveAppointments(in slot: SlotID) throws -> [Appointment]
  /// The no-shows of a slot, by id: those to excuse when it turns out that the office was closed.
  func noShows(in slot: SlotID) throws -> [Appointment]
  /// The live appointment that a registration has for a service, of which there is at most one (INV-3).
  func liveAppointment(
    of registration: RegistrationID, for service: ServiceOfferID
  ) throws -> Appointment?
  /// The live appointments that take the time of any of these people in the half-open time.
  func liveAppointments(
    of persons: [PersonID], overlapping time: Range<Instant>
  ) throws -> [Appointment]
}

/// Makes and moves appointments. Seats are claimed, taken and freed through ``SlotWriter``.
public protocol AppointmentWriter {
  /// Adds an appointment whose seats have been claimed in the same unit.
  /// - Throws: `StoreError.conflict(.liveAppointment)` when the registration has a live one for the
  ///   service; `Refusal` with PERSON_OVERLAP when an attendee is expected elsewhere at that time
  ///   (INV-3).
  func insert(_ appointment: Appointment) throws

  /// Replaces an appointment the caller read at `version`. In a reschedule update the old one
  /// first: it gives up its live place for the new one.
  func update(_ appointment: Appointment, from version: Version) throws
}

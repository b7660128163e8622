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
  /// The live appointments that take the time of any of these people in the half-open time.
  func liveAppointments(
    of persons: [PersonID], overlapping time: Range<Instant>
  ) throws -> [Appointment]
}

/// Makes and moves appointments; the seats follow in the same unit.
public protocol AppointmentWriter {
  /// Turns a hold into an appointment: the hold becomes CONSUMED, its seats the appointment's.
  /// - Throws: `Refusal` with HOLD_EXPIRED when the hold's time passed or it is no longer ACTIVE,
  ///   HOLD_FENCE_STALE when `fence` is not its newest, PERSON_OVERLAP; `StoreError.conflict` with
  ///   `.liveAppointment`; `StoreError.notFound` when there is no such hold of the appointment's
  ///   registration and slot, or it has another number of seats.
  func book(_ appointment: Appointment, consuming hold: HoldID, fence: Int64) throws

  /// Adds an appointment on free seats without a hold: an offer, or the new half of a reschedule.
  /// - Throws: `Refusal` with SLOT_BLOCKED, SLOT_FULL, PERSON_OVERLAP; `StoreError.conflict` with
  ///   `.liveAppointment`; `StoreError.notFound` without such a slot.
  func insert(_ appointment: Appointment) throws

  /// Replaces an appointment the caller read at `version`.
  ///
  /// Moving to RESCHEDULED, CANCELLED, LAPSED or VOIDED frees its seats. In a reschedule, update
  /// the old appointment first: it frees its live place for the new one.
  func update(_ appointment: Appointment, from version: Version) throws
}

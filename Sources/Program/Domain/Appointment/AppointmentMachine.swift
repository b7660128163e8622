/// Moves an appointment.
///
///     (Offer) → OFFERED → CONFIRMED ← (Book)
///     CONFIRMED → CHECKED_IN → IN_PROGRESS → FULFILLED
///     CONFIRMED → RESCHEDULED, with a new CONFIRMED one
///     OFFERED, CONFIRMED → CANCELLED;  OFFERED → LAPSED
///     CONFIRMED → NO_SHOW → EXCUSED
///     any but FULFILLED → VOIDED
///
/// OFFERED to IN_PROGRESS are live: they hold seats, and people's time (INV-1, INV-3).
public struct AppointmentMachine: ~Copyable {
  private var appointment: Appointment
  private let limits: Limits

  /// Takes the stored appointment.
  public init(_ appointment: Appointment, limits: Limits = .standard) {
    self.appointment = appointment
    self.limits = limits
  }

  /// The appointment as it is now.
  public var current: Appointment { appointment }

  /// What a new appointment needs besides the household and the slot.
  public struct Booking: Hashable, Sendable {
    /// The id to give it.
    public var id: AppointmentID
    /// The code to show at the desk.
    public var visitCode: VisitCode
    /// The household, the slot and the time.
    public var request: BookingRule.Request
    /// Whether the registration has a live appointment for this service (INV-3).
    public var hasLiveAppointment: Bool
    /// Whether one of the household is expected elsewhere at that time (INV-3).
    public var hasOverlap: Bool

    /// Every field as given; nothing is checked here.
    public init(
      id: AppointmentID, visitCode: VisitCode, request: BookingRule.Request,
      hasLiveAppointment: Bool, hasOverlap: Bool
    ) {
      self.id = id
      self.visitCode = visitCode
      self.request = request
      self.hasLiveAppointment = hasLiveAppointment
      self.hasOverlap = hasOverlap
    }
  }

  // MARK: Beginnings

  /// The scheduler or the draw offers seats that the store has claimed.
  public static func offer(
    _ booking: Booking, limits: Limits = .standard
  ) throws(Refusal) -> Change<Appointment> {
    var appointment = try fresh(booking, state: .offered)
    // An offer that could be confirmed after its start would be one for the past.
    appointment.confirmBy = min(booking.request.now + limits.confirmDuration, appointment.start)
    return appointment.created(.offer)
  }

  /// The household books the seats it holds. The hold itself is consumed by ``HoldMachine`` first,
  /// which settles HOLD_EXPIRED and HOLD_FENCE_STALE; pass its change here.
  public static func book(
    _ booking: Booking, consumed hold: Change<Hold>
  ) throws(Refusal) -> Change<Appointment> {
    guard hold.entity.state == .consumed, hold.entity.slot == booking.request.slot.id,
      hold.entity.registration == booking.request.registration.id
    else { throw Refusal(.holdExpired) }
    let appointment = try fresh(booking, state: .confirmed, isHeld: true)
    // The household has grown or shrunk since: all of it or none (INV-2).
    guard hold.entity.seats == appointment.seats else { throw Refusal(.holdExpired) }
    return appointment.created(.book, orders: [.takeHeldSeats(hold.entity.id)])
  }

  private static func fresh(
    _ booking: Booking, state: AppointmentState, isHeld: Bool = false
  ) throws(Refusal) -> Appointment {
    try BookingRule.check(booking.request, isHeld: isHeld)
    guard !booking.hasLiveAppointment else { throw Refusal(.appointmentLiveExists) }
    guard !booking.hasOverlap else { throw Refusal(.personOverlap) }
    let (slot, registration) = (booking.request.slot, booking.request.registration)
    return Appointment(
      id: booking.id, slot: slot.id, service: slot.service, registration: registration.id,
      attendees: registration.persons.map { Attendee(person: $0, attendance: .expected) },
      seats: registration.householdCount, start: slot.start, end: slot.end,
      visitCode: booking.visitCode, state: state,
      revision: Revision(createdAt: booking.request.now))
  }

  /// The household takes the offer, before its time is over.
  public mutating func confirm(at now: Instant) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.confirm)
    guard let confirmBy = appointment.confirmBy, now < confirmBy else {
      throw Refusal(.confirmWindowPassed)
    }
    return appointment.move(.confirm, to: .confirmed, at: now)
  }

  /// The timer: nobody took the offer.
  public mutating func lapse(at now: Instant) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.lapse)
    if let confirmBy = appointment.confirmBy, now < confirmBy {
      throw Refusal.illegal("Lapse", in: "offered, still in time")
    }
    return appointment.move(
      .lapse, to: .lapsed, at: now, orders: [.freeSeats, .requeue(keepsRank: false)])
  }

  // MARK: The day

  /// The household is at the desk with its code: from 90 minutes before the start to the end, both
  /// included.
  public mutating func checkIn(
    code: VisitCode, at now: Instant
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.checkIn)
    guard code == appointment.visitCode else {
      throw Refusal.field("visit_code", "is not this appointment's")
    }
    guard appointment.start - limits.checkInLead <= now, now <= appointment.end else {
      throw Refusal(.checkInWindow)
    }
    return appointment.move(.checkIn, to: .checkedIn, at: now)
  }

  /// The interviewer begins.
  public mutating func start(at now: Instant) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.start)
    return appointment.move(.start, to: .inProgress, at: now)
  }

  /// The interviewer is done, and says of everybody whether they came; at least one did.
  public mutating func complete(
    _ attendees: [Attendee], kind: ServiceKind, at now: Instant
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.complete)
    let expected = Set(appointment.attendees.map(\.person))
    guard Set(attendees.map(\.person)) == expected, attendees.count == expected.count else {
      throw Refusal.field("attendees", "the attendance of each attendee is needed, once")
    }
    guard attendees.allSatisfy({ $0.attendance != .expected }) else {
      throw Refusal.field("attendees", "must be present, absent or excused")
    }
    guard attendees.contains(where: { $0.attendance == .present }) else {
      throw Refusal.field("attendees", "nobody came; that is a no-show")
    }
    appointment.attendees = attendees
    return appointment.move(
      .complete, to: .fulfilled, at: now,
      orders: kind == .interview ? [.interviewFulfilled] : [])
  }

  /// Nobody came: after the end and the grace, and never when the office was closed (INV-13). The
  /// seats are given back, so that what is taken in a slot is what was used.
  public mutating func markNoShow(
    officeWasClosed: Bool, service: ServiceOffer, at now: Instant
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.markNoShow)
    guard !officeWasClosed, now > appointment.end + .minutes(service.noShowGraceMinutes) else {
      throw Refusal.illegal("MarkNoShow", in: "confirmed, not over or the office closed")
    }
    appointment.noShowTime = now
    return appointment.move(
      .markNoShow, to: .noShow, at: now,
      orders: [.freeSeats] + (service.requeuesNoShow ? [.requeue(keepsRank: false)] : []))
  }

  /// A supervisor excuses it, within 30 days; the household is back in the queue with its rank. So does the server,
  /// however late it turns out that the office was closed (INV-13).
  public mutating func excuse(
    _ reason: ExcuseReason, officeWasClosed: Bool = false, at now: Instant
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.excuse)
    let isInTime = appointment.noShowTime.map { now <= $0 + limits.excuseDuration } ?? false
    guard officeWasClosed || isInTime else {
      throw Refusal.illegal("ExcuseNoShow", in: "no-show, too long ago")
    }
    appointment.excuse = reason
    return appointment.move(.excuse, to: .excused, at: now, orders: [.requeue(keepsRank: true)])
  }

  // MARK: Changes of plan

  /// Moves the household to another slot whose seats the store claims in the same transaction. The
  /// new appointment is in the change's orders. An applicant can do so twice, an office any time.
  /// `hasLiveAppointment` and `hasOverlap` of the booking leave this appointment itself out.
  ///
  /// A service is one office's, so a household that has moved goes to another one of the same kind.
  ///
  /// - Parameter kind: the kind of the service that this appointment is for
  public mutating func reschedule(
    to booking: Booking, of kind: ServiceKind, by party: CancelParty
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.reschedule)
    let now = booking.request.now
    guard now < appointment.start else {
      throw Refusal.illegal("Reschedule", in: "confirmed, already begun")
    }
    guard party != .applicant || appointment.applicantReschedules < limits.rescheduleCountMax
    else { throw Refusal(.rescheduleLimit) }
    guard booking.request.registration.id == appointment.registration,
      booking.request.slot.id != appointment.slot,
      booking.request.service.kind == kind
    else {
      throw Refusal.field("slot", "must be another slot of the same service, or of one of its kind")
    }
    var next = try Self.fresh(booking, state: .confirmed)
    next.applicantReschedules =
      appointment.applicantReschedules + (party == .applicant ? 1 : 0)
    appointment.successor = next.id
    return appointment.move(
      .reschedule, to: .rescheduled, at: now, orders: [.freeSeats, .claimAndStore(next)])
  }

  /// Either side calls it off. What the office causes keeps the household's rank.
  public mutating func cancel(
    by party: CancelParty, _ reason: CancelReason, at now: Instant
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.cancel)
    appointment.cancellation = Cancellation(party: party, reason: reason, cancelTime: now)
    return appointment.move(
      .cancel, to: .cancelled, at: now,
      orders: [.freeSeats, .requeue(keepsRank: party == .office)])
  }

  /// A supervisor strikes it out, or the server does because its case has ended while the household
  /// was at the desk; `cancellation` then says by whom the case was ended.
  public mutating func void(
    _ cancellation: Cancellation? = nil, at now: Instant
  ) throws(Refusal) -> Change<Appointment> {
    try appointment.demand(.void)
    if let cancellation { appointment.cancellation = cancellation }
    return appointment.move(
      .void, to: .voided, at: now, orders: appointment.state.isLive ? [.freeSeats] : [])
  }
}

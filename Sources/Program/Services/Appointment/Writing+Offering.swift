import Domain
import Storage

// Appointments that take their seats without a hold before them.
extension Writing {
  /// Offers a household seats, which are claimed until it confirms or lets the offer lapse.
  mutating func offer(
    _ registration: Registration, slot: Slot, attendees: [PersonName]
  ) throws -> Appointment {
    try requireHousehold(attendees, registration)
    let request = try bookingRequest(
      slot: slot, registration, attendees: attendees.map(\.person))
    let change = try AppointmentMachine.offer(
      try booking(request, besides: nil), limits: limits)
    try claimSeats(of: change.entity, among: request.shares)
    try store(change)
    return change.entity
  }

  /// Moves a household to another slot, at another office too: both seat moves, or neither.
  ///
  /// - Returns: the appointment that was, and the one that is
  mutating func reschedule(
    _ appointment: Appointment, to slot: Slot
  ) throws -> (Appointment, Appointment) {
    let registration = try registration(appointment.registration)
    let request = try bookingRequest(slot: slot, registration)
    let booking = try booking(request, besides: appointment)
    let kind = try found(try tx.serviceOffer(appointment.service)).kind
    var machine = AppointmentMachine(appointment, limits: limits)
    let change = try machine.reschedule(to: booking, of: kind, by: CancelParty(of: caller.role))
    // The case is locked by now, and slots come after cases: both here, in the order of ids.
    try keepStill([appointment.slot, slot.id])
    var next: Appointment?
    for order in change.orders {
      switch order {
      case .freeSeats: try tx.freeSeats(of: appointment.id, in: appointment.slot)
      case .claimAndStore(let successor): next = successor
      case .takeHeldSeats, .requeue, .interviewFulfilled:
        throw StoreError.defect("a reschedule asks for nothing else")
      }
    }
    guard let next else { throw StoreError.defect("a reschedule has a successor") }
    // The old one first: it gives up its live place for the new one.
    try store(change)
    let move = trail.move
    try claimSeats(of: next, among: request.shares)
    try tx.insert(next)
    try note(.appointment, next.id, .created(next.revision), state: next.state.rawValue)
    trail.move = move
    try offerFreedSeats(in: appointment.slot, besides: appointment.registration)
    return (change.entity, next)
  }

  private func claimSeats(of appointment: Appointment, among shares: SeatShares) throws {
    // The fence is for holds; an appointment has its seats for good.
    _ = try tx.claimSeats(
      appointment.seats, of: appointment.slot, among: shares, for: .appointment(appointment.id))
  }

  private mutating func booking(
    _ request: BookingRule.Request, besides old: Appointment?
  ) throws -> AppointmentMachine.Booking {
    let (slot, registration) = (request.slot, request.registration)
    let others = try tx.liveAppointments(
      of: registration.persons, overlapping: slot.start..<slot.end)
    let twin = try tx.liveAppointment(of: registration.id, for: slot.service)
    return AppointmentMachine.Booking(
      id: makeID(), visitCode: VisitCode(using: &random), request: request,
      hasLiveAppointment: twin.map { $0.id != old?.id } ?? false,
      hasOverlap: others.contains { $0.id != old?.id })
  }
}

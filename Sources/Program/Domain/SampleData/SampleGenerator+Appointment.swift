extension SampleGenerator {
  /// An appointment of the household, for an interview in `slot`, in a state.
  public mutating func appointment(
    of household: SampleHousehold, in state: AppointmentState, slot: Slot, service: ServiceOffer
  ) throws(Refusal) -> Appointment? {
    let source: AppointmentState? =
      switch state {
      case .offered: nil
      case .confirmed, .lapsed, .cancelled, .voided: .offered
      case .checkedIn, .rescheduled, .noShow: .confirmed
      case .inProgress: .checkedIn
      case .fulfilled: .inProgress
      case .excused: .noShow
      }
    guard let invited = try registration(of: household, in: .invited) else { return nil }
    let request = BookingRule.Request(
      slot: slot, service: service, registration: invited, now: slot.start - .days(2))
    guard let source else { return try AppointmentMachine.offer(booking(request)).entity }
    guard
      let before = try appointment(of: household, in: source, slot: slot, service: service)
    else { return nil }
    var machine = AppointmentMachine(before)
    let now = request.now + .hours(1)
    switch state {
    case .confirmed: _ = try machine.confirm(at: now)
    case .lapsed: _ = try machine.lapse(at: request.now + .hours(23))
    case .cancelled: _ = try machine.cancel(by: .office, .staff, at: now)
    case .voided: _ = try machine.void(at: now)
    case .checkedIn: _ = try machine.checkIn(code: before.visitCode, at: before.start)
    case .noShow:
      _ = try machine.markNoShow(
        officeWasClosed: false, service: service,
        at: before.end + .minutes(service.noShowGraceMinutes + 1))
    case .inProgress: _ = try machine.start(at: before.start)
    case .fulfilled:
      _ = try machine.complete(
        before.attendees.map { Attendee(person: $0.person, attendance: .present) },
        kind: service.kind, at: before.end)
    case .excused: _ = try machine.excuse(.illness, at: before.end + .days(1))
    case .rescheduled:
      var later = request
      later.slot.id = SlotID(using: &random)
      later.slot.start = slot.start + .days(7)
      later.slot.end = slot.end + .days(7)
      _ = try machine.reschedule(to: booking(later), of: service.kind, by: .applicant)
    case .offered: return nil
    }
    return machine.current
  }

  private mutating func booking(_ request: BookingRule.Request) -> AppointmentMachine.Booking {
    AppointmentMachine.Booking(
      id: AppointmentID(using: &random), visitCode: VisitCode(using: &random), request: request,
      hasLiveAppointment: false, hasOverlap: false)
  }
}

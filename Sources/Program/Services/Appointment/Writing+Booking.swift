import Domain
import Storage

extension DeskWork {
  /// The hold of that id, if its registration is within the caller's reach.
  mutating func hold(_ id: HoldID) throws -> Hold {
    let hold = try found(try reader.hold(id))
    _ = try registration(hold.registration)
    return hold
  }

  /// The appointment of that id, if its registration is within the caller's reach.
  mutating func appointment(_ id: AppointmentID) throws -> Appointment {
    let appointment = try found(try reader.appointment(id))
    _ = try registration(appointment.registration)
    guard try Reach(caller: trail.caller, reader: reader).includes(appointment) else {
      throw Refusal.denied(.outOfReach)
    }
    return appointment
  }

  /// The slot of that name, with its parents as it has them.
  func slot(named text: String) throws -> Slot {
    let name = try SlotName(text)
    let slot = try found(try reader.slot(name.slot))
    guard name.names(slot) else { throw Refusal.denied(.otherParent) }
    return slot
  }
}

/// That a hold whose time has passed stands in the way of another.
struct LapsedHold: Error {
  let id: HoldID
}

extension Writing {
  /// A household that wants a slot, with everything the booking rules look at.
  mutating func bookingRequest(
    slot name: String, registration id: RegistrationID, seats: Int? = nil
  ) throws -> BookingRule.Request {
    let registration = try registration(id)
    return try bookingRequest(slot: slot(named: name), registration, seats: seats)
  }

  func bookingRequest(
    slot: Slot, _ registration: Registration, seats: Int? = nil, attendees: [PersonID]? = nil
  ) throws -> BookingRule.Request {
    BookingRule.Request(
      slot: slot, service: try found(try reader.serviceOffer(slot.service)),
      registration: try heldNow(registration), now: now, seats: seats, attendees: attendees)
  }

  /// Claims the household's seats for a while: all of them or none (INV-2).
  mutating func hold(_ request: BookingRule.Request) throws -> Hold {
    // The rules first: a claim that they refuse must not count up the slot's fence for nothing.
    try BookingRule.check(request)
    let id = makeID(HoldID.self)
    try requireRoomForHold(of: request.registration)
    let fence = try tx.claimSeats(
      request.registration.householdCount, of: request.slot.id, among: request.shares,
      for: .hold(id, until: now + limits.holdDuration))
    let change = try HoldMachine.create(
      id: id, request: request, hasOtherActiveHold: false, fence: fence, limits: limits)
    try store(change)
    return change.entity
  }

  /// Refuses a second hold. Of one that has run out, and that the timer has not come to, the time is compared
  /// (domain § 5.2); it is ended first, in a unit of its own.
  private func requireRoomForHold(of registration: Registration) throws {
    guard let hold = try tx.openHold(of: registration.id) else { return }
    throw hold.state(at: now) == .active ? Refusal(.holdLimit) : LapsedHold(id: hold.id)
  }

  /// Writes down that a hold's time has passed, and gives back the seats that nobody has claimed since.
  mutating func expire(_ hold: Hold) throws {
    var machine = HoldMachine(hold, limits: limits)
    let change = try machine.expire(at: now)
    try tx.freeSeats(of: hold.id, in: hold.slot)
    try store(change)
  }

  /// Makes a hold an appointment of the whole household.
  ///
  /// - Parameter attendees: who comes, when the caller says so; empty for the household
  mutating func book(
    _ hold: Hold, fence: Int64, attendees: [PersonName]
  ) throws -> Appointment {
    let registration = try registration(hold.registration)
    try requireHousehold(attendees, registration)
    var machine = HoldMachine(hold, limits: limits)
    let consumed = try machine.consume(by: registration.id, fence: fence, at: now)
    let slot = try found(try tx.slot(hold.slot))
    let booking = AppointmentMachine.Booking(
      id: makeID(), visitCode: VisitCode(using: &random),
      request: try bookingRequest(
        slot: slot, registration, attendees: attendees.isEmpty ? nil : attendees.map(\.person)),
      hasLiveAppointment: try tx.liveAppointment(of: registration.id, for: slot.service) != nil,
      hasOverlap: try !tx.liveAppointments(
        of: registration.persons, overlapping: slot.start..<slot.end
      ).isEmpty)
    let change = try AppointmentMachine.book(booking, consumed: consumed)
    try store(consumed)
    try tx.takeSeats(of: hold, for: change.entity.id)
    try store(change)
    return change.entity
  }

  /// Refuses attendees of another registration.
  func requireHousehold(
    _ attendees: [PersonName], _ registration: Registration
  ) throws(Refusal) {
    guard attendees.allSatisfy({ $0.registration == registration.id }) else {
      throw Refusal.field("attendees", "must be persons of the registration")
    }
  }
}

import Domain
import SafeMobilityAPI
import Storage

extension Writing {
  /// The most slots one call closes.
  private static var blockedCountMax: Int { 500 }

  /// The slots a request names, or those of the office in its time that are not closed yet.
  func slotsToBlock(_ request: SafeMobility.BlockSlotsRequest) throws -> [Slot] {
    let office = try ownOffice(OfficeID(name: request.parent)).id
    let isTimeGiven = request.startTime != nil || request.endTime != nil
    guard request.slots.isEmpty == isTimeGiven else {
      throw Refusal.field("slots", "must be given, or start_time and end_time, and not both")
    }
    guard isTimeGiven else {
      return try request.slots.map { name in
        let slot = try slot(named: name)
        guard slot.service.office == office else {
          throw Refusal.field("slots", "must be slots of the office")
        }
        return slot
      }.filter { !$0.isBlocked }
    }
    let start = try request.startTime.flatMap { Instant($0) }.known("start_time")
    let end = try request.endTime.flatMap { Instant($0) }.known("end_time")
    guard start < end else { throw Refusal.field("end_time", "must be after start_time") }
    let page = try tx.slots(
      SlotFilter(office: office, starts: start..<end), after: nil, limit: Self.blockedCountMax)
    guard !page.hasMore else {
      throw Refusal.field(
        "end_time", "leaves more than \(Self.blockedCountMax) slots: name a shorter time")
    }
    return page.items.map(\.slot)
  }

  /// Lets nobody come into slots any more. Their cases are locked before them, as everywhere; whoever comes in between
  /// is locked when its turn comes.
  func keepStillWithCases(_ slots: [Slot]) throws {
    let cases = try slots.flatMap { slot in
      try (tx.liveAppointments(in: slot.id) + missed(slot)).map(\.registration)
    }
    for registration in Set(cases).sorted() { _ = try tx.registration(registration) }
    try keepStill(slots.map(\.id))
  }

  /// Who has not come to a slot.
  private func missed(_ slot: Slot) throws -> [Appointment] {
    // Before the end nobody has missed it, and most slots are closed beforehand.
    slot.end < now ? try tx.noShows(in: slot.id) : []
  }

  /// Closes a slot that is kept still: its holds end, its appointments are called off by the office (INV-13), and all
  /// their seats are given back. Who did not come is excused: nobody was there. A visit that has begun goes on: the
  /// household is at the desk, and whoever closes the office to the next does not send away that one.
  ///
  /// - Returns: nil where somebody else has closed it meanwhile
  mutating func block(
    _ slot: Slot, at office: Office, _ reason: SlotBlockReason
  ) throws -> BlockedSlot? {
    var result = BlockedSlot()
    guard try !found(try tx.slot(slot.id)).isBlocked else { return nil }
    // What is over was on offer.
    if slot.start > now { try append(Fact.seats(of: [slot], at: office, sign: -1)) }
    for hold in try tx.activeHolds(in: slot.id) {
      try withOwnEntry(about: hold.registration) { work in try work.release(hold) }
      result.holdCount += 1
    }
    for appointment in try tx.liveAppointments(in: slot.id)
    where Appointment.Event.cancel.sources.contains(appointment.state) {
      try withOwnEntry(about: appointment.registration) { work in
        try work.callOff(appointment, reason)
      }
      result.appointmentCount += 1
    }
    for appointment in try missed(slot) {
      try withOwnEntry(about: appointment.registration) { work in
        try work.excuse(appointment, reason)
      }
    }
    // Giving back seats does not change the slot itself, but read it as it is by now all the same.
    var slot = try found(try tx.slot(slot.id))
    let version = slot.revision.version
    slot.blockedReason = reason
    slot.revision.advance(at: now)
    try tx.update(slot, from: version)
    try note(.slot, slot.id, .updated(slot.revision))
    return result
  }

  private mutating func release(_ hold: Hold) throws {
    var machine = HoldMachine(hold, limits: limits)
    let change = try machine.release(at: now)
    try tx.freeSeats(of: hold.id, in: hold.slot)
    try store(change)
  }

  private mutating func callOff(_ appointment: Appointment, _ reason: SlotBlockReason) throws {
    var machine = AppointmentMachine(appointment, limits: limits)
    let change = try machine.cancel(by: .office, CancelReason(reason), at: now)
    try tx.freeSeats(of: appointment.id, in: appointment.slot)
    try settleWaitlist(after: change, keepsRank: true)
    try store(change)
  }

  /// Takes back that a household has not come. It is the server's doing: not everybody who closes a slot may excuse.
  private mutating func excuse(_ appointment: Appointment, _ reason: SlotBlockReason) throws {
    var machine = AppointmentMachine(appointment, limits: limits)
    let change = try machine.excuse(
      reason == .security ? .security : .other, officeWasClosed: true, at: now)
    try settleWaitlist(after: change, keepsRank: true)
    try store(change, by: .system)
  }
}

/// What closing a slot ended.
struct BlockedSlot {
  var holdCount = 0
  var appointmentCount = 0
}

extension CancelReason {
  /// What people are told whose appointment falls with its slot.
  fileprivate init(_ reason: SlotBlockReason) {
    self =
      switch reason {
      case .officeClosed, .equipment, .program: .officeClosed
      case .staff: .staff
      case .security: .security
      }
  }
}

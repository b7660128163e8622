import AuditProof
import Domain
import Storage

// Seats that come free are offered in the unit of work that frees them, so that nobody who happens to look
// at that moment is faster than those who wait (domain § 9).
extension Writing {
  /// Keeps slots still of whose seats this unit gives some back, in the order of ids, as everybody does who needs
  /// several. Cases come before slots: who changes one has read it by now.
  func keepStill(_ slots: [SlotID]) throws {
    for slot in Set(slots).sorted() { try tx.keepStill(slot) }
  }

  /// How many of those who wait are passed over for the seats of one slot: the unit is somebody else's call.
  private static var passedCountMax: Int { 50 }
  /// How many are passed over at a glance besides, so that nobody waits for a seat kept for them behind those who have no
  /// claim on it, nor behind those who are held.
  private static var skippedCountMax: Int { 500 }
  /// How many are taken off the list meanwhile. Each goes once and for all, so that nobody waits for long behind
  /// those who wait for nothing.
  private static var removedCountMax: Int { 100 }

  /// What became of one of those who wait.
  private enum Look {
    case offered, removed, passed, skipped
  }

  /// Offers a slot's free seats to the first in rank whose household fits whole and whose notice allows it, and
  /// what is left to the next.
  ///
  /// Not the seats that the clock alone frees, until the timer writes that down. Who has found a place by other
  /// means, or is past what it waits for, is taken off the list here, and not as it books or moves on: neither is
  /// to wait for that.
  ///
  /// - Parameter registration: who has given the seats up, and is not offered them again
  mutating func offerFreedSeats(in id: SlotID, besides registration: RegistrationID) throws {
    guard let slot = try tx.slot(id), let service = try tx.serviceOffer(slot.service),
      !slot.isBlocked, slot.start >= now + .minutes(service.leadTimeMinutes), slot.start > now
    else { return }
    var wanted = FreedSeats(
      office: slot.service.office, kind: service.kind, count: slot.capacitySeats,
      notice: slot.start - now)
    // Whoever gives seats back keeps the slot still, so that nobody claims any meanwhile.
    var next = try tx.waiting(for: wanted, after: nil, limit: 1).items.first
    var counts: [Look: Int] = [:]
    while let entry = next, counts[.passed, default: 0] < Self.passedCountMax,
      counts[.removed, default: 0] < Self.removedCountMax,
      counts[.skipped, default: 0] < Self.skippedCountMax
    {
      wanted.count = try tx.freeSeatCount(of: id, among: .all)
      if wanted.count == 0 { return }
      if entry.registration != registration, entry.seats <= wanted.count {
        let look = try cannotTake(slot, entry) ? .skipped : offer(slot, service, to: entry.id)
        counts[look, default: 0] += 1
      }
      next = try tx.waiting(
        for: wanted, after: TimeKey(entry.rankTime, entry.id), limit: 1
      ).items.first
    }
  }

  /// Whether a glance at the case, which locks nothing, says that its household cannot have seats of a slot now: none is
  /// free of those that it has a claim on, or a reviewer has yet to find out who it is.
  private func cannotTake(_ slot: Slot, _ entry: WaitlistEntry) throws -> Bool {
    guard let registration = try tx.glimpse(of: entry.registration) else { return true }
    let held = try heldNow(registration)
    // A confirmed one has nothing to wait for, and is taken off the list.
    if held.isKeptFromSeats, !held.holds.contains(.confirmedDuplicate) { return true }
    // Where none is kept the caller has counted them.
    if slot.reservedShares.isEmpty { return false }
    return try tx.freeSeatCount(of: slot.id, among: slot.shares(openTo: registration)) < entry.seats
  }

  /// Offers one household seats, if nothing is against it, with an entry of its own in the log: that of the call
  /// is about another case.
  private mutating func offer(
    _ slot: Slot, _ service: ServiceOffer, to id: WaitlistEntryID
  ) throws -> Look {
    guard let found = try tx.waitlistEntry(id),
      // Whoever is at work on the case may be waiting for this slot: it is passed over.
      let registration = try tx.idleRegistration(found.registration),
      // As it is now that its case is locked.
      let entry = try tx.waitlistEntry(id), entry.state == .waiting
    else { return .passed }
    if try waitsForNothing(entry, registration, service) {
      var work = try ownWork(for: entry)
      try work.remove(entry)
      _ = try tx.append(work.trail, response: nil)
      return .removed
    }
    let request = BookingRule.Request(
      slot: slot, service: service, registration: try heldNow(registration), now: now)
    if try isBooking(registration, slot, service) { return .passed }
    let live = try tx.liveAppointments(
      of: registration.persons, overlapping: slot.start..<slot.end)
    guard (try? BookingRule.check(request)) != nil, live.isEmpty,
      try tx.freeSeatCount(of: slot.id, among: request.shares) >= registration.householdCount
    else { return .passed }
    var work = try ownWork(for: entry)
    let booking = AppointmentMachine.Booking(
      id: work.makeID(), visitCode: VisitCode(using: &work.random), request: request,
      hasLiveAppointment: false, hasOverlap: false)
    let change = try AppointmentMachine.offer(booking, limits: limits)
    _ = try tx.claimSeats(
      change.entity.seats, of: slot.id, among: request.shares,
      for: .appointment(change.entity.id))
    try work.store(change)
    try work.note(offer: change.entity.id, to: entry)
    _ = try tx.append(work.trail, response: nil)
    return .offered
  }

  /// Whether a household holds seats of the same kind, or at the same time: an offer would stand in the way of booking
  /// them.
  private func isBooking(
    _ registration: Registration, _ slot: Slot, _ service: ServiceOffer
  ) throws -> Bool {
    guard let hold = try tx.openHold(of: registration.id), hold.state(at: now) == .active,
      let held = try tx.slot(hold.slot)
    else { return false }
    if held.start < slot.end, slot.start < held.end { return true }
    return try tx.serviceOffer(held.service)?.kind == service.kind
  }

  /// Whether a household has had its place since it began to wait, or can have none any more.
  ///
  /// - Parameter service: one of the services that it waits for
  private func waitsForNothing(
    _ entry: WaitlistEntry, _ registration: Registration, _ service: ServiceOffer
  ) throws -> Bool {
    if try isServed(registration, by: entry.kind, since: entry.revision.createTime) { return true }
    if registration.holds.contains(.confirmedDuplicate) { return true }
    switch registration.state {
    // Who is asked for something, or frozen, comes back to where it was.
    case .infoRequested, .frozen: return false
    case let state where service.bookableStates.contains(state): return false
    default: break
    }
    return try !entry.offices.contains { office in
      try tx.serviceOffers(of: office).contains {
        $0.kind == entry.kind && $0.bookableStates.contains(registration.state)
      }
    }
  }

  /// The server's own work in the same unit, for a case that the call is not about.
  private func ownWork(for entry: WaitlistEntry) throws -> Writing {
    let method = "safemobility.v1.Waitlist/OfferFreedSeats"
    let digest = Hash.sha256("\(method) \(entry.id)")
    var trail = AuditTrail(
      method: method, requestDigest: digest, isPersonal: true, secrets: secrets)
    trail.caller = .waitlist(at: now)
    var work = Writing(
      tx: tx, trail: trail, limits: limits, requestDigest: digest, requestSHA256: digest,
      secrets: secrets)
    try work.concern(entry.registration)
    return work
  }
}

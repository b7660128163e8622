import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension DeskWork {
  /// The waitlist entry of that id, if its registration is within the caller's reach.
  mutating func waitlistEntry(_ id: WaitlistEntryID) throws -> WaitlistEntry {
    let entry = try found(try reader.waitlistEntry(id))
    _ = try registration(entry.registration)
    return entry
  }
}

extension Writing {
  /// A household begins to wait.
  mutating func joinWaitlist(_ wish: SafeMobility.WaitlistEntry) throws -> WaitlistEntry {
    let registration = try registration(RegistrationID(name: wish.registration))
    let kind = try ServiceKind(wish.serviceKind, field: "waitlist_entry.service_kind")
    let offices = try wish.offices.map { try OfficeID(name: $0) }
    let services = try offices.map { office in
      try tx.serviceOffers(of: office).first { $0.kind == kind }
        .known("waitlist_entry.offices")
    }
    let notice = wish.notice?.swiftDuration ?? .zero
    var request = try joining(
      registration, services, kind, notice: notice, seats: Int(wish.seats))
    request.previous = try tx.lastWaitlistEntry(of: registration.id, for: kind)
    let change = try WaitlistMachine.join(request, limits: limits, at: now)
    try store(change)
    return change.entity
  }

  private mutating func joining(
    _ registration: Registration, _ services: [ServiceOffer], _ kind: ServiceKind,
    notice: Duration, seats: Int? = nil, besides ending: AppointmentID? = nil
  ) throws -> WaitlistMachine.Request {
    WaitlistMachine.Request(
      id: makeID(), registration: registration, services: services, notice: notice, seats: seats,
      hasLiveAppointment: try isServed(registration, by: kind, besides: ending),
      isWaiting: try tx.openWaitlistEntry(of: registration.id, for: kind) != nil)
  }

  /// Whether a registration has its appointment of a kind of service, at whichever office.
  ///
  /// - Parameters:
  ///   - ending: one that does not count, because it is about to end
  ///   - time: counts what took place since then, too; nil for none of that
  func isServed(
    _ registration: Registration, by kind: ServiceKind, besides ending: AppointmentID? = nil,
    since time: Instant? = nil
  ) throws -> Bool {
    let states = AppointmentState.allCases.filter { $0.isLive || time != nil && $0 == .fulfilled }
    let found = try tx.appointments(
      AppointmentFilter(registration: registration.id, states: states), after: nil, limit: 100)
    return try found.items.contains {
      try $0.id != ending && ($0.state.isLive || $0.revision.updateTime > time ?? .latest)
        && tx.serviceOffer($0.service)?.kind == kind
    }
  }

  /// Stores a change that follows from the one that the call is about, and leaves the log's entry to that.
  private mutating func follow(
    _ change: Change<WaitlistEntry>, by role: Role
  ) throws {
    if let version = change.versionBefore {
      try tx.update(change.entity, from: version)
    } else {
      try tx.insert(change.entity)
    }
    try tx.append(change.statusEvent(id: makeID(), by: role))
  }

  /// Does on the waitlist what a move of an appointment means to its household there.
  ///
  /// - Parameter keepsRank: what the move says of its place in the queue; nil for nothing
  mutating func settleWaitlist(after change: Change<Appointment>, keepsRank: Bool?) throws {
    let settling: [Appointment.Event] = [.confirm, .void, .complete, .markNoShow]
    guard keepsRank != nil || settling.contains(change.event) else { return }
    let appointment = change.entity
    guard let service = try tx.serviceOffer(appointment.service) else { return }
    let open = try tx.openWaitlistEntry(of: appointment.registration, for: service.kind)
    if let open, open.state == .offered {
      if open.appointment == appointment.id { try settle(open, change.event, keepsRank) }
    } else if change.event == .complete {
      // It has had what it waits for, by other means.
      if let open { try remove(open) }
    } else if change.event == .markNoShow, let open {
      // Whether its service puts no-shows back or not: it is no better off for having waited already.
      var machine = WaitlistMachine(open, limits: limits)
      try follow(try machine.loseRank(at: now), by: .system)
    } else if let keepsRank {
      try putBack(appointment, service, open, change.event, keepsRank: keepsRank)
    }
  }

  /// Ends an offer as its appointment ends; what was not accepted waits again, or has had its offers.
  private mutating func settle(
    _ entry: WaitlistEntry, _ event: Appointment.Event, _ keepsRank: Bool?
  ) throws {
    var machine = WaitlistMachine(entry, limits: limits)
    switch event {
    case .confirm: try follow(try machine.accept(at: now), by: caller.role)
    case .lapse, .cancel, .void:
      try follow(
        try event == .lapse ? machine.lapse(at: now) : machine.decline(at: now), by: caller.role)
      // What the office strikes out is not the household's doing.
      try follow(try machine.settle(keepsRank: keepsRank ?? true, at: now), by: .system)
    default: break
    }
  }

  /// Puts a household into the queue that has lost its place without having called it off itself: with its
  /// rank, or last when nobody was at the desk.
  private mutating func putBack(
    _ appointment: Appointment, _ service: ServiceOffer, _ open: WaitlistEntry?,
    _ event: Appointment.Event, keepsRank: Bool
  ) throws {
    guard keepsRank || event == .markNoShow,
      let registration = try tx.registration(appointment.registration)
    else { return }
    let rank = registration.queueRankTime ?? registration.revision.createTime
    if let open {
      var machine = WaitlistMachine(open, limits: limits)
      guard let change = try machine.restore(rankTime: rank, at: now) else { return }
      return try follow(change, by: .system)
    }
    // Nor has who has had its place since then, where a no-show is excused late.
    if let missed = appointment.noShowTime,
      try isServed(registration, by: service.kind, besides: appointment.id, since: missed)
    {
      return
    }
    // The appointment that ends is stored as live still.
    let request = try joining(
      registration, [service], service.kind, notice: .minutes(service.leadTimeMinutes),
      besides: appointment.id)
    // Who may not book such a service any more has nothing to wait for.
    guard
      let change = try? WaitlistMachine.join(
        request, rankTime: keepsRank ? rank : now, at: now)
    else { return }
    try follow(change, by: .system)
  }

  /// Ends a case's places on the waitlist, offered ones too, whose appointments end with them.
  mutating func endWaiting(of registration: RegistrationID) throws {
    let open = try tx.waitlistEntries(
      WaitlistFilter(registration: registration, states: [.waiting, .offered]), after: nil,
      limit: 100)
    for entry in open.items {
      var machine = WaitlistMachine(entry, limits: limits)
      if entry.state == .offered {
        try follow(try machine.decline(at: now), by: caller.role)
      }
      try follow(try machine.remove(at: now), by: .system)
    }
  }

  /// Has a household wait for as many seats as it has people by now.
  mutating func correctWaiting(of registration: Registration) throws {
    let open = try tx.waitlistEntries(
      WaitlistFilter(registration: registration.id, states: [.waiting, .offered]), after: nil,
      limit: 100)
    for entry in open.items {
      var machine = WaitlistMachine(entry, limits: limits)
      let change = try machine.correct(seats: registration.householdCount, at: now)
      if let change { try follow(change, by: caller.role) }
    }
  }

  /// Takes a household off the waitlist that has nothing to wait for.
  mutating func remove(_ entry: WaitlistEntry) throws {
    var machine = WaitlistMachine(entry, limits: limits)
    try follow(try machine.remove(at: now), by: .system)
  }

  /// Notes on the waitlist that seats are offered.
  mutating func note(offer appointment: AppointmentID, to entry: WaitlistEntry) throws {
    var machine = WaitlistMachine(entry, limits: limits)
    try follow(try machine.offer(appointment, at: now), by: .system)
  }
}

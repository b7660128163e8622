import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension AppointmentDesk {
  public func listAppointments(
    _ request: SafeMobility.ListAppointmentsRequest, call: ServerCall
  ) async throws -> SafeMobility.ListAppointmentsResponse {
    let desk = desk
    return try await desk.read(request, call) { work in
      let reach = Reach(caller: work.caller, reader: work.reader)
      let terms = try AppointmentTerms(request.filter)
      var filter = try AppointmentFilter(request)
      terms.narrow(&filter)
      reach.narrow(&filter)
      // Who asks about one case leaves a trace under it, whatever there is to see.
      if let registration = filter.registration { try work.concern(registration) }
      let page = try work.page(
        request.pageSize, token: request.pageToken,
        filter: [
          request.office, request.registration, request.filter,
          "\(request.startTime?.seconds ?? 0)", "\(request.endTime?.seconds ?? 0)",
        ])
      let appointments = try Page(
        limit: page.limit, after: page.timeKey(AppointmentID.self),
        next: { try work.reader.appointments(filter, after: $0, limit: page.limit) },
        keyOf: { TimeKey($0.start, $0.id) },
        where: { appointment in
          guard terms.admit(appointment) else { return false }
          let registration = try work.reader.registration(appointment.registration)
          return try registration.map { try reach.includes($0) && reach.includes(appointment) }
            ?? false
        })
      let handover = try Handover(
        to: SafeMobility.AppointmentServiceMethods.watchAppointments,
        [request.office, request.filter], behind: page, at: desk, in: work)
      return try .with {
        $0.appointments = try appointments.items.map {
          try work.disclosing($0.registration, work.message(for: $0))
        }
        $0.nextPageToken = page.nextToken(appointments, beside: handover?.beside ?? []) {
          TimeKey($0.start, $0.id)
        }
        $0.resumeToken = try handover?.token(after: appointments, in: work) ?? ""
      }
    }
  }

  public func checkIn(
    _ request: SafeMobility.CheckInRequest, call: ServerCall
  ) async throws -> SafeMobility.CheckInResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let code = try VisitCode(typed: request.visitCode).known("visit_code")
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.checkIn(code: code, at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }

  public func startAppointment(
    _ request: SafeMobility.StartAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.StartAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.start(at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }

  public func completeAppointment(
    _ request: SafeMobility.CompleteAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.CompleteAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let appointment = try work.appointment(AppointmentID(name: request.name))
      let service = try work.found(try work.tx.serviceOffer(appointment.service))
      let attendees = try request.attendees.enumerated().map { index, message in
        Attendee(
          person: try PersonName(message.person).person,
          attendance: try Attendance(message.attendance, field: "attendees[\(index)].attendance"))
      }
      let moved = try work.move(appointment, request.etag) { machine, now throws(Refusal) in
        try machine.complete(attendees, kind: service.kind, at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }

  public func cancelAppointment(
    _ request: SafeMobility.CancelAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.CancelAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason = try CancelReason(request.reason, field: "reason")
      let party = CancelParty(of: work.caller.role)
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.cancel(by: party, reason, at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }

  public func markNoShow(
    _ request: SafeMobility.MarkNoShowRequest, call: ServerCall
  ) async throws -> SafeMobility.MarkNoShowResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let appointment = try work.appointment(AppointmentID(name: request.name))
      let slot = try work.found(try work.tx.slot(appointment.slot))
      let service = try work.found(try work.tx.serviceOffer(appointment.service))
      let isClosed = try work.isOfficeClosed(during: slot)
      let moved = try work.move(appointment, request.etag) { machine, now throws(Refusal) in
        try machine.markNoShow(officeWasClosed: isClosed, service: service, at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }

  public func excuseNoShow(
    _ request: SafeMobility.ExcuseNoShowRequest, call: ServerCall
  ) async throws -> SafeMobility.ExcuseNoShowResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason = try ExcuseReason(request.reason, field: "reason")
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.excuse(reason, at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }
}

extension Writing {
  /// Makes one move of an appointment and everything that follows from it, in this unit.
  mutating func move(
    _ name: String, _ etag: String,
    _ event: (inout AppointmentMachine, Instant) throws(Refusal) -> Change<Appointment>
  ) throws -> Appointment {
    try move(try appointment(AppointmentID(name: name)), etag, event)
  }

  /// The same for one that has been loaded.
  mutating func move(
    _ appointment: Appointment, _ etag: String,
    _ event: (inout AppointmentMachine, Instant) throws(Refusal) -> Change<Appointment>
  ) throws -> Appointment {
    try appointment.requireEtag(etag)
    var machine = AppointmentMachine(appointment, limits: limits)
    let change = try event(&machine, now)
    try carryOut(change)
    return change.entity
  }

  /// Stores a change of an appointment and carries out what it asks for besides.
  mutating func carryOut(_ change: Change<Appointment>) throws {
    let appointment = change.entity
    var keepsRank: Bool?
    for order in change.orders {
      switch order {
      case .freeSeats:
        try tx.freeSeats(of: appointment.id, in: appointment.slot)
      case .interviewFulfilled: try fulfilInterview(of: registration(appointment.registration))
      case .requeue(let keeps): keepsRank = keeps
      case .takeHeldSeats, .claimAndStore:
        throw StoreError.defect("an order that its method carries out itself")
      }
    }
    try settleWaitlist(after: change, keepsRank: keepsRank)
    // Last of all that is the household's, so that the log's entry is about the appointment.
    try store(change)
    if change.orders.contains(.freeSeats) {
      try offerFreedSeats(in: appointment.slot, besides: appointment.registration)
    }
  }
}

extension Writing {
  /// Whether an office was not there at the time of a slot, so that nobody is a no-show (INV-13): the slot is blocked, or
  /// its schedule has no such day any more. A schedule's exceptions leave the slots that exist as they are.
  func isOfficeClosed(during slot: Slot) throws -> Bool {
    if slot.isBlocked { return true }
    guard let schedule = try slot.schedule.flatMap({ try tx.schedule($0) }) else { return false }
    return schedule.exceptDates.contains(slot.zone.local(slot.start).date)
  }

  /// Tells a case that it has had its interview. The first counts: at a second office it is past being invited, and
  /// the visit is a visit all the same, and so is that of a confirmed duplicate. One that is frozen would come back as
  /// if it had had none, so that is refused.
  private mutating func fulfilInterview(of registration: Registration) throws {
    guard [.invited, .frozen].contains(registration.state),
      !registration.holds.contains(.confirmedDuplicate)
    else { return }
    var machine = RegistrationMachine(registration, limits: limits)
    let change = try machine.interviewFulfilled(at: now)
    try withOwnEntry(about: registration.id) { work in try work.store(change) }
  }
}

extension CancelParty {
  /// Which side a caller speaks for.
  init(of role: Role) {
    switch role {
    case .applicant, .contactCentre: self = .applicant
    default: self = .office
    }
  }
}

extension AppointmentFilter {
  /// What a list request asks for.
  init(_ request: SafeMobility.ListAppointmentsRequest) throws(Refusal) {
    self.init()
    if !request.office.isEmpty { office = try OfficeID(name: request.office) }
    if !request.registration.isEmpty {
      registration = try RegistrationID(name: request.registration)
    }
    let start = request.startTime.flatMap { Instant($0) } ?? .earliest
    let end = request.endTime.flatMap { Instant($0) } ?? .latest
    guard start <= end else { throw Refusal.field("end_time", "must not be before start_time") }
    if request.startTime != nil || request.endTime != nil { starts = start..<end }
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  func workOnAppointment() async -> String {
    let live = ["OFFERED", "CONFIRMED", "CHECKED_IN", "IN_PROGRESS", "NO_SHOW"]
    let name = ongoing("appointments", in: live)
    if chance(45) || names["appointments"] == nil { return await book() }
    if chance(25) { return await endAppointment(name, int(0...5)) }
    if chance(10) { return await readAppointment(name, "iom/SCHEDULER") }
    let end = Self.instant(text(name, "endTime"))
    let isOver = end.map { $0 < world.clock.now } ?? false
    switch state(of: name).replacing("APPOINTMENT_STATE_", with: "") {
    case "OFFERED": return await confirm(name)
    case "CONFIRMED": return isOver ? await endAppointment(name, 1) : await checkIn(name)
    case "CHECKED_IN": return await start(name)
    case "IN_PROGRESS": return await complete(name)
    case "NO_SHOW": return await endAppointment(name, 2)
    default: return await endAppointment(name, int(0...4))
    }
  }

  /// From the hold to the booking.
  private func book() async -> String {
    let hold = chance(80) ? names["holds"]?.last ?? any("holds") : any("holds", in: ["ACTIVE"])
    if state(of: hold).hasSuffix("ACTIVE"), chance(60) { return await use(hold) }
    let isInterview = chance(75)
    let registration = any(
      "registrations", in: isInterview ? ["INVITED"] : ["INVITED", "SCREENING", "ELIGIBLE"])
    let people = persons(of: registration)
    let slot = nextSlot(ofInterview: isInterview)
    if chance(25) {
      let request = SafeMobility.OfferAppointmentRequest.with {
        $0.slot = slot
        $0.registration = registration
        $0.attendees = people
        $0.requestId = requestID()
      }
      return await call("iom/SCHEDULER", request) { (caller, request) throws(RPCError) in
        try await caller.appointments.offerAppointment(request)
      }
    }
    let request = SafeMobility.HoldSlotRequest.with {
      $0.slot = slot
      $0.registration = registration
      $0.seats = Int32(chance(90) ? people.count : int(1...6))
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.appointments.holdSlot(request)
    }
  }

  /// One of the next slots, so that there is some competition for it.
  private func nextSlot(ofInterview isInterview: Bool) -> String {
    let passed = Int(world.clock.now.microseconds - World.opening.microseconds) / 18_000_000_000
    let pair = slots[min(slots.count - 1, max(0, passed + int(0...3)))]
    return isInterview ? pair.interview : pair.counselling
  }

  private func use(_ hold: String) async -> String {
    let agent = "iom/CONTACT_CENTRE"
    switch int(1...10) {
    case 1:
      return await call(
        agent, request(hold, \SafeMobility.ReleaseHoldRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.appointments.releaseHold(request)
      }
    case 2...3:
      return await call(
        agent, request(hold, \SafeMobility.RenewHoldRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in try await caller.appointments.renewHold(request) }
    default:
      let registration = text(hold, "registration")
      let request = SafeMobility.BookAppointmentRequest.with {
        $0.hold = hold
        $0.fence = (Int64(text(hold, "fence")) ?? 1) + (chance(5) ? -1 : 0)
        $0.attendees = persons(of: registration)
        $0.validateOnly = chance(8)
        $0.requestId = requestID()
      }
      return await call(agent, request) { (caller, request) throws(RPCError) in
        try await caller.appointments.bookAppointment(request)
      }
    }
  }

  private func confirm(_ name: String) async -> String {
    await call(
      "iom/CONTACT_CENTRE",
      request(name, \SafeMobility.ConfirmAppointmentRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in
      try await caller.appointments.confirmAppointment(request)
    }
  }

  private func checkIn(_ name: String) async -> String {
    await call(
      "iom/FRONT_DESK",
      request(name, \SafeMobility.CheckInRequest.name, \.etag, \.requestId) {
        $0.visitCode = chance(95) ? text(name, "visitCode") : "0000"
      }
    ) { (caller, request) throws(RPCError) in try await caller.appointments.checkIn(request) }
  }

  private func start(_ name: String) async -> String {
    await call(
      "iom/INTERVIEWER",
      request(name, \SafeMobility.StartAppointmentRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in
      try await caller.appointments.startAppointment(request)
    }
  }

  private func complete(_ name: String) async -> String {
    let people = persons(of: text(name, "registration"))
    return await call(
      "iom/INTERVIEWER",
      request(name, \SafeMobility.CompleteAppointmentRequest.name, \.etag, \.requestId) {
        $0.attendees = people.map { person in
          .with {
            $0.person = person
            $0.attendance = chance(90) ? .present : .absent
          }
        }
      }
    ) { (caller, request) throws(RPCError) in
      try await caller.appointments.completeAppointment(request)
    }
  }

  private func endAppointment(_ name: String, _ way: Int) async -> String {
    switch way {
    case 0:
      return await call(
        "iom/CONTACT_CENTRE",
        request(name, \SafeMobility.RescheduleAppointmentRequest.name, \.etag, \.requestId) {
          let isInterview = text(name, "service").hasSuffix("interview")
          $0.slot = nextSlot(ofInterview: chance(90) ? isInterview : !isInterview)
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.appointments.rescheduleAppointment(request)
      }
    case 1:
      return await call(
        one(of: ["iom/FRONT_DESK", "iom/SUPERVISOR"]) ?? "",
        request(name, \SafeMobility.MarkNoShowRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in try await caller.appointments.markNoShow(request) }
    case 2:
      return await call(
        "iom/SUPERVISOR",
        request(name, \SafeMobility.ExcuseNoShowRequest.name, \.etag, \.requestId) {
          $0.reason = .illness
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.appointments.excuseNoShow(request)
      }
    case 3:
      return await call(
        "iom/SUPERVISOR",
        request(name, \SafeMobility.VoidAppointmentRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.appointments.voidAppointment(request)
      }
    default:
      return await call(
        "iom/CONTACT_CENTRE",
        request(name, \SafeMobility.CancelAppointmentRequest.name, \.etag, \.requestId) {
          $0.reason = .cannotAttend
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.appointments.cancelAppointment(request)
      }
    }
  }
}

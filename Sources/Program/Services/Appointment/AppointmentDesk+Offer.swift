import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension AppointmentDesk {
  public func offerAppointment(
    _ request: SafeMobility.OfferAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.OfferAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.registration, call) { work in
      let registration = try work.registration(RegistrationID(name: request.registration))
      let offered = try work.offer(
        registration, slot: work.slot(named: request.slot),
        attendees: request.attendees.map { try PersonName($0) })
      return try .with { $0.appointment = try work.message(for: offered) }
    }
  }

  public func confirmAppointment(
    _ request: SafeMobility.ConfirmAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.ConfirmAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let appointment = try work.appointment(AppointmentID(name: request.name))
      // What stops a booking stops the acceptance of an offer that was made before.
      try work.demandBookable(appointment.registration)
      let moved = try work.move(appointment, request.etag) { machine, now throws(Refusal) in
        try machine.confirm(at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }

  public func rescheduleAppointment(
    _ request: SafeMobility.RescheduleAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.RescheduleAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let appointment = try work.appointment(AppointmentID(name: request.name))
      try appointment.requireEtag(request.etag)
      let (old, new) = try work.reschedule(appointment, to: work.slot(named: request.slot))
      return try .with {
        $0.appointment = try work.message(for: new)
        $0.predecessor = try work.message(for: old)
      }
    }
  }

  public func voidAppointment(
    _ request: SafeMobility.VoidAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.VoidAppointmentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.void(at: now)
      }
      return try .with { $0.appointment = try work.message(for: moved) }
    }
  }
}

extension Writing {
  /// Refuses a household whose duplicates keep it from booking; see ``Domain/BookingRule``.
  fileprivate mutating func demandBookable(_ id: RegistrationID) throws {
    let registration = try heldNow(registration(id))
    try registration.demandUnconfirmed()
    try registration.demandMayTakeSeats()
  }
}

import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// Holding, booking, attending and cancelling appointments, as the contract has them.
public struct AppointmentDesk: SafeMobility.AppointmentService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func getAppointment(
    _ request: SafeMobility.GetAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.GetAppointmentResponse {
    try await desk.read(request, about: request.name, call) { work in
      let appointment = try work.appointment(AppointmentID(name: request.name))
      return try .with { $0.appointment = try work.message(for: appointment) }
    }
  }

  public func holdSlot(
    _ request: SafeMobility.HoldSlotRequest, call: ServerCall
  ) async throws -> SafeMobility.HoldSlotResponse {
    do {
      return try await hold(request, call)
    } catch let lapsed as LapsedHold {
      // It ends as by the clock: its seats are another slot's, and go to those who wait.
      _ = try await desk.fire([lapsed.id], .expireHold)
      return try await hold(request, call)
    }
  }

  private func hold(
    _ request: SafeMobility.HoldSlotRequest, _ call: ServerCall
  ) async throws -> SafeMobility.HoldSlotResponse {
    try await desk.change(
      request, id: \.requestId,
      foreseeing: Foresight(claimOf: request.slot, for: request.registration), call
    ) { work in
      let booking = try work.bookingRequest(
        slot: request.slot, registration: RegistrationID(name: request.registration),
        seats: Int(request.seats))
      let hold = try work.hold(booking)
      return try .with { $0.hold = try work.message(for: hold, in: booking.slot) }
    }
  }

  public func renewHold(
    _ request: SafeMobility.RenewHoldRequest, call: ServerCall
  ) async throws -> SafeMobility.RenewHoldResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let hold = try work.hold(HoldID(name: request.name))
      try hold.requireEtag(request.etag)
      let fence = try work.tx.renewSeats(of: hold, until: work.now + work.limits.holdDuration)
      var machine = HoldMachine(hold, limits: work.limits)
      let change = try machine.renew(by: hold.registration, newFence: fence, at: work.now)
      try work.store(change)
      return try .with { $0.hold = try work.message(for: change.entity) }
    }
  }

  public func releaseHold(
    _ request: SafeMobility.ReleaseHoldRequest, call: ServerCall
  ) async throws -> SafeMobility.ReleaseHoldResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let hold = try work.hold(HoldID(name: request.name))
      try hold.requireEtag(request.etag)
      var machine = HoldMachine(hold, limits: work.limits)
      let change = try machine.release(at: work.now)
      try work.tx.freeSeats(of: hold.id, in: hold.slot)
      try work.store(change)
      try work.offerFreedSeats(in: hold.slot, besides: hold.registration)
      return try .with { $0.hold = try work.message(for: change.entity) }
    }
  }

  public func bookAppointment(
    _ request: SafeMobility.BookAppointmentRequest, call: ServerCall
  ) async throws -> SafeMobility.BookAppointmentResponse {
    try await desk.change(
      request, id: \.requestId, foreseeing: Foresight(bookingOf: request.hold),
      validateOnly: request.validateOnly, call
    ) { work in
      let hold = try work.hold(HoldID(name: request.hold))
      let appointment = try work.book(
        hold, fence: request.fence, attendees: request.attendees.map { try PersonName($0) })
      return try .with { $0.appointment = try work.message(for: appointment) }
    }
  }
}

import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples
import Synchronization
import Trials

/// A write the server has answered, and how to ask for it again.
struct Acknowledged: Sendable {
  /// What was written, for messages.
  let name: String
  /// Repeats the request with its `request_id` and tells whether the answer is the same.
  let isStillAnswered: @Sendable (RPCClient) async throws -> Bool
}

/// Clients that write as fast as they are answered, until the server is gone.
final class WriteLoad: Sendable {
  private let acknowledged = Mutex<[Acknowledged]>([])
  private let refusals = Mutex<[String]>([])

  /// The writes answered so far.
  var all: [Acknowledged] { acknowledged.withLock { $0 } }
  /// Refusals no honest caller should get.
  var unexpected: [String] { refusals.withLock { $0 } }

  /// One desk's work: for each household hold, then book and cancel, or give back; and new drafts.
  func work(
    _ households: ArraySlice<StoredHousehold>, _ slots: [Slot], client: RPCClient,
    random: SeededRandom
  ) async {
    var random = random
    let appointments = SafeMobility.AppointmentServiceClient(client)
    let applicants = SafeMobility.ApplicantServiceClient(client)
    while !Task.isCancelled {
      for household in households {
        guard await clear(household, appointments) else { return }
        let slot = slots[Int(random.next() % UInt64(slots.count))]
        guard
          let hold = await write(
            holdRequest(household, slot), named: "hold",
            { try await appointments.holdSlot($0) },
            again: { try await SafeMobility.AppointmentServiceClient($0).holdSlot($1) })?.hold
        else { return }
        if random.next() % 2 == 0 {
          guard await giveBack(hold, appointments) else { return }
        } else {
          guard await bookAndCancel(hold, household, appointments) else { return }
        }
        guard await draft(applicants) else { return }
      }
    }
  }

  /// Calls off what an earlier server may have done just before it died, without being able to say.
  private func clear(
    _ household: StoredHousehold, _ client: SafeMobility.AppointmentServiceClient
  ) async -> Bool {
    var request = SafeMobility.ListAppointmentsRequest()
    request.registration = "registrations/\(household.registration.id)"
    request.filter = "state = CONFIRMED"
    do {
      let left = try await client.listAppointments(request)
      for appointment in left.appointments {
        guard await cancel(appointment, client) else { return false }
      }
      return true
    } catch {
      return note(error, "list")
    }
  }

  private func giveBack(
    _ hold: SafeMobility.Hold, _ client: SafeMobility.AppointmentServiceClient
  ) async -> Bool {
    let request = SafeMobility.ReleaseHoldRequest.with {
      $0.name = hold.name
      $0.etag = hold.etag
      $0.requestId = UUID().uuidString.lowercased()
    }
    return await write(
      request, named: "release", { try await client.releaseHold($0) },
      again: { try await SafeMobility.AppointmentServiceClient($0).releaseHold($1) }) != nil
  }

  private func bookAndCancel(
    _ hold: SafeMobility.Hold, _ household: StoredHousehold,
    _ client: SafeMobility.AppointmentServiceClient
  ) async -> Bool {
    let book = SafeMobility.BookAppointmentRequest.with {
      $0.hold = hold.name
      $0.fence = hold.fence
      $0.attendees = household.persons.map { "\(hold.registration)/persons/\($0.id)" }
      $0.requestId = UUID().uuidString.lowercased()
    }
    guard
      let appointment = await write(
        book, named: "book", { try await client.bookAppointment($0) },
        again: { try await SafeMobility.AppointmentServiceClient($0).bookAppointment($1) }
      )?.appointment
    else { return false }
    return await cancel(appointment, client)
  }

  private func cancel(
    _ appointment: SafeMobility.Appointment, _ client: SafeMobility.AppointmentServiceClient
  ) async -> Bool {
    let request = SafeMobility.CancelAppointmentRequest.with {
      $0.name = appointment.name
      $0.etag = appointment.etag
      $0.reason = .notWanted
      $0.requestId = UUID().uuidString.lowercased()
    }
    return await write(
      request, named: "cancel", { try await client.cancelAppointment($0) },
      again: { try await SafeMobility.AppointmentServiceClient($0).cancelAppointment($1) }) != nil
  }

  private func draft(_ client: SafeMobility.ApplicantServiceClient) async -> Bool {
    let request = Requests.registration(memberCount: 2)
    return await write(
      request, named: "registration", { try await client.createRegistration($0) },
      again: { try await SafeMobility.ApplicantServiceClient($0).createRegistration($1) }) != nil
  }

  private func holdRequest(
    _ household: StoredHousehold, _ slot: Slot
  ) -> SafeMobility.HoldSlotRequest {
    .with {
      $0.slot = Requests.name(of: slot)
      $0.registration = "registrations/\(household.registration.id)"
      $0.seats = Int32(household.persons.count)
      $0.requestId = UUID().uuidString.lowercased()
    }
  }

  /// Sends a write and remembers it once it is answered; nil when the server is gone.
  private func write<Request: Sendable, Response: Equatable & Sendable>(
    _ request: Request, named name: String,
    _ send: @Sendable (Request) async throws -> Response,
    again: @escaping @Sendable (RPCClient, Request) async throws -> Response
  ) async -> Response? {
    do {
      let response = try await send(request)
      acknowledged.withLock {
        $0.append(
          Acknowledged(name: name) { client in try await again(client, request) == response })
      }
      return response
    } catch {
      _ = note(error, name)
      return nil
    }
  }

  /// The end of the server ends the work; anything else is what no honest caller should get.
  private func note(_ error: any Error, _ name: String) -> Bool {
    let code = (error as? RPCError)?.code
    if code != .unavailable, code != .cancelled {
      refusals.withLock { $0.append("\(name): \(error)") }
    }
    return false
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples
import Trials

// A desk's day: seats held, booked, given back; new forms.
extension WriteLoad {
  private typealias Service = SafeMobility.AppointmentServiceClient

  /// For each household hold, then book and cancel, or give back; and new drafts.
  func workOnSeats(
    _ households: ArraySlice<StoredHousehold>, _ slots: [Slot], by clerk: Clerk,
    random: SeededRandom
  ) async {
    var random = random
    await repeatedly {
      for household in households {
        try await clear(household, by: clerk)
        let slot = slots[Int(random.next() % UInt64(slots.count))]
        let hold = try await hold(household, slot, by: clerk)
        if random.next() % 2 == 0 {
          try await giveBack(hold, by: clerk)
        } else {
          try await cancel(book(hold, household, by: clerk), by: clerk)
        }
        _ = try await write(
          Requests.registration(memberCount: 2), named: "registration", by: clerk
        ) { try await SafeMobility.ApplicantServiceClient($0).createRegistration($1) }
      }
    }
  }

  /// Calls off what an earlier server may have done just before it died, without being able to say.
  func clear(_ household: StoredHousehold, by clerk: Clerk) async throws {
    let left = try await read("list") {
      try await Service(clerk.client).listAppointments(
        .with {
          $0.registration = Requests.name(of: household)
          $0.filter = "state = CONFIRMED"
        })
    }
    for appointment in left.appointments { try await cancel(appointment, by: clerk) }
  }

  func cancel(_ appointment: SafeMobility.Appointment, by clerk: Clerk) async throws {
    let request = SafeMobility.CancelAppointmentRequest.with {
      $0.name = appointment.name
      $0.etag = appointment.etag
      $0.reason = .notWanted
      $0.requestId = Requests.id()
    }
    _ = try await write(request, named: "cancel", by: clerk) {
      try await Service($0).cancelAppointment($1)
    }
  }

  private func hold(
    _ household: StoredHousehold, _ slot: Slot, by clerk: Clerk
  ) async throws -> SafeMobility.Hold {
    let request = SafeMobility.HoldSlotRequest.with {
      $0.slot = Requests.name(of: slot)
      $0.registration = Requests.name(of: household)
      $0.seats = Int32(household.persons.count)
      $0.requestId = Requests.id()
    }
    let answer = try await write(request, named: "hold", by: clerk) {
      try await Service($0).holdSlot($1)
    }
    return answer.hold ?? .init()
  }

  private func giveBack(_ hold: SafeMobility.Hold, by clerk: Clerk) async throws {
    let request = SafeMobility.ReleaseHoldRequest.with {
      $0.name = hold.name
      $0.etag = hold.etag
      $0.requestId = Requests.id()
    }
    _ = try await write(request, named: "release", by: clerk) {
      try await Service($0).releaseHold($1)
    }
  }

  private func book(
    _ hold: SafeMobility.Hold, _ household: StoredHousehold, by clerk: Clerk
  ) async throws -> SafeMobility.Appointment {
    let request = SafeMobility.BookAppointmentRequest.with {
      $0.hold = hold.name
      $0.fence = hold.fence
      $0.attendees = household.persons.map { "\(hold.registration)/persons/\($0.id)" }
      $0.requestId = Requests.id()
    }
    let answer = try await write(request, named: "book", by: clerk) {
      try await Service($0).bookAppointment($1)
    }
    return answer.appointment ?? .init()
  }
}

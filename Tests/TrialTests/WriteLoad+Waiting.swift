import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import StoreSamples
import Trials

// Households that wait: what others give back is offered to them in the same unit of work.
extension WriteLoad {
  private typealias Service = SafeMobility.AppointmentServiceClient

  /// What the server may do to a place on the list, or an offer, while its household decides.
  private static let races: Set = ["ETAG_MISMATCH", "TRANSITION_NOT_ALLOWED"]

  /// They join, take or decline what they are offered, leave, and come again.
  func workOnWaiting(
    _ households: ArraySlice<StoredHousehold>, by clerk: Clerk, random: SeededRandom
  ) async {
    var random = random
    await repeatedly {
      for household in households {
        try await clear(household, by: clerk)
        let list = try await read("waitlist") {
          try await Service(clerk.client).listWaitlist(
            // After many lives a household has been on the list more often than a page is long.
            .with { ($0.registration, $0.pageSize) = (Requests.name(of: household), 1_000) })
        }
        let open = list.waitlistEntries.first { [.waiting, .offered].contains($0.state) }
        switch (open, random.next() % 4) {
        case (nil, let draw):
          let entry = try await join(household, by: clerk)
          // Before anything is offered, else it is left to the next round.
          if draw < 2 { try await leave(entry, by: clerk) }
        case (let entry?, let draw) where entry.state == .offered:
          try await answer(entry, takes: draw != 0, by: clerk)
        default: try await Task.sleep(for: .milliseconds(5))
        }
      }
    }
  }

  private func join(
    _ household: StoredHousehold, by clerk: Clerk
  ) async throws -> SafeMobility.WaitlistEntry {
    let request = SafeMobility.JoinWaitlistRequest.with {
      $0.waitlistEntry = .with {
        $0.registration = Requests.name(of: household)
        $0.serviceKind = .interview
        $0.offices = ["offices/gt-xel-01"]
        $0.seats = Int32(household.persons.count)
        $0.notice = GoogleProtobuf.Duration(.zero)
      }
      $0.requestId = Requests.id()
    }
    let answer = try await write(request, named: "join", by: clerk) {
      try await Service($0).joinWaitlist($1)
    }
    return answer.waitlistEntry ?? .init()
  }

  private func leave(_ entry: SafeMobility.WaitlistEntry, by clerk: Clerk) async throws {
    let request = SafeMobility.LeaveWaitlistRequest.with {
      $0.name = entry.name
      $0.etag = entry.etag
      $0.requestId = Requests.id()
    }
    _ = try await write(request, named: "leave", by: clerk, races: Self.races) {
      try await Service($0).leaveWaitlist($1)
    }
  }

  private func answer(
    _ entry: SafeMobility.WaitlistEntry, takes: Bool, by clerk: Clerk
  ) async throws {
    let offer = try await read("offer") {
      try await Service(clerk.client).getAppointment(.with { $0.name = entry.appointment })
    }
    let appointment = offer.appointment ?? .init()
    guard takes else { return try await cancel(appointment, by: clerk) }
    let request = SafeMobility.ConfirmAppointmentRequest.with {
      $0.name = appointment.name
      $0.etag = appointment.etag
      $0.requestId = Requests.id()
    }
    _ = try await write(request, named: "confirm", by: clerk, races: Self.races) {
      try await Service($0).confirmAppointment($1)
    }
  }
}

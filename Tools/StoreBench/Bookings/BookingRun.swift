import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import Trials

/// Holds and books whole households through the services, each call answered when it is durable.
struct BookingRun: Sendable {
  /// Calls made for each household.
  static let callsEach = 2

  private let client: SafeMobility.AppointmentServiceClient
  private let slots: [String]

  /// - Parameters:
  ///   - client: in a role that may book for anybody
  ///   - slots: their names, with seats enough for all
  init(_ client: RPCClient, slots: [String]) {
    self.client = SafeMobility.AppointmentServiceClient(client)
    self.slots = slots
  }

  func run(_ households: [HouseholdName], callers: Int) async throws -> Callers.Measured {
    try await Callers(count: callers).work(households.count) { index in
      try await book(households[index], in: slots[index % slots.count])
    }
  }

  private func book(_ household: HouseholdName, in slot: String) async throws {
    let hold = try await client.holdSlot(
      .with {
        $0.slot = slot
        $0.registration = household.registration
        $0.seats = Int32(household.seatCount)
        $0.requestId = UUID().uuidString.lowercased()
      }
    ).hold
    let booked = try await client.bookAppointment(
      .with {
        $0.hold = hold?.name ?? ""
        $0.fence = hold?.fence ?? 0
        $0.attendees = household.persons
        $0.requestId = UUID().uuidString.lowercased()
      })
    guard booked.appointment?.attendees.count == household.seatCount else {
      throw TrialFailure("half a household was booked")
    }
  }
}

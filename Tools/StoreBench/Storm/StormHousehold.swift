import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import Synchronization

/// One household of the storm: it looks for a slot with seats for all of it, holds one and books it, and looks again when
/// others were quicker, until it has been answered.
struct StormHousehold: Sendable {
  let name: HouseholdName
  let office: String
  let service: String
  let client: SafeMobilityClient
  let times: StormTimes

  /// How a household was answered.
  enum Answer: Sendable, Equatable {
    /// It has seats for everybody, under the appointment's name.
    case booked(appointment: String)
    /// There was no slot any more with so many seats.
    case nothingLeft
    /// What no honest caller should get.
    case failed(String)
  }

  func run() async -> Answer {
    do {
      while true {
        let slots = try await times.measure("list") { try await list() }
        // Whoever takes the first wants the same as all others.
        guard let slot = slots.randomElement() else { return .nothingLeft }
        do {
          let hold = try await times.measure("hold") { try await self.hold(slot) }
          let appointment = try await times.measure("book") { try await book(hold) }
          guard appointment.attendees.count == name.seatCount,
            Int(appointment.seats) == name.seatCount
          else { return .failed("half a household was booked") }
          return .booked(appointment: appointment.name)
        } catch let error as RPCError where Self.meansLookAgain(CallFailure(error)) {
          continue
        }
      }
    } catch {
      return .failed("\(error)")
    }
  }

  /// Others have the seats, or it came too late with its hold.
  private static func meansLookAgain(_ failure: CallFailure) -> Bool {
    failure.errorReason == .slotFull || failure.errorReason == .holdExpired
  }

  private func list() async throws -> [SafeMobility.Slot] {
    try await client.offices.listSlots(
      .with {
        $0.parent = office
        $0.service = service
        $0.minFreeSeats = Int32(name.seatCount)
        $0.pageSize = 20
      }
    ).slots
  }

  private func hold(_ slot: SafeMobility.Slot) async throws -> SafeMobility.Hold {
    let answer = try await client.appointments.holdSlot(
      .with {
        $0.slot = slot.name
        $0.registration = name.registration
        $0.seats = Int32(name.seatCount)
      })
    return answer.hold ?? .init()
  }

  private func book(_ hold: SafeMobility.Hold) async throws -> SafeMobility.Appointment {
    let answer = try await client.appointments.bookAppointment(
      .with {
        $0.hold = hold.name
        $0.fence = hold.fence
        $0.attendees = name.persons
      })
    return answer.appointment ?? .init()
  }
}

/// How long calls took, by what they were; failures too, and what had to be tried again as a whole.
final class StormTimes: Sendable {
  private let found = Mutex<[String: [Duration]]>([:])

  func measure<R>(_ what: String, _ call: () async throws -> R) async rethrows -> R {
    let begin = ContinuousClock.now
    defer { note(what, begin.duration(to: .now)) }
    return try await call()
  }

  func note(_ what: String, _ time: Duration) {
    found.withLock { $0[what, default: []].append(time) }
  }

  /// Sorted.
  func all(_ what: String) -> [Duration] { found.withLock { ($0[what] ?? []).sorted() } }
}

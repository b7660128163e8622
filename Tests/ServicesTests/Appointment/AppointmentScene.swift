import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A household's appointment in a state, with its seats, and another slot to move to.
struct AppointmentScene: Sendable {
  let world: World
  let slot: Slot
  let other: Slot
  let appointment: Appointment

  /// States in which the seats are still the household's: all from the claim to the end of the
  /// visit, whoever came to it (INV-1).
  static let seated: Set<AppointmentState> = [
    .offered, .confirmed, .checkedIn, .inProgress, .fulfilled, .noShow, .excused,
  ]

  /// Made by the domain's own events, offered eighteen hours ago and for tomorrow afternoon.
  init(_ state: AppointmentState, in kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let slot = try await world.slot(in: .days(1) + .hours(6))
    other = try await world.slot(in: .days(3))
    // Whoever has had the interview is no longer invited to one.
    let household = try await world.household(in: state == .fulfilled ? .interviewed : .invited)
    let service = try #require(
      try await world.store.read { try $0.serviceOffer(slot.service) })
    // The generator begins with the form.
    var draft = household
    draft.registration.state = .draft
    var generator = SampleGenerator(seed: 7, now: world.clock.now - .days(2))
    let made = try #require(
      try generator.appointment(of: draft, in: state, slot: slot, service: service))
    try await world.store.write { tx in
      if Self.seated.contains(state) {
        _ = try tx.claimSeats(made.seats, of: slot.id, among: .anybody, for: .appointment(made.id))
      }
      try tx.insert(made)
    }
    (self.world, self.slot, appointment) = (world, slot, made)
  }

  /// Everything that a move may change.
  struct Records: Equatable, Sendable {
    var appointment: Appointment?
    var etag: String?
    var registration: Registration?
    /// Free seats, fence and version of both slots.
    var slot: SlotAvailability?
    var other: SlotAvailability?
    /// The appointments there are at all.
    var count: Int
    var events: [StatusEvent]
  }

  func records() async throws -> Records {
    try await world.store.read { reader in
      let stored = try reader.appointment(appointment.id)
      return Records(
        appointment: stored, etag: stored?.etag.text,
        registration: try reader.registration(appointment.registration),
        slot: try reader.slotAvailability(slot.id), other: try reader.slotAvailability(other.id),
        count: try reader.appointments(AppointmentFilter(), after: nil, limit: 10).items.count,
        events: try reader.statusEvents(of: .appointment, uid: appointment.id.rawValue))
    }
  }
}

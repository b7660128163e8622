import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// A slot that a couple has taken, and others who wait for seats in it.
struct WaitingCase: Sendable {
  static let office = "offices/gt-xel-01"

  let visit: Visit

  init(_ store: World.StoreKind = .memory, seats: Int = 2) async throws {
    visit = try await Visit(store: store, seats: seats)
  }

  var world: World { visit.world }
  var agent: SafeMobility.AppointmentServiceClient { visit.agent }

  /// A household that waits.
  struct Waiting: Sendable {
    let registration: Registration
    let entry: SafeMobility.WaitlistEntry
  }

  /// A household that may book an interview.
  ///
  /// - Parameter rank: how long before the opening it was submitted, so who has more comes first
  func household(
    _ kind: SampleHousehold.Kind = .single, seed: UInt64, rank: Duration = .zero
  ) async throws -> Registration {
    let made = try await world.household(kind, in: .invited, seed: seed).registration
    return try await world.store.write { tx in
      var ranked = made
      ranked.queueRankTime = World.opening - rank
      ranked.revision.advance(at: tx.now)
      try tx.update(ranked, from: made.revision.version)
      return ranked
    }
  }

  func join(
    _ registration: Registration, notice: Swift.Duration = .zero, seats: Int32? = nil,
    offices: [String] = [office], by client: SafeMobility.AppointmentServiceClient? = nil
  ) async throws -> SafeMobility.WaitlistEntry {
    let answer = try await (client ?? agent).joinWaitlist(
      .with {
        $0.waitlistEntry = .with {
          $0.registration = "registrations/\(registration.id)"
          $0.serviceKind = .interview
          $0.offices = offices
          $0.notice = GoogleProtobuf.Duration(notice)
          $0.seats = seats ?? Int32(registration.householdCount)
        }
        $0.requestId = requestID()
      })
    return try #require(answer.waitlistEntry)
  }

  /// A household that waits from now on.
  func waiting(
    _ kind: SampleHousehold.Kind = .single, seed: UInt64, rank: Duration,
    notice: Swift.Duration = .zero
  ) async throws -> Waiting {
    let registration = try await household(kind, seed: seed, rank: rank)
    return Waiting(
      registration: registration, entry: try await join(registration, notice: notice))
  }

  /// A place on the list as it is now.
  func entry(_ waiting: Waiting) async throws -> SafeMobility.WaitlistEntry {
    let list = try await visit.scheduler.listWaitlist(
      .with { $0.registration = "registrations/\(waiting.registration.id)" })
    return try #require(list.waitlistEntries.first { $0.name == waiting.entry.name })
  }

  /// The place that a registration has on the list, of those that are open.
  func open(_ registration: Registration) async throws -> WaitlistEntry? {
    let id = registration.id
    return try await world.store.read { try $0.openWaitlistEntry(of: id, for: .interview) }
  }

  /// The appointment that a household was offered last.
  func offer(_ waiting: Waiting) async throws -> SafeMobility.Appointment {
    let name = try await entry(waiting).appointment
    let answer = try await visit.scheduler.getAppointment(.with { $0.name = name })
    return try #require(answer.appointment)
  }

  /// The household gives up its case.
  func withdraw(_ id: RegistrationID) async throws {
    let etag = try await world.store.read { try $0.registration(id)?.etag.text }
    _ = try await world.caller("iom/CONTACT_CENTRE").applicants.withdrawRegistration(
      .with {
        $0.name = "registrations/\(id)"
        $0.etag = etag ?? ""
        $0.requestId = requestID()
      })
  }

  func confirm(_ offer: SafeMobility.Appointment) async throws {
    _ = try await agent.confirmAppointment(
      .with {
        $0.name = offer.name
        $0.etag = offer.etag
        $0.requestId = requestID()
      })
  }
}

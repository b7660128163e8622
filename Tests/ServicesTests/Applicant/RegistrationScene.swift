import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A couple's registration in a state, with everything that each of its moves asks for, so that only
/// the state can refuse one.
struct RegistrationScene: Sendable {
  let world: World
  let household: SampleHousehold
  let registration: Registration
  let window: IntakeWindowID

  var name: String { "registrations/\(registration.id)" }
  /// The principal, as the registration has it.
  var principal: Person { household.persons[0] }

  /// - Parameter holds: what holds it besides
  init(
    _ state: RegistrationState, in kind: World.StoreKind, holds: RegistrationHolds = []
  ) async throws {
    world = try await World(kind)
    let window = try await world.openWindow()
    // Nothing leads to FROZEN and ERASED yet.
    let isReached = state != .frozen && state != .erased
    household = try await world.household(in: isReached ? state : .submitted)
    let made = household.registration
    for person in household.persons {
      _ = try await world.consent(of: person.id, in: made.id, to: .iom, for: .processing)
    }
    var placed = made
    if !isReached || !holds.isEmpty {
      placed.state = state
      placed.holds.formUnion(holds)
      placed.revision.advance(at: world.clock.now)
      let stored = placed
      try await world.store.write { try $0.update(stored, from: made.revision.version) }
    }
    registration = placed
    self.window = window.id
  }

  func caller(_ role: String) -> SafeMobility.ApplicantServiceClient {
    world.caller("iom/\(role)").applicants
  }

  /// Everything that a move may change.
  struct Records: Equatable, Sendable {
    var registration: Registration?
    var etag: String?
    var persons: [Person]
    var documents: [IdentityDocument]
    /// With what it has admitted.
    var window: IntakeWindow?
    var events: [StatusEvent]
  }

  func records() async throws -> Records {
    try await world.store.read { reader in
      let stored = try reader.registration(registration.id)
      let persons = try reader.persons(of: registration.id)
      return Records(
        registration: stored, etag: stored?.etag.text, persons: persons,
        documents: try persons.flatMap { try reader.documents(of: $0.id) },
        window: try reader.intakeWindow(window),
        events: try reader.statusEvents(of: .registration, uid: registration.id.rawValue))
    }
  }

  /// A request with its name, etag and request_id.
  func request<Request: Message>(
    _ name: WritableKeyPath<Request, String>, _ etag: WritableKeyPath<Request, String>,
    _ id: WritableKeyPath<Request, String>, _ fill: (inout Request) -> Void = { _ in }
  ) -> Request {
    var request = Request()
    request[keyPath: name] = self.name
    request[keyPath: etag] = registration.etag.text
    request[keyPath: id] = requestID()
    fill(&request)
    return request
  }
}

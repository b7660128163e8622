import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A case in which somebody registers twice, and those who look at it.
struct DuplicateScene: Sendable {
  let dossier: ApplicantCase

  init(_ kind: World.StoreKind = .memory, quota: Int = 10) async throws {
    dossier = try await ApplicantCase(kind, quota: quota)
  }

  var world: World { dossier.world }
  var reviewer: SafeMobility.ApplicantServiceClient { dossier.client("iom/REVIEWER") }

  /// A form that can be handed in, of one person by default: Marta, by her usual spelling.
  func form(
    _ name: String = "Marta Xol Caal", born: (Int32, Int32, Int32) = (1990, 2, 28),
    phone: String = "+50255550100", members: [SafeMobility.NewPerson] = []
  ) async throws -> SafeMobility.Registration {
    try await dossier.complete {
      $0.principal = ApplicantCase.person(name, born.0, born.1, born.2)
      $0.principal?.nationalityCodes = ["GT"]
      $0.principal?.phone = phone
      $0.members = members
    }
  }

  /// The same, handed in.
  func submitted(
    _ name: String = "Marta Xol Caal", born: (Int32, Int32, Int32) = (1990, 2, 28),
    phone: String = "+50255550100", members: [SafeMobility.NewPerson] = []
  ) async throws -> SafeMobility.Registration {
    try await dossier.submitted(
      try await form(name, born: born, phone: phone, members: members))
  }

  /// Marta twice: as she is written by one clerk and by another.
  func twice() async throws -> (SafeMobility.Registration, SafeMobility.Registration) {
    let first = try await submitted()
    return (first, try await submitted("Marta Shol Kaal", phone: "+50255550199"))
  }

  func list(
    _ caller: SafeMobility.ApplicantServiceClient? = nil, filter: String = "",
    of registration: SafeMobility.Registration? = nil
  ) async throws -> [SafeMobility.DuplicateCandidate] {
    try await (caller ?? reviewer).listDuplicateCandidates(
      .with {
        $0.filter = filter
        $0.registration = registration?.name ?? ""
      }
    ).duplicateCandidates
  }

  func find(
    in registration: SafeMobility.Registration
  ) async throws -> [SafeMobility.DuplicateCandidate] {
    try await dossier.screener.findDuplicates(
      .with { ($0.registration, $0.requestId) = (registration.name, requestID()) }
    ).duplicateCandidates
  }

  @discardableResult
  func resolve(
    _ candidate: SafeMobility.DuplicateCandidate, _ resolution: SafeMobility.DuplicateState,
    by caller: SafeMobility.ApplicantServiceClient? = nil
  ) async throws -> SafeMobility.DuplicateCandidate {
    let answer = try await (caller ?? reviewer).resolveDuplicate(
      .with {
        ($0.name, $0.etag, $0.requestId) = (candidate.name, candidate.etag, requestID())
        $0.resolution = resolution
      })
    return try #require(answer.duplicateCandidate)
  }

  func screen(_ registration: SafeMobility.Registration) async throws {
    let current = try await dossier.read(registration)
    _ = try await dossier.screener.startScreening(
      .with { ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID()) })
  }

  func withdraw(_ registration: SafeMobility.Registration) async throws {
    let current = try await dossier.read(registration)
    _ = try await dossier.agent.withdrawRegistration(
      .with { ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID()) })
  }

  func isHeld(_ registration: SafeMobility.Registration) async throws -> Bool {
    try await dossier.read(registration).holds?.duplicate ?? false
  }

  func expectHeld(_ registration: SafeMobility.Registration) async throws {
    #expect(try await isHeld(registration))
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) { try await screen(registration) }
  }

  /// The events of a candidate, by version.
  func history(_ candidate: SafeMobility.DuplicateCandidate) async throws -> [String] {
    try await world.events(of: .duplicateCandidate, candidate.uid).map(\.type)
  }
}

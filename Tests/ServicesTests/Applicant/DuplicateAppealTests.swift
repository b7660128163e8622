import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

/// INV-8 where the first of two was over for a while.
@Suite("Duplicates and appeals")
struct DuplicateAppealTests {
  @Test(
    "who was free while the first was screened out is held again when it is reopened",
    arguments: World.StoreKind.allCases)
  func reopened(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    try await scene.expectHeld(second)
    try await scene.screen(first)
    try await screenOut(first, scene)
    try await scene.screen(second)
    #expect(try await scene.isHeld(second) == false)
    try await reopen(first, scene)
    #expect(try await scene.isHeld(second))
    #expect(try await scene.isHeld(first) == false)
    let current = try await scene.dossier.read(second)
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) {
      _ = try await scene.dossier.screener.inviteRegistration(
        .with {
          ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID())
          $0.serviceKind = .interview
        })
    }
    // The log tells of the first's case and its move.
    let entry = try #require(
      try await scene.world.lastAuditEntries(20).last { $0.method.hasSuffix("ReopenRegistration") })
    #expect(entry.stateBefore == RegistrationState.screenedOut.rawValue)
    #expect(entry.stateAfter == RegistrationState.screening.rawValue)
    #expect(entry.subject?.registration.rawValue == first.uid)
    // And of the second's that it was held by it, though its state is the same.
    let held = try await scene.world.lastAuditEntries(20).filter {
      $0.method == entry.method && $0.subject?.registration.rawValue == second.uid
    }
    #expect(held.count == 1)
    #expect(held.first?.versionBefore != nil && held.first?.verdict == .allow)
    #expect(held.first?.casePseudonym != entry.casePseudonym)
  }

  private func screenOut(
    _ registration: SafeMobility.Registration, _ scene: DuplicateScene
  ) async throws {
    let current = try await scene.dossier.read(registration)
    _ = try await scene.dossier.screener.screenOut(
      .with {
        ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID())
        ($0.reason, $0.advice) = (.noResponse, [.legalAid])
      })
  }

  private func reopen(
    _ registration: SafeMobility.Registration, _ scene: DuplicateScene
  ) async throws {
    let current = try await scene.dossier.read(registration)
    _ = try await scene.dossier.client("unhcr/SCREENER").reopenRegistration(
      .with { ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID()) })
  }
}

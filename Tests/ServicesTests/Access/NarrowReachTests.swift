import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What a role alone does not give: another office, another purpose, a second person that nobody names.
@Suite("Reach beyond the role")
struct NarrowReachTests {
  @Test("an office is changed by the organisation that runs it, and by nobody else's staff")
  func offices() async throws {
    let world = try await World()
    let slot = try await world.slot()
    func block(_ identity: String) async throws -> SafeMobility.BlockSlotsResponse {
      try await world.caller(identity).offices.blockSlots(
        .with {
          $0.parent = "offices/\(slot.service.office)"
          $0.slots = [slot.resourceName]
          $0.reason = .staff
          $0.requestId = requestID()
        })
    }
    for stranger in ["unhcr/SCHEDULER", "unhcr/SUPERVISOR"] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await block(stranger) }
    }
    let stored = try await world.store.read { try $0.slot(slot.id) }
    #expect(stored == slot)
    #expect(try await block("iom/SUPERVISOR").blockedSlots == 1)
  }

  @Test("what was sent for one purpose is not there for another of the same partner's")
  func purpose() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent(on: .canadaRefugee)
    func officer(_ purpose: String) -> SafeMobility.ReferralServiceClient {
      scene.world.caller("ca-gov/PARTNER_OFFICER", purpose: purpose).referrals
    }
    _ = try await officer("RESETTLEMENT").getReferral(.with { $0.name = sent.name })
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await officer("LABOUR_MOBILITY").getReferral(.with { $0.name = sent.name })
    }
    #expect(try await officer("LABOUR_MOBILITY").listReferrals(.init()).referrals.isEmpty)
    #expect(try await officer("RESETTLEMENT").listReferrals(.init()).referrals.count == 1)
    await expectRefusal("PURPOSE_NOT_ALLOWED", .permissionDenied) {
      _ = try await officer("REPORTING").getReferral(.with { $0.name = sent.name })
    }
  }

  @Test("two certificates are not two persons: both must be named, and differ")
  func unnamed() async throws {
    let scene = try await ReferralCase()
    try await scene.consent()
    let draft = try await scene.draft()
    func send(_ role: String, _ user: String?) async throws -> SafeMobility.SendReferralResponse {
      try await scene.world.caller("unhcr/\(role)", user: user).referrals.sendReferral(
        .with {
          $0.name = draft.name
          $0.etag = draft.etag
          $0.requestId = requestID()
        })
    }
    func expectNotYet(_ role: String, _ user: String?) async throws {
      await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
        _ = try await send(role, user)
      }
      #expect(try await scene.stored(draft)?.state == .draft)
    }
    try await expectNotYet("CASEWORKER", nil)
    #expect(try await send("CASEWORKER", "ana").pendingApproval != nil)
    try await expectNotYet("REVIEWER", nil)
    try await expectNotYet("REVIEWER", "ana")
    #expect(try await send("REVIEWER", "luis").referral?.state == .sent)
  }

  @Test(
    "a repetition is answered only to who still reaches the case",
    arguments: World.StoreKind.allCases)
  func repetition(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let form = ApplicantCase.form { $0.registration?.channel = .self_ }
    let made = try #require(
      try await dossier.applicant().createRegistration(form).registration)
    #expect(try await dossier.applicant().createRegistration(form).registration == made)
    let entry = try #require(try await dossier.world.lastAuditEntries().last)
    #expect(entry.verdict == .allow)
    #expect(entry.casePseudonym != nil)
    // The same bytes under the same request_id, from another applicant of the same portal.
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await dossier.applicant("other").createRegistration(form)
    }
  }
}

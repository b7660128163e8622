import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("Consent to the work itself")
struct ProcessingConsentTests {
  @Test("a case goes on only while every adult of it agrees to that, whoever joined since too")
  func processing() async throws {
    let dossier = try await ApplicantCase()
    let handedIn = try await dossier.submitted(try await dossier.complete())
    let added = try await dossier.agent.addPerson(
      .with {
        $0.parent = handedIn.name
        $0.person = ApplicantCase.person("Rosa Caal Pop", 1961, 3, 9)
        $0.relationship = .parent
        $0.requestId = requestID()
      })
    func start() async throws -> SafeMobility.Registration? {
      let current = try await dossier.read(handedIn)
      return try await dossier.screener.startScreening(
        .with { ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID()) }
      ).registration
    }
    func invite() async throws -> SafeMobility.Registration? {
      let current = try await dossier.read(handedIn)
      return try await dossier.screener.inviteRegistration(
        .with {
          ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID())
          $0.serviceKind = .interview
        }
      ).registration
    }
    await expectRefusal("CONSENT_MISSING", .failedPrecondition) { _ = try await start() }
    let consent = try await dossier.granted(
      try await dossier.proposed(handedIn, person: added.person?.name))
    #expect(try await start()?.state == .screening)
    _ = try await dossier.withdrawn(consent)
    await expectRefusal("CONSENT_MISSING", .failedPrecondition) { _ = try await invite() }
    _ = try await dossier.granted(
      try await dossier.proposed(handedIn, person: added.person?.name))
    #expect(try await invite()?.state == .invited)
  }
}

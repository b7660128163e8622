import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

// Referrals to the labour ministry, which is no protection pathway: one person sends them.
extension World {
  /// A referral that waits to be sent, of a household of its own.
  func referralDraft(seed: UInt64 = 1) async throws -> SafeMobility.Referral {
    let household = try await self.household(.couple, in: .eligible, seed: seed)
    let id = household.registration.id
    try await store.write { tx in
      guard var found = try tx.registration(id) else { throw StoreError.notFound }
      let version = found.revision.version
      found.findings = [EligibilityFinding(pathway: .h2a, finding: .eligible)]
      found.revision.advance(at: tx.now)
      try tx.update(found, from: version)
    }
    for person in household.registration.persons {
      _ = try await consent(of: person, in: id, to: .gtMintrab, for: .h2Recruitment)
    }
    return try #require(
      try await caller("unhcr/CASEWORKER").referrals.createReferral(
        .with {
          $0.referral = .with {
            $0.registration = "registrations/\(id)"
            $0.persons = household.registration.persons.map { "registrations/\(id)/persons/\($0)" }
            $0.pathway = "pathways/US-H2A"
            $0.destinationRegionCode = "US"
            $0.toPartner = "partners/gt-mintrab"
            $0.purpose = .h2Recruitment
          }
          $0.requestId = requestID()
        }
      ).referral)
  }

  /// Sends it.
  func send(_ draft: SafeMobility.Referral) async throws {
    let sent = try await caller("unhcr/CASEWORKER").referrals.sendReferral(
      .with {
        $0.name = draft.name
        $0.etag = draft.etag
        $0.requestId = requestID()
      })
    #expect(sent.referral?.state == .sent)
  }
}

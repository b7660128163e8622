import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What a partner's record allows is allowed, and what it no longer allows is not, from the next call on: whichever
/// node has changed the record, and however often the caller was let in before.
@Suite struct KnownPartnerTests {
  /// Changes a partner's record past the server, as another node does.
  private func change(
    _ id: String, in world: World, _ body: @escaping @Sendable (inout Partner) -> Void
  ) async throws {
    let id = try #require(PartnerID(rawValue: id))
    let now = world.clock.now
    try await world.store.write { tx in
      var partner = try #require(try tx.partner(id))
      let version = partner.revision.version
      body(&partner)
      partner.revision.advance(at: now)
      try tx.update(partner, from: version)
    }
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a certificate that is taken off the record is refused at once`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let screener = world.caller("unhcr/SCREENER")
    let office = SafeMobility.GetOfficeRequest.with { $0.name = "offices/gt-xel-01" }
    _ = try await screener.offices.getOffice(office)
    let identity = "spiffe://pasarela.dev/partner/unhcr/role/SCREENER"
    try await change("unhcr", in: world) { partner in
      partner.identities.removeAll { $0 == identity }
    }
    await #expect(throws: RPCError.self) {
      try await screener.applicants.getRegistration(.with { $0.name = "registrations/none" })
    }
    let entry = try #require(try await world.lastAuditEntries().first)
    #expect(entry.verdict == .deny)
    // Nobody's, as of anybody who is on no record.
    #expect(entry.partner?.rawValue == "anonymous")
    #expect(entry.internalReason?.hasSuffix(identity) == true)
    #expect(entry.internalReason?.contains("on no partner's record") == true)
    try await change("unhcr", in: world) { $0.identities.append(identity) }
    _ = try await screener.offices.getOffice(office)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a purpose counts from the moment it is on the record until it is off`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let known = world.caller("us-rsc/PARTNER_OFFICER", purpose: "RESETTLEMENT")
    let other = world.caller("us-rsc/PARTNER_OFFICER", purpose: "H2_RECRUITMENT")
    let list = SafeMobility.ListReferralsRequest()
    _ = try await known.referrals.listReferrals(list)
    await expectRefusal("PURPOSE_NOT_ALLOWED", .permissionDenied) {
      _ = try await other.referrals.listReferrals(list)
    }
    try await change("us-rsc", in: world) { $0.purposes.append(.h2Recruitment) }
    _ = try await other.referrals.listReferrals(list)
    try await change("us-rsc", in: world) { $0.purposes.removeAll { $0 == .h2Recruitment } }
    await expectRefusal("PURPOSE_NOT_ALLOWED", .permissionDenied) {
      _ = try await other.referrals.listReferrals(list)
    }
    _ = try await known.referrals.listReferrals(list)
  }

  @Test func `who is no longer let in learns nothing of what is wrong with the request`()
    async throws
  {
    let world = try await World()
    let screener = world.caller("unhcr/SCREENER")
    let bad = SafeMobility.StartScreeningRequest.with { $0.name = "registrations/none" }
    await expectRefusal("REQUEST_ID_REQUIRED", .invalidArgument) {
      _ = try await screener.applicants.startScreening(bad)
    }
    try await change("unhcr", in: world) { $0.purposes = [] }
    await expectRefusal("PURPOSE_NOT_ALLOWED", .permissionDenied) {
      _ = try await screener.applicants.startScreening(bad)
    }
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("PartnerService")
struct PartnerDeskTests {
  @Test("how a partner proves itself is for itself and for administrators")
  func identities() async throws {
    let world = try await World()
    let callers = [
      (world.usAdmin, true),
      (world.caller("us-rsc/PARTNER_OFFICER", purpose: "RESETTLEMENT"), true),
      (world.caller("gt-mintrab/PARTNER_OFFICER", purpose: "H2_RECRUITMENT"), false),
      (world.caller("unhcr/CASEWORKER"), false),
    ]
    for (caller, sees) in callers {
      let partner = try await caller.partners.getPartner(
        .with { $0.name = "partners/us-rsc" }
      ).partner
      #expect(partner?.displayName == "Resettlement Support Center")
      #expect(partner?.identities.isEmpty == !sees)
    }
  }

  @Test("partners are listed by name, over pages")
  func list() async throws {
    let world = try await World()
    var names: [String] = []
    var token = ""
    repeat {
      let page = try await world.usAdmin.partners.listPartners(
        .with {
          $0.pageSize = 4
          $0.pageToken = token
        })
      names += page.partners.map(\.name)
      token = page.nextPageToken
    } while !token.isEmpty && names.count < 30
    #expect(names.count == 11)
    #expect(names == names.sorted())
  }

  @Test("a partner that is not there is denied")
  func absent() async throws {
    let world = try await World()
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await world.usAdmin.partners.getPartner(.with { $0.name = "partners/nobody" })
    }
  }

  @Test("how many cases a partner has is told to it alone", arguments: World.StoreKind.allCases)
  func live(_ kind: World.StoreKind) async throws {
    let scene = try await ReferralCase(kind)
    let world = scene.world
    try await world.store.write { tx in
      guard var partner = try tx.partner(.gtMintrab) else { throw StoreError.notFound }
      let version = partner.revision.version
      partner.capacities = [PathwayCapacity(pathway: .h2a, liveCountMax: 5)]
      partner.revision.advance(at: tx.now)
      try tx.update(partner, from: version)
    }
    _ = try await scene.sent(on: .h2a)
    let own = world.caller("gt-mintrab/PARTNER_OFFICER")
    for (caller, live) in [(own, Int32(1)), (world.usAdmin, 0), (world.gtAdmin, 0)] {
      let answer = try await caller.partners.getPartner(.with { $0.name = "partners/gt-mintrab" })
      #expect(answer.partner?.capacities.map(\.maxLive) == [5])
      #expect(answer.partner?.capacities.map(\.live) == [live])
    }
    // Asked again and again, whether there is room counts them just as well.
    func check(_ caller: WorldCaller, _ pathway: String, _ partner: String) async throws(RPCError) {
      _ = try await caller.referrals.checkCapacity(
        .with {
          $0.pathway = "pathways/\(pathway)"
          $0.partner = "partners/\(partner)"
        })
    }
    try await check(world.usAdmin, "USRAP", "us-rsc")
    try await check(world.gtAdmin, "US-H2A", "gt-mintrab")
    for pathway in ["USRAP", "NOTHING"] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        try await check(world.gtAdmin, pathway, "us-rsc")
      }
    }
  }
}

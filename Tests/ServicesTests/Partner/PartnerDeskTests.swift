import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
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
}

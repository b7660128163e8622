import Domain
import Testing

@Suite struct ReferenceDataTests {
  @Test("the 22 departments are numbered in order and found by both codes")
  func departments() throws {
    #expect(Department.all.map(\.number) == Array(1...22))
    // The public validator's table knows 338 municipalities.
    #expect(Department.all.reduce(0) { $0 + $1.municipalityCount } == 338)
    #expect(try #require(Department(code: "GT-09")).name == "Quetzaltenango")
    #expect(Department(code: "GT-QZ") == Department(code: "GT-09"))
    #expect(Department(code: "GT-23") == nil)
    #expect(Department(code: "09") == nil)
  }

  @Test("every pathway leads to a partner that may receive for its purpose")
  func pathways() throws {
    var random = SplitMix64(seed: 1)
    let partners = ReferenceData.partners(at: Fixture.now, using: &random)
    #expect(Set(ReferenceData.pathways.map(\.id)).count == 10)
    for pathway in ReferenceData.pathways {
      #expect(!pathway.authorities.isEmpty)
      for authority in pathway.authorities {
        let partner = try #require(partners.first { $0.id == authority })
        #expect(partner.purposes.contains(pathway.purpose), "\(authority) \(pathway.id)")
      }
      guard let name = pathway.profile else { continue }
      let profile = try #require(ReferenceData.releaseProfiles.first { $0.name == name })
      #expect(pathway.authorities == [profile.partner])
      #expect(profile.purpose == pathway.purpose)
    }
  }

  @Test("whoever a pathway may be referred to gets something by it")
  func sendable() {
    for pathway in ReferenceData.pathways where pathway.initiator != .petitionerOnly {
      for authority in pathway.authorities {
        let profile = ReferenceData.releaseProfile(partner: authority, purpose: pathway.purpose)
        #expect(profile?.classes.classes.isEmpty == false, "\(authority) \(pathway.id)")
      }
    }
  }

  @Test("what only a petitioner can begin has no release profile, protection is never GT's")
  func protection() {
    for pathway in ReferenceData.pathways {
      if pathway.initiator == .petitionerOnly { #expect(pathway.profile == nil) }
      if pathway.isProtection {
        #expect(pathway.exclusiveGroup == "resettlement")
        for authority in pathway.authorities {
          #expect(ReferenceData.partnerKind(authority) != .gtGovernment)
        }
      }
    }
  }

  @Test("partners have identities of their own, and both governments cosign")
  func partners() {
    var random = SplitMix64(seed: 2)
    let partners = ReferenceData.partners(at: Fixture.now, using: &random)
    #expect(partners.count == 11)
    let identities = partners.flatMap(\.identities)
    #expect(Set(identities).count == identities.count)
    #expect(identities.contains("spiffe://pasarela.dev/partner/us-rsc/role/PARTNER_OFFICER"))
    #expect(partners.filter(\.isCosigner).map(\.id) == [.usPrm, .gtMinex])
  }

  @Test("languages are canonical tags, the fallback first")
  func languages() {
    #expect(ReferenceData.languages.count == 10)
    #expect(ReferenceData.languages.first?.tag == .fallback)
  }

  @Test("roles, purposes and classes are found by their names")
  func names() {
    for role in Role.allCases { #expect(Role(name: role.name) == role) }
    for purpose in Purpose.allCases { #expect(Purpose(name: purpose.name) == purpose) }
    #expect(Role(name: "screener") == nil)
    #expect(Purpose(name: "") == nil)
    let classes = DataClassSet(classes: [.identity, .operational])
    #expect(classes.rawValue == 0b1_0000_0001)
    #expect(classes.classes == [.identity, .operational])
  }
}

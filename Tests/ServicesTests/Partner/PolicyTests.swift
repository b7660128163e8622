import Crypto
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

@Suite("The access policy as data")
struct PolicyTests {
  private static func policy(
    _ world: World, of partner: String = "us-rsc", by identity: String = "us-prm/PROGRAM_ADMIN",
    purpose: String = "OVERSIGHT"
  ) async throws -> SafeMobility.AccessPolicy {
    let caller = world.caller(identity, purpose: purpose)
    let answer = try await caller.partners.getPolicy(.with { $0.partner = "partners/\(partner)" })
    return try #require(answer.policy)
  }

  @Test("who has the key can check that the policy is the server's")
  func signature() async throws {
    let world = try await World()
    let policy = try await Self.policy(world)
    // The operator's, which did not come with the answer.
    #expect(policy.keyId == World.secrets.policyKeyID)
    let key = try #require(Hexadecimal.bytes(of: World.secrets.policyKeyID))
    let publicKey = try Curve25519.Signing.PublicKey(rawRepresentation: key)
    #expect(publicKey.isValidSignature(policy.signature, for: policy.signedPolicy))
    for place in policy.signedPolicy.indices {
      var other = policy.signedPolicy
      other[place] ^= 1
      #expect(!publicKey.isValidSignature(policy.signature, for: other))
    }
    // What was signed is all that is said, and nothing else.
    var signed = try SafeMobility.AccessPolicy(serializedBytes: policy.signedPolicy)
    (signed.signature, signed.keyId) = (policy.signature, policy.keyId)
    signed.signedPolicy = policy.signedPolicy
    #expect(signed == policy)
    // What the operator has printed is what the digest is of.
    let printed = try AccessPolicy().canonicalBytes
    #expect(policy.policySha256 == Array(SHA256.hash(data: printed)))
    // The same for every partner: it is one policy.
    let another = try await Self.policy(world, of: "gt-igm")
    #expect(another.policySha256 == policy.policySha256)
    #expect(another.version == policy.version)
    #expect(another.profiles != policy.profiles)
  }

  @Test("the log names the policy by which a call was judged")
  func logged() async throws {
    let world = try await World()
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await world.caller("unhcr/SCREENER").programs.startPilot(.init())
    }
    let entry = try #require(try await world.lastAuditEntries().last)
    let policy = try await Self.policy(world)
    #expect(entry.policyVersion == policy.version)
    let digits = Hexadecimal.text(of: policy.policySha256).prefix(16)
    #expect(policy.version == "2023.1-\(digits)")
  }

  @Test("it says what a partner may do and gets")
  func contents() async throws {
    let policy = try await Self.policy(try await World(), of: "gt-mintrab")
    #expect(policy.partner == "partners/gt-mintrab")
    #expect(policy.roles == [.partnerOfficer])
    #expect(policy.purposes == [.h2Recruitment, .labourMobility, .localServices])
    #expect(
      policy.profiles.map(\.name) == ["gt-mintrab/H2", "gt-mintrab/LABOUR", "gt-mintrab/LOCAL"])
    #expect(policy.profiles.first?.pathways == ["pathways/US-H2A", "pathways/US-H2B"])
    #expect(policy.profiles.first?.dataClasses == [.identity, .contact, .employment])
    #expect(policy.profiles.first?.purposes == [.h2Recruitment])
  }

  @Test("an officer reads its own partner's alone, and the absent is denied like another's")
  func reach() async throws {
    let world = try await World()
    _ = try await Self.policy(
      world, of: "us-rsc", by: "us-rsc/PARTNER_OFFICER", purpose: "RESETTLEMENT")
    for partner in ["gt-igm", "nobody"] {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await Self.policy(
          world, of: partner, by: "us-rsc/PARTNER_OFFICER", purpose: "RESETTLEMENT")
      }
    }
  }

  @Test("any other rule makes another policy")
  func versions() throws {
    let policy = try AccessPolicy()
    #expect(try AccessPolicy().canonicalBytes == policy.canonicalBytes)
    for index in ReferenceData.releaseProfiles.indices {
      var profiles = ReferenceData.releaseProfiles
      profiles[index].classes.formUnion(DataClassSet(classes: [.health]))
      #expect(try AccessPolicy(profiles: profiles).version != policy.version)
      profiles = ReferenceData.releaseProfiles
      profiles[index].referralStates.removeLast()
      #expect(try AccessPolicy(profiles: profiles).version != policy.version)
    }
    let sparse = try MethodRules(files: Array(SafeMobility.fileDescriptors.dropLast(20)))
    #expect(try AccessPolicy(methods: sparse).version != policy.version)
  }
}

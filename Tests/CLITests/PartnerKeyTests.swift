import Foundation
import Protobuf
import SafeMobilityAPI
import ServiceFixture
import Testing

/// `pasarela partner key`, against the programme itself.
@Suite struct PartnerKeyTests {
  private let world: World

  init() async throws { world = try await World() }

  /// Private keys as `openssl genpkey` writes them: Ed25519, that of RFC 8410, and P-256.
  private static let files = [
    "ed25519.pem": Sample.ed25519Key,
    "p256.pem": """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguBfZ5vD7kDu0cBYO
    Ns4BW7jQclRCmd0SSsvCGizu1uWhRANCAARzBQwSK67ZhAo97alsW7IpQZmDGKsU
    xdXYtVyLWBdYYBCUvHdGMdeHW7E+dmvWAJllVqxN8UGDdPsgECDTs5ok
    -----END PRIVATE KEY-----

    """,
    "public.pem": """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    -----END PUBLIC KEY-----

    """,
  ]

  private func run(_ line: String) async -> CommandRun {
    var surroundings = CommandWorld(transport: world.transport)
    surroundings.files = Self.files
    surroundings.environment["PASARELA_AS"] = "us-rsc/PARTNER_OFFICER"
    surroundings.environment["PASARELA_PURPOSE"] = "RESETTLEMENT"
    return await surroundings.run(line)
  }

  private func keys() async throws -> [SafeMobility.PartnerKey] {
    let caller = world.caller("us-rsc/PARTNER_OFFICER")
    return try await caller.partners.getPartner(.with { $0.name = "partners/us-rsc" })
      .partner?.keys ?? []
  }

  @Test func `a partner registers a key and rotates it`() async throws {
    let registered = await run(
      "partner key register partners/us-rsc receipts-1 --key-file ed25519.pem")
    #expect(registered.code == 0, "\(registered.errors)")
    let rotated = await run(
      "partner key rotate partners/us-rsc receipts-1 receipts-2 --key-file p256.pem --old-key-file ed25519.pem"
    )
    #expect(rotated.code == 0, "\(rotated.errors)")
    let keys = try await keys()
    #expect(keys.map(\.id) == ["receipts-1", "receipts-2"])
    #expect(keys.map(\.algorithm) == [.ed25519, .ecdsaP256])
    #expect(keys[0].endTime == keys[1].startTime)
    // The public half of the key in RFC 8410, 10.1.
    #expect(
      Data(keys[0].publicKey.suffix(32)).base64EncodedString()
        == "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=")
  }

  @Test func `what is no private key is named, and nothing is sent`() async throws {
    for file in ["public.pem", "none.pem"] {
      let run = await run("partner key register partners/us-rsc receipts-1 --key-file \(file)")
      #expect(run.code != 0)
      #expect(run.errors.contains(file))
    }
    #expect(try await keys().isEmpty)
    let half = await run("referral acknowledge referrals/x --key-id receipts-1")
    #expect(half.code != 0)
    #expect(half.errors.contains("--key-file"))
  }
}

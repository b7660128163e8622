import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Who may rotate a partner's key, and with what.
@Suite struct KeyRotationTests {
  private typealias Pair = KeyHolder.Pair

  @Test func `only a key that is good now is rotated, with proofs of both`() async throws {
    let holder = KeyHolder(try await World())
    let (old, new) = (Pair.ed25519("receipts-1"), Pair.ed25519("receipts-2"))
    try await holder.register(old)
    let good = try await holder.rotation(from: old, to: new)
    func refused(
      _ field: String, _ spoil: (inout SafeMobility.RotateKeyRequest) -> Void
    ) async {
      var request = good
      spoil(&request)
      let spoilt = request
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await holder.caller.partners.rotateKey(spoilt)
      }
      #expect(refused?.fields == [field])
    }
    await refused("old_key_id") { $0.oldKeyId = "receipts-9" }
    await refused("old_proof") { $0.oldProof = [] }
    await refused("old_proof") { $0.oldProof = good.proof }
    await refused("proof") { $0.proof = good.oldProof }
    _ = try await holder.caller.partners.rotateKey(good)
    let again = try await holder.rotation(from: old, to: .ed25519("receipts-3"))
    let ended = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await holder.caller.partners.rotateKey(again)
    }
    #expect(ended?.fields == ["old_key_id"])
  }

  @Test(
    "an officer changes its own partner's keys, an administrator none of the other government's",
    arguments: [
      ("us-rsc/PARTNER_OFFICER", "partners/us-rsc", true),
      ("us-rsc/PARTNER_OFFICER", "partners/us-uscis", false),
      ("us-rsc/PARTNER_OFFICER", "partners/nobody", false),
      ("us-prm/PROGRAM_ADMIN", "partners/us-rsc", true),
      ("gt-minex/PROGRAM_ADMIN", "partners/us-rsc", false),
      ("us-prm/PROGRAM_ADMIN", "partners/gt-mintrab", false),
      ("us-prm/PROGRAM_ADMIN", "partners/unhcr", true),
    ])
  func reach(_ identity: String, _ partner: String, _ isAllowed: Bool) async throws {
    let world = try await World()
    var holder = KeyHolder(world, identity, of: partner)
    if identity.hasSuffix("ADMIN") {
      holder.caller = world.caller(identity, purpose: "PROGRAM_ADMINISTRATION")
    }
    let etag = try? await holder.record().etag
    let request = try await holder.registration(
      of: .ed25519("receipts-1"), etag: etag ?? "\"x.1\"")
    let caller = holder.caller
    if isAllowed {
      #expect(try await caller.partners.registerKey(request).partner?.keys.count == 1)
    } else {
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await caller.partners.registerKey(request)
      }
    }
  }

  @Test func `who has lost the old key asks an administrator`() async throws {
    let world = try await World()
    let officer = KeyHolder(world)
    let (old, new) = (Pair.ed25519("receipts-1"), Pair.p256("receipts-2"))
    try await officer.register(old)
    var request = try await officer.rotation(from: old, to: new)
    request.oldProof = []
    let rotated = try await world.usAdmin.partners.rotateKey(request).partner
    #expect(rotated?.keys.map { $0.endTime != nil } == [true, false])
  }

  @Test func `a receipt is signed with a key that is good, and stays with the release`()
    async throws
  {
    let scene = try await ReferralCase()
    let holder = KeyHolder(scene.world)
    let (old, new) = (Pair.ed25519("receipts-1"), Pair.p256("receipts-2"))
    try await holder.register(old)
    let sent = try await scene.sent()
    let digest = try #require(sent.release?.releaseSha256)
    func acknowledge(_ keyID: String, _ signature: [UInt8]) async throws -> SafeMobility.Referral? {
      try await scene.rsc.acknowledgeReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (sent.name, sent.etag, requestID())
          ($0.releaseSha256, $0.keyId, $0.signature) = (digest, keyID, signature)
        }
      ).referral
    }
    let signature = try old.sign(digest)
    let wrong: [(String, String, [UInt8])] = [
      ("key_id", "", []), ("key_id", "receipts-2", signature), ("key_id", "", signature),
      ("signature", "receipts-1", []), ("signature", "receipts-1", Array(signature.reversed())),
      ("signature", "receipts-1", try old.sign(digest.reversed())),
      ("signature", "receipts-1", try new.sign(digest)),
    ]
    for (field, id, signature) in wrong {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await acknowledge(id, signature)
      }
      #expect(refused?.fields == [field])
    }
    scene.world.clock.advance(by: .hours(1))
    let received = try await acknowledge("receipts-1", signature)
    #expect(received?.state == .received)
    let receipt = try #require(received?.release?.receipt)
    #expect(receipt.key?.publicKey == old.key.publicKey)
    #expect(receipt.signature == signature)
    // What is rotated afterwards changes nothing about it.
    _ = try await holder.caller.partners.rotateKey(
      try await holder.rotation(from: old, to: new))
    #expect(try await scene.release(sent, as: scene.rsc).release?.receipt == receipt)
  }

  @Test func `a key that has ended signs nothing more`() async throws {
    let scene = try await ReferralCase()
    let holder = KeyHolder(scene.world)
    let (old, new) = (Pair.ed25519("receipts-1"), Pair.p256("receipts-2"))
    try await holder.register(old)
    let sent = try await scene.sent()
    _ = try await holder.caller.partners.rotateKey(
      try await holder.rotation(from: old, to: new))
    let digest = try #require(sent.release?.releaseSha256)
    func acknowledge(_ pair: Pair) async throws -> SafeMobility.Referral? {
      try await scene.rsc.acknowledgeReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (sent.name, sent.etag, requestID())
          ($0.releaseSha256, $0.keyId) = (digest, pair.key.id)
          $0.signature = try pair.sign(digest)
        }
      ).referral
    }
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await acknowledge(old)
    }
    #expect(refused?.fields == ["key_id"])
    #expect(try await acknowledge(new)?.state == .received)
  }

  @Test func `a partner without keys needs none, and cannot name one`() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await scene.rsc.acknowledgeReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (sent.name, sent.etag, requestID())
          ($0.releaseSha256, $0.keyId) = (sent.release?.releaseSha256 ?? [], "receipts-1")
        })
    }
    #expect(refused?.fields == ["key_id"])
  }
}

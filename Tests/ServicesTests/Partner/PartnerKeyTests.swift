import AuditProof
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A partner registers and rotates the keys that it signs receipts with.
@Suite struct PartnerKeyTests {
  private typealias Pair = KeyHolder.Pair

  @Test(arguments: World.StoreKind.allCases)
  func `keys begin when they are registered and end when they are rotated`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let holder = KeyHolder(world)
    let (first, second, third) = (
      Pair.ed25519("receipts-1"), Pair.p256("receipts-2"), Pair.ed25519("receipts-3")
    )
    let before = try await holder.record()
    let registered = try await holder.register(first)
    #expect(registered.keys.map(\.id) == ["receipts-1"])
    #expect(registered.keys[0].publicKey == first.key.publicKey)
    #expect(registered.keys[0].startTime == registered.updateTime)
    #expect(registered.keys[0].endTime == nil)
    #expect(registered.etag != before.etag)
    #expect(try await holder.record() == registered)
    try await holder.register(second)
    world.clock.advance(by: .days(1))
    let rotated = try #require(
      try await holder.caller.partners.rotateKey(
        try await holder.rotation(from: first, to: third)
      ).partner)
    #expect(rotated.keys.map(\.id) == ["receipts-1", "receipts-2", "receipts-3"])
    #expect(rotated.keys[0].endTime == rotated.keys[2].startTime)
    #expect(rotated.keys[1].endTime == nil && rotated.keys[2].endTime == nil)
    let events = try await world.events(of: .partner, rotated.uid)
    #expect(events.map(\.type) == ["Create", "Update", "Update", "Update"])
    #expect(events.map(\.version.rawValue) == [1, 2, 3, 4])
    let entry = try #require(
      try await world.lastAuditEntries(20).last { $0.method.hasSuffix("RotateKey") })
    #expect(entry.verdict == .allow && entry.versionAfter?.rawValue == 4)
    // Others see that it takes part, and not by what it proves itself.
    let other = KeyHolder(world, "gt-mintrab/PARTNER_OFFICER", of: "partners/us-rsc")
    #expect(try await other.record().keys.isEmpty)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `the same request again has the same answer, and no second key`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let holder = KeyHolder(world)
    let request = try await holder.registration(of: .ed25519("receipts-1"))
    let answers = [
      try await holder.caller.partners.registerKey(request),
      try await holder.caller.partners.registerKey(request),
    ]
    #expect(answers[0] == answers[1])
    #expect(try await holder.record().keys.count == 1)
    // Its proof is for that request alone.
    var replay = request
    (replay.requestId, replay.etag) = (requestID(), try await holder.record().etag)
    replay.key?.id = "receipts-2"
    await Self.expectRefused("proof", by: holder, replay)
    var stale = try await holder.registration(of: .ed25519("receipts-2"))
    stale.etag = request.etag
    let old = stale
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await holder.caller.partners.registerKey(old)
    }
  }

  private static func expectRefused(
    _ field: String, by holder: KeyHolder, _ request: SafeMobility.RegisterKeyRequest,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let refused = await expectRefusal(
      "FIELD_INVALID", .invalidArgument, sourceLocation: sourceLocation
    ) {
      _ = try await holder.caller.partners.registerKey(request)
    }
    #expect(refused?.fields == [field], sourceLocation: sourceLocation)
  }

  @Test func `a proof for anything else proves nothing`() async throws {
    let world = try await World()
    let holder = KeyHolder(world)
    let (pair, other) = (Pair.ed25519("receipts-1"), Pair.ed25519("receipts-1"))
    let good = try await holder.registration(of: pair)
    func signed(_ text: [UInt8], by signer: Pair) throws -> SafeMobility.RegisterKeyRequest {
      var request = good
      request.proof = try signer.sign(text)
      return request
    }
    let text = { (method: String, partner: String, key: SafeMobility.PartnerKey, id: String) in
      KeyHolder.text(method, partner, key, id)
    }
    var renamed = pair.key
    renamed.id = "receipts-9"
    for wrong in [
      try signed(text("RegisterKey", "partners/us-rsc", pair.key, good.requestId), by: other),
      try signed(text("RegisterKey", "partners/gt-igm", pair.key, good.requestId), by: pair),
      try signed(text("RegisterKey", "partners/us-rsc", renamed, good.requestId), by: pair),
      try signed(text("RegisterKey", "partners/us-rsc", other.key, good.requestId), by: pair),
      try signed(text("RegisterKey", "partners/us-rsc", pair.key, requestID()), by: pair),
      try signed(text("RotateKey", "partners/us-rsc", pair.key, good.requestId), by: pair),
    ] {
      await Self.expectRefused("proof", by: holder, wrong)
    }
    for proof in [[0], Array(good.proof.dropLast()), [UInt8](repeating: 0, count: 64)] {
      var wrong = good
      wrong.proof = proof
      await Self.expectRefused("proof", by: holder, wrong)
    }
    #expect(try await holder.record().keys.isEmpty)
    _ = try await holder.caller.partners.registerKey(good)
  }

  /// Encodings whose owner nobody is, or that are no key.
  private static func hostile() -> [(SafeMobility.KeyAlgorithm, [UInt8])] {
    let good: [UInt8] = Pair.ed25519("x").key.publicKey
    let point: [UInt8] = Pair.p256("x").key.publicKey
    let head = [UInt8](point.prefix(27))
    var found: [(SafeMobility.KeyAlgorithm, [UInt8])] = []
    for bytes in smallOrUnreduced { found.append((.ed25519, KeyHolder.ed25519Head + bytes)) }
    for bytes in [[UInt8](good.dropLast()), good + [0], [UInt8](good.suffix(32)), point] {
      found.append((.ed25519, bytes))
    }
    let ones = [UInt8](repeating: 1, count: 64)
    let zeros = [UInt8](repeating: 0, count: 64)
    for bytes in [good, [UInt8](point.dropLast()), head + ones, head + zeros] {
      found.append((.ecdsaP256, bytes))
    }
    return found
  }

  /// Points of Ed25519 whose order divides 8, and numbers that are not reduced.
  private static let smallOrUnreduced: [[UInt8]] = {
    let zeros = [UInt8](repeating: 0, count: 30)
    let ones = [UInt8](repeating: 0xFF, count: 30)
    let order8: [UInt8] = [
      0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98,
      0xF0,
      0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC,
      0x05,
    ]
    var points: [[UInt8]] = [order8, [UInt8](order8.dropLast()) + [0x85]]
    let ends: [(UInt8, UInt8)] = [(0, 0), (0, 0x80), (1, 0), (1, 0x80)]
    for (first, last) in ends { points.append([first] + zeros + [last]) }
    let high: [(UInt8, UInt8)] = [
      (0xEC, 0x7F), (0xEC, 0xFF), (0xED, 0x7F), (0xEE, 0xFF), (0xFF, 0x7F), (0xFF, 0xFF),
    ]
    for (first, last) in high { points.append([first] + ones + [last]) }
    return points
  }()

  @Test func `what is no key, or a key of nobody, is refused whatever the proof`() async throws {
    let holder = KeyHolder(try await World())
    for (algorithm, bytes) in Self.hostile() {
      var request = try await holder.registration(of: .ed25519("receipts-1"))
      request.key?.algorithm = algorithm
      request.key?.publicKey = bytes
      // With a point of small order, R = the identity and S = 0 are a signature for many a message.
      request.proof = [1] + [UInt8](repeating: 0, count: 63)
      await Self.expectRefused("key.public_key", by: holder, request)
    }
    var unknown = try await holder.registration(of: .ed25519("receipts-1"))
    unknown.key?.algorithm = .unspecified
    await Self.expectRefused("key.algorithm", by: holder, unknown)
    var lines = try await holder.registration(of: .ed25519("receipts-1"))
    lines.key?.id = "a\nb"
    await Self.expectRefused("key.id", by: holder, lines)
  }

  @Test(arguments: World.StoreKind.allCases)
  func `a key is registered once, of whichever partner, and its id is never given again`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let (rsc, mintrab) = (KeyHolder(world), KeyHolder(world, "gt-mintrab/PARTNER_OFFICER"))
    let pair = Pair.ed25519("receipts-1")
    try await rsc.register(pair)
    await Self.expectRefused(
      "key.public_key", by: mintrab, try await mintrab.registration(of: pair))
    var twin = pair
    twin.key.id = "receipts-2"
    await Self.expectRefused("key.public_key", by: rsc, try await rsc.registration(of: twin))
    await Self.expectRefused(
      "key.id", by: rsc, try await rsc.registration(of: .ed25519("receipts-1")))
    // Also when it has ended.
    _ = try await rsc.caller.partners.rotateKey(
      try await rsc.rotation(from: pair, to: .ed25519("receipts-3")))
    await Self.expectRefused(
      "key.public_key", by: mintrab, try await mintrab.registration(of: pair))
    #expect(try await mintrab.record().keys.isEmpty)
  }

  @Test func `twenty keys are the most`() async throws {
    let holder = KeyHolder(try await World())
    for number in 1...Partner.keyCountMax {
      try await holder.register(.ed25519("receipts-\(number)"))
    }
    await Self.expectRefused(
      "key", by: holder, try await holder.registration(of: .ed25519("one-more")))
  }

  @Test func `of twenty keys one that has leaked can still be replaced, again and again`()
    async throws
  {
    let holder = KeyHolder(try await World())
    let pairs = (1...Partner.keyCountMax).map { KeyHolder.Pair.ed25519("receipts-\($0)") }
    for pair in pairs { try await holder.register(pair) }
    var current = pairs[4]
    for number in 1...3 {
      let next = KeyHolder.Pair.ed25519("new-\(number)")
      _ = try await holder.caller.partners.rotateKey(
        try await holder.rotation(from: current, to: next))
      current = next
      holder.world.clock.advance(by: .days(1))
    }
    let keys = try await holder.record().keys
    #expect(keys.count == Partner.keyCountMax)
    #expect(keys.filter { $0.endTime == nil }.count == Partner.keyCountMax)
    #expect(!keys.contains { $0.id == pairs[4].key.id })
  }
}

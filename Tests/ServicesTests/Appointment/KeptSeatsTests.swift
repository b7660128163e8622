import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Seats kept for some")
struct KeptSeatsTests {
  private static let kept = [
    ReservedShare(kind: .vulnerability, seats: 1), ReservedShare(kind: .pathway(.usrap), seats: 1),
  ]

  /// A single person's case, with these needs and invited for these pathways.
  private static func registration(
    _ scene: WaitingCase, needs: [ProtectionNeed] = [], pathways: [PathwayID] = [], seed: UInt64
  ) async throws -> Registration {
    let made = try await scene.household(seed: seed, rank: .days(Int(seed)))
    return try await scene.world.store.write { tx in
      var changed = try #require(try tx.registration(made.id))
      let version = changed.revision.version
      changed.answers.protectionNeeds = needs
      changed.invitedPathways = pathways
      changed.revision.advance(at: tx.now)
      try tx.update(changed, from: version)
      return changed
    }
  }

  private static func hold(
    _ scene: WaitingCase, _ slot: Slot, _ registration: Registration
  ) async throws -> SafeMobility.Hold? {
    try await scene.agent.holdSlot(
      .with {
        $0.slot = slot.resourceName
        $0.registration = "registrations/\(registration.id)"
        $0.seats = 1
        $0.requestId = requestID()
      }
    ).hold
  }

  @Test(
    "whoever has no claim on them is told that the slot is full, and sees no free seat",
    arguments: World.StoreKind.allCases)
  func held(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let slot = try await scene.world.slot(in: .days(2), seats: 3, kept: Self.kept)
    let needy = try await Self.registration(scene, needs: [.violence], seed: 11)
    let referred = try await Self.registration(scene, pathways: [.usrap], seed: 12)
    let others = [
      try await Self.registration(scene, seed: 13), try await Self.registration(scene, seed: 14),
    ]
    _ = try await Self.hold(scene, slot, others[0])
    let shown = try await scene.world.store.read { try $0.slotAvailability(slot.id)?.freeSeats }
    #expect(shown == 0)
    await expectRefusal("SLOT_FULL", .failedPrecondition) {
      _ = try await Self.hold(scene, slot, others[1])
    }
    _ = try await Self.hold(scene, slot, needy)
    await expectRefusal("SLOT_FULL", .failedPrecondition) {
      _ = try await Self.hold(scene, slot, others[1])
    }
    _ = try await Self.hold(scene, slot, referred)
    #expect(
      try await scene.world.store.read { try $0.freeSeatCount(of: slot.id, among: .all) } == 0)
  }

  @Test(
    "a kept seat that comes free passes by who waits without a claim on it",
    arguments: World.StoreKind.allCases)
  func offered(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let slot = try await scene.world.slot(in: .days(2), seats: 1, kept: [Self.kept[0]])
    let holder = try await Self.registration(scene, needs: [.violence], seed: 11)
    let hold = try #require(try await Self.hold(scene, slot, holder))
    let first = try await Self.registration(scene, seed: 22)
    let needy = try await Self.registration(scene, needs: [.torture], seed: 12)
    let entries = [try await scene.join(first), try await scene.join(needy)]
    _ = try await scene.agent.releaseHold(
      .with {
        $0.name = hold.name
        $0.etag = hold.etag
        $0.requestId = requestID()
      })
    let passed = WaitingCase.Waiting(registration: first, entry: entries[0])
    let taken = WaitingCase.Waiting(registration: needy, entry: entries[1])
    #expect(try await scene.entry(passed).state == .waiting)
    #expect(try await scene.entry(taken).state == .offered)
  }

  @Test(
    "a kept seat finds who has a claim on it, however many stand before",
    arguments: World.StoreKind.allCases)
  func behindMany(_ kind: World.StoreKind) async throws {
    let scene = try await WaitingCase(kind)
    let slot = try await scene.world.slot(in: .days(2), seats: 1, kept: [Self.kept[0]])
    let holder = try await Self.registration(scene, needs: [.violence], seed: 11)
    let hold = try #require(try await Self.hold(scene, slot, holder))
    let needy = try await Self.registration(scene, needs: [.torture], seed: 12)
    let entry = try await scene.join(needy)
    // Of those who are passed over only after a longer look there may be fifty.
    for seed in UInt64(20)..<80 {
      _ = try await scene.join(try await Self.registration(scene, seed: seed))
    }
    _ = try await scene.agent.releaseHold(
      .with { ($0.name, $0.etag, $0.requestId) = (hold.name, hold.etag, requestID()) })
    let taken = WaitingCase.Waiting(registration: needy, entry: entry)
    #expect(try await scene.entry(taken).state == .offered)
  }

  @Test("the applicant does not claim a kept seat by changing the answers after the invitation")
  func claimed() async throws {
    let scene = try await WaitingCase()
    let made = try await Self.registration(scene, seed: 11)
    func update(_ identity: String) async throws -> SafeMobility.Registration? {
      let client = scene.world.caller(identity).applicants
      let current = try await client.getRegistration(
        .with { ($0.name, $0.view) = ("registrations/\(made.id)", .full) }
      ).registration
      return try await client.updateRegistration(
        .with {
          $0.registration = .with {
            $0.name = "registrations/\(made.id)"
            $0.answers = current?.answers
            $0.answers?.protectionNeeds = [.other]
          }
          $0.updateMask = .with { $0.paths = ["answers"] }
          ($0.etag, $0.requestId) = (current?.etag ?? "", requestID())
        }
      ).registration
    }
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await update("iom/CONTACT_CENTRE")
    }
    #expect(refused?.fields == ["registration.answers.protection_needs"])
    #expect(try await update("iom/SCREENER")?.answers?.protectionNeeds == [.other])
  }

  @Test("the invitation says what a household is looked at for, and names what there is")
  func invited() async throws {
    let world = try await World()
    let made = try await world.household(.single, in: .screening).registration
    let screener = world.caller("unhcr/SCREENER").applicants
    func invite(_ pathways: [String]) async throws -> SafeMobility.Registration? {
      try await screener.inviteRegistration(
        .with {
          $0.name = "registrations/\(made.id)"
          $0.serviceKind = .interview
          $0.pathways = pathways
          $0.etag = made.etag.text
          $0.requestId = requestID()
        }
      ).registration
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await invite(["pathways/NOWHERE"])
    }
    let invited = try await invite(["pathways/USRAP", "pathways/US-H2A"])
    #expect(invited?.invitedPathways == ["pathways/USRAP", "pathways/US-H2A"])
    let basic = try await screener.getRegistration(.with { $0.name = "registrations/\(made.id)" })
    #expect(basic.registration?.invitedPathways == [])
  }
}

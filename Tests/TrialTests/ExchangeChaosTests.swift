import Domain
import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Synchronization
import Testing
import Trials

/// A partner works referrals off by its stream while the server is killed at random moments, often within a command.
@Suite("an exchange in chaos", .serialized, .timeLimit(.minutes(5)))
struct ExchangeChaosTests {
  private static let referralCount = 2 * ChaosScene.caseworkerCount + 1
  private static let killCountMin = ChaosScene.isFull ? 60 : 8

  /// What the partner was told, by referral: the versions, in the order of telling.
  private final class Told: Sendable {
    private let versions = Mutex<[String: [Int64]]>([:])
    private let done = Mutex<Set<String>>([])

    var all: [String: [Int64]] { versions.withLock { $0 } }
    var doneCount: Int { done.withLock { $0.count } }

    func note(_ status: SafeMobility.StatusEvent) {
      versions.withLock { $0[status.resource, default: []].append(status.version) }
    }
    func finish(_ name: String) { _ = done.withLock { $0.insert(name) } }
  }

  @Test("does each of its commands once, and is told of no change twice")
  func chaos() async throws {
    let seed = ChaosScene.seed
    print("seed \(seed): PASARELA_SEED=\(seed) repeats what is asked; not the races")
    var random = SeededRandom(seed: seed)
    let world = try await TrialWorld(seed: seed, eligibleCount: Self.referralCount)
    let scene = try ChaosScene(world, portCount: 1, balancing: "pick_first")
    try world.start(ports: [scene.ports[0].number])
    let told = Told()
    let kills = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for household in world.eligible {
          let draft = try await scene.load.draft(household, scene.office)
          _ = try await scene.load.send(draft, scene.office)
          try await Task.sleep(for: .milliseconds(150))
        }
      }
      group.addTask { try await Self.work(scene, told) }
      var kills = 0
      while kills < Self.killCountMin || told.doneCount < Self.referralCount {
        // Long enough to get something done, or there would be no end on a slow machine.
        try await Task.sleep(for: .milliseconds(500 + Int(random.next() % 1_000)))
        world.kill()
        kills += 1
        try world.start(minutesAfterOpening: kills, ports: [scene.ports[0].number])
        // What would never end says why.
        try #require(kills < 100 * Self.killCountMin)
      }
      try await group.waitForAll()
      return kills
    }
    await scene.channel.close()
    try world.stop()
    let store = try await world.inspection()
    #expect(try store.findings() == [])
    let events = Dictionary(grouping: try store.events(of: .referral)) {
      "referrals/\($0.resource)"
    }
    #expect(events.count == Self.referralCount)
    // DRAFT, SENT, RECEIVED, ACCEPTED, IN_PROCESS.
    #expect(events.values.allSatisfy { $0.map(\.version).sorted() == [1, 2, 3, 4, 5] })
    for (name, versions) in told.all {
      #expect(versions == Array(Set(versions)).sorted(), "\(name): \(versions)")
      #expect(versions.last == 5, "\(name): \(versions)")
    }
    #expect(told.all.count == Self.referralCount)
    print("\(kills) kills, \(scene.count.streamCount) streams")
  }

  /// Takes every referral as far as IN_PROCESS.
  private static func work(_ scene: ChaosScene, _ told: Told) async throws {
    try await scene.ministry.exchange(maxInFlight: 4) { exchange in
      for try await event in exchange.events {
        guard case .work(let work) = event, let status = work.status, let referral = work.referral
        else { continue }
        told.note(status)
        exchange.acknowledge(work)
        // A change that is told late shows what came after it, and that is told too.
        let state = SafeMobility.ReferralState.descriptor.name(of: referral.state.rawValue)
        if state == status.state { try await move(referral, exchange) }
        if referral.state == .inProcess { told.finish(referral.name) }
        if told.doneCount == referralCount, state == status.state { return }
      }
    }
  }

  private static func move(
    _ referral: SafeMobility.Referral, _ exchange: PartnerExchange
  ) async throws {
    switch referral.state {
    case .sent:
      _ = try await exchange.acknowledgeReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.releaseSha256 = referral.release?.releaseSha256 ?? []
        })
    case .received:
      _ = try await exchange.acceptReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.partnerCaseRef = "MT-1"
        })
    case .accepted:
      _ = try await exchange.advanceReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
        })
    default: break
    }
  }
}

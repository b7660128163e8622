import Domain
import Foundation
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Synchronization
import Testing

@testable import Services

@Suite("What watching costs the store", .timeLimit(.minutes(1)))
struct WatchTurnTests {
  /// A store that tells how many read it at once, slowly enough for that to show.
  private final class CrowdedStore: Store {
    private let store: any Store
    private let counts = Mutex((current: 0, most: 0))

    init(_ store: any Store) { self.store = store }

    var most: Int { counts.withLock { $0.most } }

    func write<R: Sendable>(
      _ purpose: UnitPurpose, _ unit: @escaping @Sendable (any StoreTransaction) throws -> R
    ) async throws -> R {
      try await store.write(purpose, unit)
    }

    func read<R: Sendable>(
      _ unit: @escaping @Sendable (any StoreReader) throws -> R
    ) async throws -> R {
      counts.withLock { $0 = ($0.current + 1, max($0.most, $0.current + 1)) }
      defer { counts.withLock { $0.current -= 1 } }
      return try await store.read { reader in
        usleep(2_000)
        return try unit(reader)
      }
    }

    var now: Instant { store.now }
    func integrityProblems() async throws -> [String] { try await store.integrityProblems() }
    func close() async throws { try await store.close() }
  }

  @Test("many streams look few at a time, and each is told of everything")
  func turns() async throws {
    let watched = try await KindCase(.slots)
    let token = try await watched.token()
    var limits = WatchCase.limits
    limits.lookCountMax = 2
    let store = CrowdedStore(watched.world.store)
    let desk = try Desk(store: store, secrets: World.secrets, watching: limits)
    let router = ProgrammeServices.router(at: desk)
    var streams: [WatchedAny] = []
    for _ in 0..<12 {
      let stream = try watched.open(from: token, router: router)
      await stream.begun()
      streams.append(stream)
    }
    let telling = Task { await desk.tellWatchers { _ in } }
    defer { telling.cancel() }
    for _ in 0..<3 { try await watched.cycle() }
    for stream in streams { #expect(try await stream.events(6).count == 6) }
    // Beside the two, the one look for all of them.
    #expect(store.most <= 3)
  }

  @Test("who may see a record is looked up only where there is something to tell")
  func unseen() async throws {
    let world = try await World()
    let event = StatusEvent(
      id: StatusEventID(checked: "e"), aggregate: .slot, uid: "s", version: .first, type: "Update",
      stateAfter: 0, actorClass: .system, time: world.clock.now)
    let caller = Caller.timer(for: .processing, at: world.clock.now)
    let views = [
      UnseenView(isSeen: false, mayBeAsked: false), UnseenView(isSeen: true, mayBeAsked: true),
    ]
    let types = try await world.store.read { reader in
      try views.map {
        try $0.sight(of: event, to: caller, told: ToldRecords(countMax: 1), in: reader)?.type
      }
    }
    #expect(types == [nil, .created])
  }

  /// A view of one record, of which every event tells the same.
  private struct UnseenView: WatchView {
    typealias Response = SafeMobility.WatchSlotsResponse

    static let kinds: Set<AggregateKind> = [.slot]
    let narrowing: [String] = []
    let isSeen: Bool
    let mayBeAsked: Bool

    init(isSeen: Bool, mayBeAsked: Bool) {
      self.isSeen = isSeen
      self.mayBeAsked = mayBeAsked
    }

    func begin(_ work: inout Reading) {}

    func change(
      by event: StatusEvent, to caller: Caller, in reader: any StoreReader
    ) -> Services.WatchedChange<Int>? {
      Services.WatchedChange(
        record: 1, name: "slots/s", version: .first, wasSeen: false, isSeen: isSeen)
    }

    func reaches(_ record: Int, in reach: Reach) -> Bool {
      #expect(mayBeAsked)
      return true
    }

    func concern(_ record: Int, in work: inout Reading) {}

    func message(
      for sight: WatchSight<Int>, by event: StatusEvent, in work: inout Reading
    ) -> SafeMobility.Slot { .init() }
  }
}

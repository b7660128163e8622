import Domain
import Foundation
import Protobuf
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Synchronization
import Testing

/// INV-12: nobody is told of what is not committed, and of nothing that never is.
@Suite("Changes that are not committed", .timeLimit(.minutes(5)))
struct UncommittedChangeTests {
  private struct Undone: Error {}

  /// A change as the server would make it, in a unit that may come to nothing.
  private static func screen(_ registration: Registration, _ tx: any StoreTransaction) throws {
    var random = SystemRandomNumberGenerator()
    var machine = RegistrationMachine(registration)
    let change = try machine.startScreening(at: tx.now)
    try tx.update(change.entity, from: registration.revision.version)
    try tx.append(change.statusEvent(id: StatusEventID(using: &random), by: .screener))
  }

  /// A unit that waits in the middle of its work: it has written, and may not end.
  private final class OpenUnit: Sendable {
    private let begun = AsyncStream.makeStream(of: Void.self)
    private let mayEnd = DispatchSemaphore(value: 0)
    let isEnding = Atomic(false)

    func pause() {
      begun.continuation.yield()
      mayEnd.wait()
    }

    func hasBegun() async {
      var iterator = begun.stream.makeAsyncIterator()
      _ = await iterator.next()
    }

    func end() {
      isEnding.store(true, ordering: .sequentiallyConsistent)
      mayEnd.signal()
    }
  }

  @Test("what is undone is told to nobody", arguments: World.StoreKind.allCases)
  func undone(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.registrations, kind)
    let registrations = try await Self.registrations(watched.world, 2)
    let stream = try watched.open(from: try await watched.token())
    await stream.begun()
    for _ in 0..<3 {
      await #expect(throws: Undone.self) {
        try await watched.world.store.write { tx in
          try Self.screen(registrations[0], tx)
          throw Undone()
        }
      }
    }
    try await watched.world.store.write { try Self.screen(registrations[1], $0) }
    let first = try #require(try await stream.events(1).first?.change)
    #expect(first.number == 1)
    #expect(first.resource == "registrations/\(registrations[1].id)")
    // Nor is it in the feed that later streams read.
    let feed = try await watched.world.store.read { reader in
      try reader.statusEvents(of: .registration, uid: registrations[0].id.rawValue)
    }
    #expect(feed == [])
    await stream.cancel()
  }

  @Test(
    "what is written and not committed is told once it is, though a later one was committed before",
    arguments: [true, false])
  func sideBySide(commits: Bool) async throws {
    // Only PostgreSQL has units side by side: the others' run one after another.
    let watched = try await KindCase(.registrations, .postgres)
    let registrations = try await Self.registrations(watched.world, 3)
    let stream = try watched.open(from: try await watched.token())
    await stream.begun()
    let unit = OpenUnit()
    let open = Task {
      try await watched.world.store.write { tx in
        try Self.screen(registrations[0], tx)
        unit.pause()
        if !commits { throw Undone() }
      }
    }
    await unit.hasBegun()
    try await watched.world.store.write { try Self.screen(registrations[1], $0) }
    let first = try #require(try await stream.events(1).first?.change)
    #expect(first.number == 1)
    #expect(first.resource == "registrations/\(registrations[1].id)")
    let early = Mutex<[KnownChange]>([])
    let listener = Task {
      let next = try await stream.events(1).map(\.change)
      if !unit.isEnding.load(ordering: .sequentiallyConsistent) { early.withLock { $0 += next } }
      return next
    }
    try await Task.sleep(for: .milliseconds(100))
    #expect(early.withLock { $0 } == [])
    unit.end()
    if commits {
      try await open.value
    } else {
      await #expect(throws: Undone.self) { try await open.value }
      try await watched.world.store.write { try Self.screen(registrations[2], $0) }
    }
    let second = try #require(try await listener.value.first)
    #expect(early.withLock { $0 } == [])
    #expect(second.number == 2)
    #expect(second.resource == "registrations/\(registrations[commits ? 0 : 2].id)")
    await stream.cancel()
  }

  private static func registrations(_ world: World, _ count: Int) async throws -> [Registration] {
    var made: [Registration] = []
    for seed in 1...UInt64(count) {
      made.append(try await world.household(.single, in: .submitted, seed: 100 + seed).registration)
    }
    return made
  }
}

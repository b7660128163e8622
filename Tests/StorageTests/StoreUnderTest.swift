import Domain
import Foundation
import MemoryStore
import PostgresFixture
import Storage
import StorageSQL
import StoreSamples
import Testing

/// The stores that keep the contract; every contract test runs against each of them.
enum StoreUnderTest: CaseIterable, Sendable {
  case memory
  case sqlite
  case postgres

  /// Opens an empty store that holds the sample world, runs `body`, and removes it.
  func run(
    seed: UInt64 = 1, _ body: (any Store, TestClock, inout SampleMaker) async throws -> Void
  ) async throws {
    let world = try StoredWorld()
    let clock = TestClock()
    var maker = SampleMaker(world, seed: seed)
    let environment = StoreEnvironment.test(now: { clock.now })
    let database = self == .postgres ? try PostgresServer.shared.get().makeDatabase() : ""
    let directory = NSTemporaryDirectory() + "pasarela-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer {
      try? FileManager.default.removeItem(atPath: directory)
      if self == .postgres { try? PostgresServer.shared.get().drop(database) }
    }
    let store: any Store =
      switch self {
      case .memory: MemoryStore(environment: environment)
      case .postgres:
        SettledStore(try SQLStore.open(postgres: database, environment: environment))
      case .sqlite: try SQLStore.open(sqlite: directory + "/s.sqlite", environment: environment)
      }
    try await store.write { try world.seed($0) }
    try await body(store, clock, &maker)
    #expect(try await store.integrityProblems() == [])
    try await store.close()
  }
}

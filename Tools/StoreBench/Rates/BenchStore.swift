import Domain
import Foundation
import PostgresFixture
import RPCCore
import RPCTransportInProcess
import Services
import Storage
import StorageSQL
import StoreSamples

/// A store on a real disk with the programme running, households that may book, and the services over it.
final class BenchStore: Sendable {
  let households: [StoredHousehold]
  let slots: [Slot]
  /// Every service, behind the real access check.
  let transport: InProcessTransport
  private let store: SQLStore
  private let folder: URL
  private let server: PostgresServer?

  init(_ engine: StorePlace.Engine, householdCount: Int) async throws {
    folder = URL(fileURLWithPath: "/tmp/pasarela-bench-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let secrets = Secrets(key: Array(0..<32)) else { preconditionFailure("32 bytes") }
    let begin = ContinuousClock.now
    let environment = StoreEnvironment.programme(vault: secrets.vault) {
      StoredWorld.opening + begin.duration(to: .now)
    }
    switch engine {
    case .sqlite:
      server = nil
      store = try SQLStore.open(
        sqlite: folder.appendingPathComponent("store.db").path, environment: environment)
    case .postgres:
      // As it is run for good, but for the network.
      let server = try PostgresServer(settings: [
        "fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB",
      ])
      self.server = server
      store = try SQLStore.open(postgres: server.makeDatabase(), environment: environment)
    }
    let samples = try StoredWorld(seed: 1)
    var maker = SampleMaker(samples, seed: 1)
    slots = (0..<50).map { maker.slot(seats: householdCount / 10, hoursAfterOpening: 400 + $0) }
    households = (0..<householdCount).map { maker.household(of: 1 + $0 % 5, state: .invited) }
    _ = try await ReferenceLoader(store: store, secrets: secrets).load()
    try await Self.fill(store, samples, slots, households)
    let desk = try Desk(store: store, secrets: secrets)
    transport = InProcessTransport(router: ProgrammeServices.router(at: desk))
  }

  private static func fill(
    _ store: SQLStore, _ samples: StoredWorld, _ slots: [Slot], _ households: [StoredHousehold]
  ) async throws {
    try await store.write { tx in
      try samples.startPilot(in: tx)
      for slot in slots { try tx.insert(slot) }
    }
    var rest = households[...]
    while !rest.isEmpty {
      let some = rest.prefix(200)
      rest = rest.dropFirst(200)
      try await store.write { tx in for household in some { try household.insert(tx) } }
    }
  }

  /// Round trips to the database so far; 0 where there is none.
  var roundTripCount: Int { store.roundTripCount }

  /// A caller in a role.
  func client(_ identity: String) -> RPCClient {
    RPCClient(
      transport: transport,
      metadata: ["pasarela-dev-identity": .string(identity), "pasarela-purpose": "PROCESSING"])
  }

  func close() async throws {
    try await store.close()
    server?.kill()
    try? FileManager.default.removeItem(at: folder)
  }
}

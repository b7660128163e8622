import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import Synchronization
import Testing
import Trials

/// The client library against a server that is killed again and again: whoever calls sees nothing of it.
@Suite("a client whose server is killed", .serialized, .timeLimit(.minutes(3)))
struct ClientRepetitionTests {
  /// Where the server is now; it has another port after each start.
  private final class Place: AddressResolver {
    private let port: Mutex<Int>

    init(port: Int) { self.port = Mutex(port) }

    func move(toPort port: Int) { self.port.withLock { $0 = port } }

    func resolve() async throws -> ResolvedAddresses {
      ResolvedAddresses(addresses: [.tcp(host: "127.0.0.1", port: port.withLock { $0 })])
    }
  }

  /// Whether those who call are to stop.
  private final class Load: Sendable {
    private let state = Mutex(false)

    var isOver: Bool { state.withLock { $0 } }

    func end() { state.withLock { $0 = true } }
  }

  private static func client(_ place: Place) throws -> SafeMobilityClient {
    var configuration = SafeMobilityClient.Configuration()
    configuration.channel.resolver = place
    configuration.channel.resolutionPause = .milliseconds(20)
    configuration.channel.backoff = Backoff(
      initial: .milliseconds(20), multiplier: 1.6, max: .milliseconds(200))
    let identity = try #require(DevelopmentIdentity("iom/CONTACT_CENTRE"))
    return try SafeMobilityClient(
      target: "pasarela.test:1", identity: .development(identity), purpose: .processing,
      configuration: configuration)
  }

  @Test("gets an answer to every change, and each has happened once")
  func kills() async throws {
    let world = try await TrialWorld(
      seed: 21, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let place = Place(port: world.port)
    let client = try Self.client(place)
    let load = Load()
    let names = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var names: [String] = []
          while !load.isOver {
            var request = Requests.registration(memberCount: 1)
            request.requestId = ""
            let response = try await client.applicants.createRegistration(request)
            names.append(response.registration?.name ?? "")
          }
          return names
        }
      }
      for number in 1...5 {
        try await Task.sleep(for: .milliseconds(300 + 37 * number))
        world.kill()
        try world.start(minutesAfterOpening: number)
        place.move(toPort: world.port)
      }
      load.end()
      return try await group.reduce(into: []) { $0 += $1 }
    }
    await client.close()
    try world.stop()
    #expect(names.count > 20, "the load was too small to prove anything")
    #expect(Set(names).count == names.count)
    let store = try StoreInspection(path: world.storePath)
    #expect(try store.findings() == [])
    // One registration is the world's own household's.
    #expect(try store.count("SELECT COUNT(*) FROM registration") == names.count + 1)
    #expect(try store.count("SELECT COUNT(*) FROM idempotency") == names.count)
  }
}

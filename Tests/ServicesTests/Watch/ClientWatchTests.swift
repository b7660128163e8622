import RPCCore
import RPCPolicy
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Synchronization
import Testing

/// The client library's watch over the services themselves, with streams that break.
@Suite("The client's watch", .timeLimit(.minutes(1)))
struct ClientWatchTests {
  /// Cuts every stream off after its first items.
  struct Cutter: ClientInterceptor {
    var itemCount = 1

    func unary(
      _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions,
      next: any ClientTransport
    ) async throws(RPCError) -> RawResponse {
      try await next.unary(method, request: request, metadata: metadata, options: options)
    }

    func open(
      _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions,
      next: any ClientTransport
    ) -> any ClientStream {
      CutStream(
        next.open(method, request: request, metadata: metadata, options: options),
        after: itemCount)
    }
  }

  private final class CutStream: ClientStream {
    private let whole: any ClientStream
    private let rest: Mutex<Int>

    init(_ whole: any ClientStream, after itemCount: Int) {
      self.whole = whole
      rest = Mutex(itemCount)
    }

    func next() async throws(RPCError) -> [UInt8]? {
      if rest.withLock({ $0 == 0 }) {
        whole.cancel()
        throw RPCError(.unavailable, "the connection was lost")
      }
      let message = try await whole.next()
      rest.withLock { $0 -= 1 }
      return message
    }

    func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {
      try await whole.write(message, compressed: compressed)
    }
    func finish() { whole.finish() }
    func metadata() async throws(RPCError) -> Metadata { try await whole.metadata() }
    var trailingMetadata: Metadata { whole.trailingMetadata }
    func cancel() { whole.cancel() }
  }

  private static func client(
    _ world: World, _ identity: String, as caller: WorldCaller
  ) throws -> SafeMobilityClient {
    var configuration = SafeMobilityClient.Configuration()
    configuration.interceptors = [Cutter()]
    configuration.watchBackoff = Backoff(
      initial: .milliseconds(1), multiplier: 1, max: .milliseconds(1))
    let purpose = caller.metadata["pasarela-purpose"] ?? ""
    return try SafeMobilityClient(
      transport: world.transport, identity: DevelopmentIdentity(identity),
      purpose: SafeMobility.Purpose(metadataName: purpose),
      endUser: caller.metadata["pasarela-end-user"], configuration: configuration)
  }

  private static func client(_ watched: WatchCase) throws -> SafeMobilityClient {
    try client(watched.world, "us-rsc/PARTNER_OFFICER", as: watched.rsc)
  }

  @Test(
    "tells of every kind that can be watched what there is, and each change once",
    arguments: WatchedKind.allCases)
  func kinds(_ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind)
    let client = try Self.client(watched.world, "iom/SUPERVISOR", as: watched.watcher)
    switch kind {
    case .registrations: try await Self.expectAll(client.watchRegistrations(), watched, count: 1)
    case .appointments: try await Self.expectAll(client.watchAppointments(), watched, count: 0)
    case .slots:
      try await Self.expectAll(client.watchSlots(of: KindCase.office), watched, count: 1)
    }
  }

  /// Expects a list of so many, and the changes of two rounds, each once, over streams that break.
  private static func expectAll<Response>(
    _ watch: WatchSequence<Response>, _ watched: KindCase, count: Int
  ) async throws where Response.Change: WatchedChange {
    var events = watch.makeAsyncIterator()
    guard case .listBegins = try await events.next() else { throw NoChange() }
    for _ in 0..<count {
      guard case .listed = try await events.next() else { throw NoChange() }
    }
    guard case .listEnded = try await events.next() else { throw NoChange() }
    for _ in 0..<2 { try await watched.cycle() }
    var numbers: [Int64] = []
    while numbers.count < 4 {
      guard case .changed(let change, _) = try await events.next() else { continue }
      numbers.append(change.eventNo)
    }
    #expect(numbers == [1, 2, 3, 4])
  }

  @Test(
    "tells what there is, and each change once, over streams that break after every item",
    arguments: World.StoreKind.allCases)
  func breaks(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    var watch = try Self.client(watched).watchReferrals().makeAsyncIterator()
    guard case .listBegins = try await watch.next(),
      case .listEnded(let token) = try await watch.next()
    else {
      Issue.record("the watch does not begin with a list of nothing")
      return
    }
    let last = try await watched.walk()
    var told: [Told] = []
    while told.count < 4 {
      guard case .changed(let change, _) = try await watch.next() else { continue }
      told.append(Told(change))
    }
    // The same as one whole stream tells.
    let whole = try await WatchResumeTests.items(
      watched.watch(watched.rsc, from: token), count: 4)
    #expect(told == whole.map(\.told))
    var again = try Self.client(watched).watchReferrals().makeAsyncIterator()
    _ = try await again.next()
    guard case .listed(let referral) = try await again.next() else {
      Issue.record("a second watch does not list the referral")
      return
    }
    #expect(referral.name == last.name)
  }
}

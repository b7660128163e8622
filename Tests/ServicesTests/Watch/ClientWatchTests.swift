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
  /// Cuts every stream off after its first item.
  private struct Cutter: ClientInterceptor {
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
      CutStream(next.open(method, request: request, metadata: metadata, options: options))
    }
  }

  private final class CutStream: ClientStream {
    private let whole: any ClientStream
    private let isCut = Mutex(false)

    init(_ whole: any ClientStream) { self.whole = whole }

    func next() async throws(RPCError) -> [UInt8]? {
      if isCut.withLock({ $0 }) {
        whole.cancel()
        throw RPCError(.unavailable, "the connection was lost")
      }
      let message = try await whole.next()
      isCut.withLock { $0 = true }
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

  private static func client(_ watched: WatchCase) throws -> SafeMobilityClient {
    var configuration = SafeMobilityClient.Configuration()
    configuration.interceptors = [Cutter()]
    configuration.watchBackoff = Backoff(
      initial: .milliseconds(1), multiplier: 1, max: .milliseconds(1))
    let purpose = watched.rsc.metadata["pasarela-purpose"] ?? ""
    return try SafeMobilityClient(
      transport: watched.world.transport,
      identity: DevelopmentIdentity("us-rsc/PARTNER_OFFICER"),
      purpose: SafeMobility.Purpose(metadataName: purpose),
      endUser: watched.rsc.metadata["pasarela-end-user"], configuration: configuration)
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

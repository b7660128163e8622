import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and the health of servers (gRFC A17)", .timeLimit(.minutes(2)))
struct HealthRows {
  /// Says of its server what it is told to, as `grpc.health.v1.Health` does.
  private final class Health: RPCService, Sendable {
    static let serviceName = "grpc.health.v1.Health"
    private let status = Mutex((value: UInt8(1), changes: [AsyncStream<UInt8>.Continuation]()))
    let requests = Mutex<[[UInt8]]>([])

    func set(_ value: UInt8) {
      let changes = status.withLock { status in
        status.value = value
        return status.changes
      }
      for change in changes { change.yield(value) }
    }

    func methods() -> [MethodHandler] {
      let watch = MethodDescriptor(
        service: Self.serviceName, method: "Watch", kind: .serverStreaming)
      return [
        MethodHandler(
          watch,
          .streaming { [self] received, responses, _ in
            for try await request in received { requests.withLock { $0.append(request) } }
            let (stream, continuation) = AsyncStream.makeStream(of: UInt8.self)
            let now = status.withLock { status in
              status.changes.append(continuation)
              return status.value
            }
            try await responses.write([8, now])
            for await value in stream { try await responses.write([8, value]) }
          })
      ]
    }
  }

  private static let json = """
    {"healthCheckConfig":{"serviceName":"a.B"},"methodConfig":[{"name":[{}],"timeout":"0.5s",
    "waitForReady":true}],"loadBalancingConfig":[{"POLICY":{}}]}
    """

  private static func with(
    _ services: [any RPCService], policy: String,
    _ body: @Sendable (HTTP2Channel) async throws -> Void
  ) async throws {
    var configuration = HTTP2Channel.Configuration()
    configuration.serviceConfig = try ServiceConfig(
      json: json.replacing("POLICY", with: policy))
    configuration.backoff = Backoff(
      initial: .milliseconds(20), multiplier: 1, max: .milliseconds(20))
    let made = configuration
    let router = Router(services: services)
    try await ServerUnderTest.with(router) { address, _ in
      let channel = HTTP2Channel(endpoint: address, configuration: made)
      try await Channels.closing(channel) { try await body(channel) }
    }
  }

  /// Calls until one ends as it should, for a bounded time.
  private static func eventually(_ channel: HTTP2Channel, _ code: StatusCode?) async -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      let options = CallOptions(timeout: .seconds(2), waitsForReady: false)
      if await channel.failure(options: options)?.code == code { return true }
      try? await Task.sleep(for: .milliseconds(2))
    }
    return false
  }

  @Test(
    "A17: calls go to a server as long as it says that it serves",
    arguments: ["pick_first", "round_robin"])
  func serving(_ policy: String) async throws {
    let health = Health()
    try await Self.with([WireService(), health], policy: policy) { channel in
      let options = CallOptions(timeout: .seconds(10))
      try await channel.ask(options: options)
      // The name of the service that is asked about, as a `HealthCheckRequest`.
      #expect(health.requests.withLock { $0.first } == [0x0A, 3] + Array("a.B".utf8))
      health.set(2)
      let isRefused = await Self.eventually(channel, .unavailable)
      #expect(isRefused)
      health.set(1)
      let isServed = await Self.eventually(channel, nil)
      #expect(isServed)
      // Asking is no call of the config's: its timeout, half a second, does not end it.
      try await Task.sleep(for: .milliseconds(700))
      #expect(health.requests.withLock { $0.count } == 1)
    }
  }

  @Test("A17: a server that does not serve from the start gets no calls")
  func notServing() async throws {
    let health = Health()
    health.set(2)
    try await Self.with([WireService(), health], policy: "round_robin") { channel in
      let isRefused = await Self.eventually(channel, .unavailable)
      #expect(isRefused)
      let error = await channel.failure(
        options: CallOptions(timeout: .seconds(2), waitsForReady: false))
      #expect(error?.message.contains("is not healthy") == true, "\(error as Any)")
      async let waiting = channel.failure(options: CallOptions(timeout: .seconds(10)))
      health.set(1)
      let ended = await waiting
      #expect(ended == nil || ended?.code == .deadlineExceeded)
      let isServed = await Self.eventually(channel, nil)
      #expect(isServed)
    }
  }

  @Test("A17: a server without a health service counts as serving")
  func unimplemented() async throws {
    try await Self.with([WireService()], policy: "round_robin") { channel in
      let isServed = await Self.eventually(channel, nil)
      #expect(isServed)
    }
  }
}

/// Echoes, beside other services.
private struct WireService: RPCService {
  static let serviceName = WireWorld.serviceName

  func methods() -> [MethodHandler] {
    [MethodHandler(WireWorld.method("Echo", .unary), .unary { request, _ in request })]
  }
}

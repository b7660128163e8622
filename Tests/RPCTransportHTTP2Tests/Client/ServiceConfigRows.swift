import Foundation
import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client's service config over a real server", .timeLimit(.minutes(2)))
struct ServiceConfigRows {
  private static func with(
    _ json: String, configure: @Sendable (inout HTTP2Channel.Configuration) -> Void = { _ in },
    _ body: @Sendable (HTTP2Channel, WireWorld) async throws -> Void
  ) async throws {
    let world = WireWorld()
    var configuration = HTTP2Channel.Configuration()
    configuration.serviceConfig = try ServiceConfig(json: json)
    configure(&configuration)
    let made = configuration
    try await ServerUnderTest.with(world.router) { address, _ in
      let channel = HTTP2Channel(endpoint: address, configuration: made)
      try await Channels.closing(channel) { try await body(channel, world) }
    }
  }

  @Test("Q11, Q12: a method's timeout is its calls' unless they have less")
  func timeout() async throws {
    let json = """
      {"methodConfig":[{"name":[{"service":"wire.v1.Kinds","method":"Sleep"}],"timeout":"0.2s"}]}
      """
    try await Self.with(json) { channel, world in
      let start = ContinuousClock.now
      let error = await channel.failure([1], "Sleep")
      #expect(error?.code == .deadlineExceeded)
      #expect(start.duration(to: .now) >= .milliseconds(200))
      #expect(start.duration(to: .now) < .seconds(10))
      #expect((world.lastSeen.remaining ?? .zero) <= .milliseconds(200))
      let shorter = await channel.failure(
        [1], "Sleep", options: CallOptions(timeout: .milliseconds(50)))
      #expect(shorter?.code == .deadlineExceeded)
      // Another method of the service has no such thing.
      try await channel.ask()
      #expect((world.lastSeen.remaining ?? .zero) > .seconds(10))
    }
  }

  @Test("Q18: a method's sizes are its calls' limits, the smaller of two counts")
  func sizes() async throws {
    let json = """
      {"methodConfig":[{"name":[{"service":"wire.v1.Kinds"}],"maxRequestMessageBytes":100,
      "maxResponseMessageBytes":50}]}
      """
    try await Self.with(json) { channel, world in
      let request = await channel.failure([UInt8](repeating: 0, count: 101))
      #expect(request?.code == .resourceExhausted)
      #expect(request?.message.contains("100") == true)
      #expect(world.lastSeen.startedCount == 0)
      let response = await channel.failure([UInt8](repeating: 0, count: 51))
      #expect(response?.code == .resourceExhausted)
      try await channel.ask([UInt8](repeating: 0, count: 50))
      let own = await channel.failure(
        [UInt8](repeating: 0, count: 20),
        options: CallOptions(timeout: .seconds(20), maxResponseBytes: 19))
      #expect(own?.code == .resourceExhausted)
      let call = channel.stream(.bidirectionalStreaming)
      let refused = await #expect(throws: RPCError.self) {
        try await call.write([UInt8](repeating: 0, count: 101), compressed: nil)
      }
      #expect(refused?.code == .resourceExhausted)
      // Which the call outlives.
      try await call.write([1], compressed: nil)
      let first = try await call.next()
      #expect(first == [1])
      call.finish()
      let (responses, error) = await call.all()
      #expect(responses.isEmpty)
      #expect(error == nil)
    }
  }

  @Test("Q19: the limit is for what a response is inflated to")
  func inflated() async throws {
    try await Self.with("{}") { channel, _ in
      let bytes = [UInt8](repeating: 0, count: 100_000)
      let options = CallOptions(
        timeout: .seconds(20), maxResponseBytes: 99_999, compressesRequests: true)
      let error = await channel.failure(bytes, metadata: ["x-zip": "yes"], options: options)
      #expect(error?.code == .resourceExhausted)
      var more = options
      more.maxResponseBytes = 100_000
      let answer = try await channel.ask(bytes, metadata: ["x-zip": "yes"], options: more)
      #expect(answer == bytes)
      let call = channel.stream(
        .serverStreaming, request: bytes, metadata: ["x-zip": "yes"], options: options)
      let (responses, streamed) = await call.all()
      #expect(responses.isEmpty)
      #expect(streamed?.code == .resourceExhausted)
    }
  }

  @Test("C6: waitForReady: a call waits for a server that comes later; others fail meanwhile")
  func waitForReady() async throws {
    let listener = try RawListener()
    let port = listener.port
    listener.stop()
    var configuration = HTTP2Channel.Configuration()
    configuration.serviceConfig = try ServiceConfig(
      json: """
        {"methodConfig":[{"name":[{"service":"wire.v1.Kinds","method":"Echo"}],"waitForReady":true}]}
        """)
    configuration.backoff = Backoff(
      initial: .milliseconds(20), multiplier: 1, max: .milliseconds(20))
    let channel = HTTP2Channel(
      endpoint: .tcp(host: "127.0.0.1", port: port), configuration: configuration)
    try await Channels.closing(channel) {
      let short = await channel.failure(options: CallOptions(timeout: .milliseconds(100)))
      #expect(short?.code == .deadlineExceeded)
      #expect(short?.message.contains("refused") == true, "\(short as Any)")
      let waiting = Task { try await channel.ask() }
      let other = await channel.failure([1], "Sleep")
      #expect(other?.code == .unavailable)
      let own = await channel.failure(
        options: CallOptions(timeout: .seconds(5), waitsForReady: false))
      #expect(own?.code == .unavailable)
      let answer = try await ServerUnderTest.with(
        WireWorld().router, on: .tcp(host: "127.0.0.1", port: port)
      ) { _, _ in try await waiting.value }
      #expect(answer == [7])
    }
  }

  @Test(
    "a config that is not valid changes nothing, a valid one counts from the next call on (gRFC A21)"
  )
  func replaced() async throws {
    let small = """
      {"methodConfig":[{"name":[{}],"maxRequestMessageBytes":3}]}
      """
    try await Self.with(small) { channel, _ in
      #expect(throws: ServiceConfigError.self) {
        try channel.setServiceConfig(json: "{\"methodConfig\":[{\"name\":[{}],\"timeout\":\"x\"}]}")
      }
      let error = await channel.failure([1, 2, 3, 4])
      #expect(error?.code == .resourceExhausted)
      try channel.setServiceConfig(
        json: "{\"methodConfig\":[{\"name\":[{}],\"maxRequestMessageBytes\":4}]}")
      try await channel.ask([1, 2, 3, 4])
    }
  }

  /// Gives addresses and a config, and counts how often it was asked.
  final class Book: AddressResolver {
    private let page: Mutex<ResolvedAddresses>
    private let count = Atomic(0)

    init(_ addresses: [Endpoint], serviceConfig: String? = nil) {
      page = Mutex(ResolvedAddresses(addresses: addresses, serviceConfig: serviceConfig))
    }

    var askedCount: Int { count.load(ordering: .relaxed) }

    func turn(to addresses: [Endpoint], serviceConfig: String? = nil) {
      page.withLock {
        $0 = ResolvedAddresses(addresses: addresses, serviceConfig: serviceConfig)
      }
    }

    func resolve() async throws -> ResolvedAddresses {
      count.wrappingAdd(1, ordering: .relaxed)
      return page.withLock { $0 }
    }
  }

  @Test(
    "a resolver's config takes the place of the channel's; one that is not valid does not",
    arguments: [true, false])
  func resolved(_ isValid: Bool) async throws {
    try await ServerUnderTest.with(WireWorld().router) { address, _ in
      let own =
        "{\"methodConfig\":[{\"name\":[{}],\"maxRequestMessageBytes\":\(isValid ? 2 : -2)}]}"
      var configuration = HTTP2Channel.Configuration()
      configuration.serviceConfig = try ServiceConfig(
        json: "{\"methodConfig\":[{\"name\":[{}],\"maxRequestMessageBytes\":5}]}")
      configuration.resolver = Book([address], serviceConfig: own)
      let target = try #require(ChannelTarget("dns:nobody.test:1"))
      let channel = HTTP2Channel(target: target, configuration: configuration)
      try await Channels.closing(channel) {
        // The first call may begin before the addresses are there.
        try await channel.ask([1])
        let error = await channel.failure([1, 2, 3])
        #expect(error?.code == (isValid ? .resourceExhausted : nil))
      }
    }
  }
}

import Foundation
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client's TLS and credentials: C7", .timeLimit(.minutes(2)))
struct CredentialRows {
  /// Answers with the names in the caller's certificate.
  private struct WhoAmI: RPCService {
    static let serviceName = "wire.v1.Who"
    static let method = MethodDescriptor(service: serviceName, method: "AmI", kind: .unary)

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          Self.method, .unary { _, call in Array(call.peer.uris.joined(separator: ",").utf8) })
      ]
    }
  }

  private static func name(_ channel: HTTP2Channel) async throws(RPCError) -> String {
    let answer = try await channel.unary(
      WhoAmI.method, request: [], metadata: [:], options: CallOptions(timeout: .seconds(20)))
    return String(decoding: answer.message, as: UTF8.self)
  }

  @Test("C7: the client's certificate is read anew for each connection")
  func reload() async throws {
    let certificates = try Certificates.shared.get()
    let folder = Certificates.folder
    for name in ["before", "after"] {
      try Certificates.issue(name, "URI:spiffe://a.test/\(name)", folder)
    }
    @Sendable func install(_ name: String) throws {
      for kind in ["pem", "key"] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).\(kind)"))
        try bytes.write(to: URL(fileURLWithPath: "\(folder)/caller.\(kind)"), options: .atomic)
      }
    }
    try install("before")
    var client = certificates.client
    client.certificatePath = "\(folder)/caller.pem"
    client.privateKeyPath = "\(folder)/caller.key"
    let tls = client
    try await ServerUnderTest.with(Router(services: [WhoAmI()]), tls: certificates.server) {
      address, _ in
      var configuration = HTTP2Channel.Configuration()
      configuration.idleTimeout = .milliseconds(50)
      let channel = HTTP2Channel(endpoint: address, tls: tls, configuration: configuration)
      try await Channels.closing(channel) {
        let before = try await Self.name(channel)
        #expect(before == "spiffe://a.test/before")
        try install("after")
        // The old one is the connection's as long as it lasts.
        let end = ContinuousClock.now + .seconds(10)
        var after = ""
        while after != "spiffe://a.test/after", ContinuousClock.now < end {
          try await Task.sleep(for: .milliseconds(100))
          after = try await Self.name(channel)
        }
        #expect(after == "spiffe://a.test/after")
      }
    }
  }

  @Test("C7: a server of another name or authority is not called, and the error says why")
  func strangers() async throws {
    let certificates = try Certificates.shared.get()
    let folder = Certificates.folder
    try Certificates.makeAuthority("elsewhere", folder)
    try await ServerUnderTest.with(Router(services: [WhoAmI()]), tls: certificates.server) {
      address, _ in
      var renamed = certificates.client
      renamed.serverName = "other.test"
      // The address is no name of the certificate either.
      var unnamed = certificates.client
      unnamed.serverName = nil
      var distrusting = certificates.client
      distrusting.trustRootsPath = "\(folder)/elsewhere.pem"
      for tls in [renamed, unnamed, distrusting] {
        let channel = HTTP2Channel(endpoint: address, tls: tls)
        let start = ContinuousClock.now
        let error = await channel.failure()
        #expect(error?.code == .unavailable)
        #expect(error?.message.lowercased().contains("certificate") == true, "\(error as Any)")
        #expect(error?.message.contains(".cc") == false, "\(error as Any)")
        #expect(start.duration(to: .now) < .seconds(10))
        await Channels.close(channel)
      }
    }
  }

  @Test("C7: a server that speaks no TLS is not called")
  func plaintextServer() async throws {
    let tls = try Certificates.shared.get().anonymousClient
    try await ServerUnderTest.with(Router(services: [WhoAmI()])) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: tls)
      let error = await channel.failure(options: CallOptions(timeout: .seconds(15)))
      #expect(error?.code == .unavailable)
      await Channels.close(channel)
    }
  }

  // MARK: Credentials of calls

  @Test("call credentials: their metadata is sent over TLS, made for each call of each kind")
  func sent() async throws {
    let certificates = try Certificates.shared.get()
    let world = WireWorld()
    try await ServerUnderTest.with(world.router, tls: certificates.server) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: certificates.client)
      let log = Log()
      let credentials = CallCredentials { request in
        log.note(request)
        return ["x-token": .string("\(log.methods.count)")]
      }
      let options = CallOptions(timeout: .seconds(20), credentials: credentials)
      try await Channels.closing(channel) {
        try await channel.ask(metadata: ["x-own": "a"], options: options)
        #expect(world.lastSeen.metadata["x-token"] == ["1"])
        #expect(world.lastSeen.metadata["x-own"] == ["a"])
        let call = channel.stream(.bidirectionalStreaming, options: options)
        try await call.write([1], compressed: nil)
        call.finish()
        let (responses, error) = await call.all()
        #expect(responses == [[1]])
        #expect(error == nil)
        #expect(world.lastSeen.metadata["x-token"] == ["2"])
        #expect(log.methods == ["Echo", "Mirror"])
      }
    }
  }

  private final class Log: Sendable {
    private let requests = Mutex<[CallCredentials.Request]>([])
    func note(_ request: CallCredentials.Request) { requests.withLock { $0.append(request) } }
    var methods: [String] { requests.withLock { $0.map(\.method.method) } }
  }

  @Test("call credentials: over plaintext TCP the call fails, and nobody is asked for them")
  func plaintext() async throws {
    let world = WireWorld()
    try await ServerUnderTest.with(world.router) { address, _ in
      let channel = HTTP2Channel(endpoint: address)
      let isAsked = Signal()
      let credentials = CallCredentials { _ in
        isAsked.set()
        return ["x-token": "secret"]
      }
      let options = CallOptions(timeout: .seconds(20), credentials: credentials)
      try await Channels.closing(channel) {
        let error = await channel.failure(options: options)
        #expect(error?.code == .unauthenticated)
        let call = channel.stream(.bidirectionalStreaming, options: options)
        let (_, streamed) = await call.all()
        #expect(streamed?.code == .unauthenticated)
      }
      #expect(!isAsked.isSet)
      #expect(world.lastSeen.startedCount == 0)
    }
  }

  @Test("call credentials: over plaintext TCP behind a unix target they are not sent either")
  func redirected() async throws {
    let world = WireWorld()
    try await ServerUnderTest.with(world.router) { address, _ in
      var configuration = HTTP2Channel.Configuration()
      configuration.resolver = ServiceConfigRows.Book([address])
      let channel = HTTP2Channel(
        target: .unix(path: "/nowhere"), configuration: configuration)
      let credentials = CallCredentials { _ in ["x-token": "secret"] }
      try await Channels.closing(channel) {
        let error = await channel.failure(
          options: CallOptions(timeout: .seconds(20), credentials: credentials))
        #expect(error?.code == .unauthenticated)
      }
      #expect(world.lastSeen.startedCount == 0)
    }
  }

  @Test("call credentials: what they throw is how the call ends")
  func thrown() async throws {
    let certificates = try Certificates.shared.get()
    try await ServerUnderTest.with(WireWorld().router, tls: certificates.server) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: certificates.client)
      let credentials = CallCredentials { _ throws(RPCError) in
        throw RPCError(.permissionDenied, "no token")
      }
      let options = CallOptions(timeout: .seconds(20), credentials: credentials)
      try await Channels.closing(channel) {
        let error = await channel.failure(options: options)
        #expect(error?.code == .permissionDenied)
        let (_, streamed) = await channel.stream(.serverStreaming, request: [1], options: options)
          .all()
        #expect(streamed?.code == .permissionDenied)
      }
    }
  }

  /// Waits, and hears of no cancellation.
  private static func heedlessly(for duration: Duration) async {
    await Task.detached { try? await Task.sleep(for: duration) }.value
  }

  @Test(
    "Q12: the time that credentials take is the call's",
    arguments: [CallKind.unary, .bidirectionalStreaming])
  func slow(_ kind: CallKind) async throws {
    let certificates = try Certificates.shared.get()
    try await ServerUnderTest.with(WireWorld().router, tls: certificates.server) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: certificates.client)
      let credentials = CallCredentials { _ in
        await Self.heedlessly(for: .seconds(8))
        return [:]
      }
      let options = CallOptions(timeout: .milliseconds(200), credentials: credentials)
      try await Channels.closing(channel) {
        let start = ContinuousClock.now
        let error =
          kind == .unary
          ? await channel.failure(options: options)
          : await channel.stream(kind, options: options).all().error
        #expect(error?.code == .deadlineExceeded)
        #expect(start.duration(to: .now) < .seconds(5))
      }
    }
  }

  @Test(
    "R13: cancelling a task that waits for credentials: CANCELLED",
    arguments: [CallKind.unary, .bidirectionalStreaming])
  func cancelled(_ kind: CallKind) async throws {
    let certificates = try Certificates.shared.get()
    try await ServerUnderTest.with(WireWorld().router, tls: certificates.server) { address, _ in
      let channel = HTTP2Channel(endpoint: address, tls: certificates.client)
      let isAsked = Signal()
      let credentials = CallCredentials { _ in
        isAsked.set()
        await Self.heedlessly(for: .seconds(8))
        return [:]
      }
      let options = CallOptions(timeout: .seconds(20), credentials: credentials)
      try await Channels.closing(channel) {
        let task = Task {
          kind == .unary
            ? await channel.failure(options: options)
            : await channel.stream(kind, options: options).all().error
        }
        await isAsked.passed()
        let start = ContinuousClock.now
        task.cancel()
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(start.duration(to: .now) < .seconds(5))
      }
    }
  }
}

import Foundation
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of TLS and listeners: C7", .timeLimit(.minutes(2)))
struct TLSRows {
  /// What the openssl command sees of a server that is spoken to so.
  ///
  /// - Returns: all it says; nil when the server had not closed after `limit`
  private static func seen(
    port: Int, _ arguments: [String], sending bytes: [UInt8], limit: Duration
  ) async throws -> (said: String, isClosed: Bool) {
    try await Wire.blocking {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + arguments
      let file = Certificates.folder + "/said-\(UUID().uuidString)"
      try Data().write(to: URL(fileURLWithPath: file))
      let output = try #require(FileHandle(forWritingAtPath: file))
      let input = Pipe()
      process.standardOutput = output
      process.standardError = output
      process.standardInput = input
      try process.run()
      try? input.fileHandleForWriting.write(contentsOf: Data(bytes))
      let end = ContinuousClock.now + limit
      while process.isRunning, ContinuousClock.now < end { usleep(10_000) }
      let isClosed = !process.isRunning
      // Not SIGTERM: a process inherits from the thread that starts it that it does not hear of it.
      if !isClosed { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      let said = try Data(contentsOf: URL(fileURLWithPath: file))
      return (String(decoding: said, as: UTF8.self), isClosed)
    }
  }

  private static let hello = RawFrames.preface + RawFrames.settings

  /// No client certificate is asked for, and who says nothing is not closed for that.
  private static func withTLS<Result: Sendable>(
    _ body: @Sendable (Int) async throws -> Result
  ) async throws -> Result {
    var tls = try Certificates.shared.get().server
    tls.clientCAPath = nil
    return try await Wire.withServer(
      tls: tls, configure: Wire.setting { $0.limits.setupTime = .seconds(60) }, body)
  }

  @Test("C7: TLS 1.2 and 1.3 with h2 are spoken", arguments: ["-tls1_2", "-tls1_3"])
  func versions(_ version: String) async throws {
    let (said, isClosed) = try await Self.withTLS { port in
      try await Self.seen(
        port: port, [version, "-alpn", "http/1.1,h2"], sending: Self.hello, limit: .seconds(3))
    }
    #expect(said.contains("ALPN protocol: h2"))
    #expect(said.contains(version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3"))
    #expect(!isClosed)
  }

  @Test("C7: TLS 1.1 and 1.0 are refused by the server", arguments: ["-tls1_1", "-tls1"])
  func oldVersions(_ version: String) async throws {
    let (said, isClosed) = try await Self.withTLS { port in
      try await Self.seen(
        port: port, [version, "-cipher", "ALL:@SECLEVEL=0", "-alpn", "h2"], sending: [],
        limit: .seconds(20))
    }
    #expect(said.contains("alert protocol version"))
    #expect(isClosed)
  }

  @Test("C7: who does not agree on h2 is not served", arguments: [[], ["-alpn", "http/1.1"]])
  func alpn(_ arguments: [String]) async throws {
    let (said, isClosed) = try await Self.withTLS { port in
      try await Self.seen(port: port, arguments, sending: Self.hello, limit: .seconds(20))
    }
    #expect(isClosed)
    #expect(!said.contains("ALPN protocol: h2"))
  }

  @Test("C7: a client certificate of another authority is not let in")
  func foreignCertificate() async throws {
    let certificates = try Certificates.shared.get()
    let folder = Certificates.folder
    try Certificates.makeAuthority("other", folder)
    try Certificates.issue("stranger", "URI:\(Certificates.uri)", folder, authority: "other")
    let world = WireWorld()
    try await ServerUnderTest.with(world.router, tls: certificates.server) { address, _ in
      var client = certificates.client
      client.certificatePath = "\(folder)/stranger.pem"
      client.privateKeyPath = "\(folder)/stranger.key"
      let channel = HTTP2Channel(endpoint: address, tls: client)
      let error = await #expect(throws: RPCError.self) { try await Self.echo(channel) }
      #expect(error?.code == .unavailable)
      await channel.close()
      let honest = HTTP2Channel(endpoint: address, tls: certificates.client)
      let answer = try await Self.echo(honest)
      #expect(answer == [7])
      await honest.close()
    }
    #expect(world.lastSeen.startedCount == 1)
  }

  private static func echo(_ channel: HTTP2Channel) async throws(RPCError) -> [UInt8] {
    try await channel.unary(
      WireWorld.method("Echo", .unary), request: [7], metadata: [:],
      options: CallOptions(timeout: .seconds(20))
    ).message
  }

  // MARK: New certificates

  /// Answers when it is let, with the caller's address.
  private struct Gate: RPCService {
    static let serviceName = "wire.v1.Gate"
    static let wait = MethodDescriptor(service: serviceName, method: "Wait", kind: .unary)
    let opened: AsyncStream<Void>

    func methods() -> [MethodHandler] {
      [
        MethodHandler(
          Self.wait,
          .unary { request, call in
            if request == [1] { for await _ in opened { break } }
            return Array(call.peer.address.utf8)
          })
      ]
    }

    static func call(_ channel: HTTP2Channel, _ request: [UInt8]) async throws(RPCError) -> [UInt8]
    {
      try await channel.unary(
        wait, request: request, metadata: [:], options: CallOptions(timeout: .seconds(30))
      ).message
    }
  }

  @Test("C7: new certificates are for new connections; calls that run go on undisturbed")
  func reload() async throws {
    let roots = try Certificates.shared.get().client.trustRootsPath
    let folder = Certificates.folder
    for name in ["first", "second"] { try Certificates.issue(name, "DNS:\(name).test", folder) }
    try Self.install("first")
    let gate = AsyncStream.makeStream(of: Void.self)
    let tls = TLSConfiguration(
      certificatePath: "\(folder)/active.pem", privateKeyPath: "\(folder)/active.key")
    let router = Router(services: [Gate(opened: gate.stream)])
    try await ServerUnderTest.with(router, tls: tls) { address, server in
      func channel(_ name: String) -> HTTP2Channel {
        HTTP2Channel(
          endpoint: address, tls: ClientTLSConfiguration(trustRootsPath: roots, serverName: name))
      }
      let old = channel("first.test")
      let oldAddress = try await Gate.call(old, [])
      async let running = Gate.call(old, [1])

      try Self.install("second")
      try server.reloadCertificates()
      let stale = channel("first.test")
      let error = await #expect(throws: RPCError.self) { try await Gate.call(stale, []) }
      #expect(error?.code == .unavailable)
      let fresh = channel("second.test")
      let freshAddress = try await Gate.call(fresh, [])
      #expect(freshAddress != oldAddress)

      // Files that do not belong together change nothing.
      try Self.install("first", key: "second")
      #expect(throws: (any Error).self) { try server.reloadCertificates() }
      let again = channel("second.test")
      let againAddress = try await Gate.call(again, [])
      #expect(againAddress != oldAddress)

      let stillOld = try await Gate.call(old, [])
      #expect(stillOld == oldAddress)
      gate.continuation.yield()
      let ended = try await running
      #expect(ended == oldAddress)
      for channel in [old, stale, fresh, again] { await channel.close() }
    }
  }

  /// Puts certificate and key where the server reads them.
  private static func install(_ name: String, key: String? = nil) throws {
    for (from, to) in [("\(name).pem", "active.pem"), ("\(key ?? name).key", "active.key")] {
      let folder = URL(fileURLWithPath: Certificates.folder)
      let bytes = try Data(contentsOf: folder.appendingPathComponent(from))
      try bytes.write(to: folder.appendingPathComponent(to), options: .atomic)
    }
  }

  // MARK: Listeners

  @Test("one server listens in several places at once, and all lead to the same services")
  func listeners() async throws {
    let path = NSTemporaryDirectory() + "pasarela-\(UUID().uuidString.prefix(8)).sock"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bound = AsyncStream.makeStream(of: Endpoint.self)
    var configuration = HTTP2Server.Configuration(listen: [
      .tcp(host: "127.0.0.1", port: 0), .unix(path: path), .tcp(host: "127.0.0.1", port: 0),
    ])
    configuration.eventLoopCount = 2
    configuration.onListening = { bound.continuation.yield($0) }
    let world = WireWorld()
    let server = HTTP2Server(configuration: configuration, router: world.router)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      var places: [Endpoint] = []
      for await place in bound.stream {
        places.append(place)
        if places.count == 3 { break }
      }
      #expect(Set(places).count == 3)
      try await Self.callAll(places)
      server.shutdownGracefully()
      try await group.waitForAll()
    }
    #expect(world.lastSeen.startedCount == 3)
  }

  private static func callAll(_ places: [Endpoint]) async throws {
    for place in places {
      try await Wire.blocking {
        let socket =
          switch place {
          case .tcp(_, let port): try RawSocket(port: port)
          case .unix(let path): try RawSocket(path: path)
          }
        let connection = RawConnection(socket)
        try connection.begin()
        try connection.socket.send(Wire.request(1, body: Wire.message([8])))
        let data = try connection.first { $0.isData }
        #expect(data?.payload == Wire.message([8]))
        #expect(try connection.first { $0.endsStream } != nil)
      }
    }
  }
}

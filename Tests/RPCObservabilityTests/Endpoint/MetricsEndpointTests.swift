import Foundation
import Metrics
import RawHTTP2
import Synchronization
import Testing

@testable import RPCObservability

/// The endpoint over real sockets.
@Suite("the metrics endpoint")
struct MetricsEndpointTests {
  private static let get = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"

  /// Runs an endpoint for the time of `body`, which gets its port.
  @concurrent
  static func with(
    _ registry: PrometheusRegistry = PrometheusRegistry(),
    _ change: (inout MetricsEndpoint.Configuration) -> Void = { _ in },
    _ body: @Sendable (Int) async throws -> Void
  ) async throws {
    let (ports, bound) = AsyncStream.makeStream(of: Int.self)
    var configuration = MetricsEndpoint.Configuration()
    configuration.onListening = { bound.yield($1) }
    change(&configuration)
    let endpoint = MetricsEndpoint(registry: registry, configuration: configuration)
    let running = Task { try await endpoint.run() }
    do {
      var port: Int?
      for await one in ports {
        port = one
        break
      }
      try await body(#require(port))
      endpoint.shutdown()
      try await running.value
    } catch {
      running.cancel()
      throw error
    }
  }

  /// Sends a text and returns all that comes until the end of the connection or of an answer.
  static func ask(_ text: String, _ socket: RawSocket) throws -> String {
    try socket.send(Array(text.utf8))
    return try read(socket)
  }

  static func read(_ socket: RawSocket) throws -> String {
    var said = ""
    while true {
      let bytes = try socket.receive(withinMilliseconds: 5000)
      if bytes.isEmpty { return said }
      said += String(decoding: bytes, as: UTF8.self)
      guard let end = said.range(of: "\r\n\r\n"),
        let length = said.firstMatch(of: #/(?i)content-length: (\d+)/#)
      else { continue }
      if said[end.upperBound...].utf8.count >= Int(length.output.1) ?? 0 { return said }
    }
  }

  @Test("answers GET /metrics with the text, again and again on one connection")
  func answers() async throws {
    let registry = PrometheusRegistry()
    let counter = Counter(label: "c", factory: registry)
    try await Self.with(registry) { port in
      let socket = try RawSocket(port: port)
      for count in 1...3 {
        counter.increment()
        let said = try Self.ask(Self.get, socket)
        #expect(said.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(said.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(said.contains("c_total \(count)\n"))
        #expect(!said.lowercased().contains("connection: close"))
      }
    }
  }

  @Test(
    "refuses what it does not have",
    arguments: [
      ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 Not Found"),
      ("GET /metricsx HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 Not Found"),
      ("GET /../metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 404 Not Found"),
      ("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 405 Method"),
      ("DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 Method Not Allowed"),
      ("GET /metrics?a=b HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK"),
      ("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"),
      ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/1."),
    ])
  func refuses(request: String, answer: String) async throws {
    try await Self.with { port in
      let said = try Self.ask(request, RawSocket(port: port))
      #expect(said.hasPrefix(answer), "\(said)")
    }
  }

  @Test(
    "closes when the client says so, and after HTTP/1.0",
    arguments: [
      "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      "GET /metrics HTTP/1.0\r\n\r\n",
    ])
  func closes(request: String) async throws {
    try await Self.with { port in
      let socket = try RawSocket(port: port)
      let said = try Self.ask(request, socket)
      #expect(said.lowercased().contains("connection: close\r\n"))
      #expect(try socket.receive(withinMilliseconds: 5000).isEmpty)
    }
  }

  @Test("a request may have as many bytes as the limit, and not one more", arguments: [0, 1])
  func size(more: Int) async throws {
    let limit = 1000
    let head = "GET /metrics HTTP/1.1\r\nHost: "
    let request =
      head + String(repeating: "x", count: limit + more - head.utf8.count - 4) + "\r\n\r\n"
    try await Self.with {
      $0.requestByteCountMax = limit
    } _: { port in
      let socket = try RawSocket(port: port)
      let said = try Self.ask(request, socket)
      #expect(said.hasPrefix(more == 0 ? "HTTP/1.1 200" : "HTTP/1.1 431"))
      if more > 0 { #expect(try socket.receive(withinMilliseconds: 5000).isEmpty) }
      // The limit is each request's, not the connection's.
      if more == 0 { #expect(try Self.ask(request, socket).hasPrefix("HTTP/1.1 200")) }
    }
  }

  @Test("a body nobody asked for counts too")
  func body() async throws {
    try await Self.with {
      $0.requestByteCountMax = 1000
    } _: { port in
      let head = "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
      let said = try Self.ask(head + String(repeating: "x", count: 2000), RawSocket(port: port))
      #expect(said.hasPrefix("HTTP/1.1 431"))
    }
  }

  @Test("one connection more than the limit is closed, and one that left makes room")
  func connections() async throws {
    try await Self.with {
      $0.connectionCountMax = 2
    } _: { port in
      let first = try RawSocket(port: port)
      #expect(try Self.ask(Self.get, first).hasPrefix("HTTP/1.1 200"))
      do {
        let second = try RawSocket(port: port)
        #expect(try Self.ask(Self.get, second).hasPrefix("HTTP/1.1 200"))
        #expect(try RawSocket(port: port).receive(withinMilliseconds: 5000).isEmpty)
      }
      let deadline = ContinuousClock.now + .seconds(5)
      var said = ""
      while said.isEmpty, ContinuousClock.now < deadline {
        said = (try? Self.ask(Self.get, RawSocket(port: port))) ?? ""
      }
      #expect(said.hasPrefix("HTTP/1.1 200"))
      #expect(try Self.ask(Self.get, first).hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("who says nothing, or trickles, is closed when the time is over", arguments: [false, true])
  func slow(trickles: Bool) async throws {
    try await Self.with {
      $0.exchangeTimeout = .milliseconds(300)
    } _: { port in
      let socket = try RawSocket(port: port)
      let began = ContinuousClock.now
      var rest = Array(Self.get.utf8)[...]
      while ContinuousClock.now - began < .seconds(5) {
        if trickles, let byte = rest.popFirst() { try? socket.send([byte]) }
        guard let bytes = try? socket.receive(withinMilliseconds: 50) else { continue }
        #expect(bytes.isEmpty)
        break
      }
      #expect(ContinuousClock.now - began < .seconds(3))
      #expect(ContinuousClock.now - began > .milliseconds(200))
    }
  }

  @Test("who does not read a long answer is closed when the time is over")
  func deaf() async throws {
    let registry = PrometheusRegistry()
    let text = String(repeating: "x", count: 250)
    for index in 0..<64_000 {
      _ = registry.makeCounter(label: "c", dimensions: [("n", "\(index)"), ("text", text)])
    }
    // Longer than what sockets on loopback hold, and quick enough to be made in the time.
    let length = registry.text().count
    #expect(length > 16 << 20)
    try await Self.with(registry) {
      $0.exchangeTimeout = .seconds(3)
    } _: { port in
      let socket = try RawSocket(port: port)
      try socket.send(Array(Self.get.utf8))
      try await Task.sleep(for: .seconds(4))
      var count = 0
      while true {
        let bytes = try socket.receive(withinMilliseconds: 5000)
        if bytes.isEmpty { break }
        count += bytes.count
      }
      #expect(count < length)
      #expect(try Self.ask(Self.get, RawSocket(port: port)).hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("whatever bytes come, the next connection is answered", arguments: [1, 2, 3, 4])
  func garbage(seed: UInt64) async throws {
    var generator = SplitMix(state: seed)
    let requests = (0..<25).map { index in
      var bytes = Array(Self.get.utf8)
      for _ in 0...(index % 8) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
          truncatingIfNeeded: generator.next())
      }
      return index % 2 == 0 ? bytes : bytes.map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
    try await Self.with {
      $0.exchangeTimeout = .milliseconds(100)
    } _: { port in
      for request in requests {
        let socket = try RawSocket(port: port)
        try socket.send(request)
        // Answered, refused or, where the request is not whole, closed in time: never left open.
        while try !socket.receive(withinMilliseconds: 5000).isEmpty {}
      }
      #expect(try Self.ask(Self.get, RawSocket(port: port)).hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("an address that is taken is an error, and so is the end of the task not")
  func addresses() async throws {
    try await Self.with { port in
      var configuration = MetricsEndpoint.Configuration()
      configuration.port = port
      let second = MetricsEndpoint(
        registry: PrometheusRegistry(), configuration: configuration)
      await #expect(throws: (any Error).self) { try await second.run() }
    }
    let cancelled = MetricsEndpoint(registry: PrometheusRegistry())
    let task = Task { try await cancelled.run() }
    task.cancel()
    try await task.value
    let early = MetricsEndpoint(registry: PrometheusRegistry())
    early.shutdown()
    try await early.run()
  }
}

import Foundation
import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and servers that mean it ill", .timeLimit(.minutes(2)))
struct HostileRows {
  /// A server that does this to each connection once it has the first call, until the client goes; how the call ends.
  ///
  /// - Returns: the call's end, and the code of the client's GOAWAY
  private static func end(
    timeout: Duration = .seconds(10),
    _ attack: @escaping @Sendable (RawServed, Int32) throws -> Void
  ) async throws -> (error: RPCError?, goAway: UInt32?) {
    let code = Mutex<UInt32?>(nil)
    let error = try await ScriptedServer.with { connection in
      try connection.begin()
      let id = try connection.request().id
      do { try attack(connection, id) } catch is RawSocket.Failure {}
      try connection.untilGone()
      let goAway = connection.others.last { $0.isGoAway }
      code.withLock { $0 = goAway?.code }
    } configure: {
      $0.backoff = Backoff(initial: .seconds(60), multiplier: 1, max: .seconds(60))
    } _: { channel in
      await channel.failure(options: CallOptions(timeout: timeout))
    }
    return (error, code.withLock { $0 })
  }

  @Test("T3: a header list without end")
  func continuations() async throws {
    let block = RawFrames.block([("x-a", String(repeating: "a", count: 1000))])
    let (error, code) = try await Self.end { connection, id in
      try connection.send(RawFrames.unfinishedHeaders(id, RawFrames.block(Answers.head)))
      for _ in 0..<10_000 { try connection.send(RawFrames.continuation(id, block, isLast: false)) }
    }
    #expect(error?.code == .unavailable)
    #expect(code == nil || code == 11)
  }

  @Test("T8: PINGs without end")
  func pings() async throws {
    let (error, code) = try await Self.end { connection, _ in
      for _ in 0..<2000 { try connection.send((0..<50).flatMap { RawFrames.ping($0) }) }
    }
    #expect(error?.code == .unavailable)
    #expect(code == nil || code == 11)
  }

  @Test("T8: SETTINGS without end")
  func settings() async throws {
    let (error, code) = try await Self.end { connection, _ in
      for _ in 0..<10_000 { try connection.send(RawFrames.settings([(id: 3, value: 100)])) }
    }
    #expect(error?.code == .unavailable)
    #expect(code == nil || code == 11)
  }

  @Test("R8: informational heads without end")
  func informational() async throws {
    let (error, _) = try await Self.end(timeout: .seconds(2)) { connection, id in
      let head = RawFrames.headers(
        id, [(":status", "103"), ("x-a", String(repeating: "a", count: 1000))])
      for _ in 0..<5000 { try connection.send(head) }
    }
    // Each is legal; the deadline ends that, if nothing else does.
    #expect(
      error?.code == .deadlineExceeded || error?.code == .unavailable || error?.code == .internal)
  }

  @Test(
    "C1, Q12: a window of zero: nothing of the request's body leaves, and the deadline ends the call"
  )
  func window() async throws {
    try await ScriptedServer.with { connection in
      try connection.begin(settings: RawFrames.settings([(id: 4, value: 0)]))
      let request = try connection.head()
      #expect(try connection.reset(of: request.id) == 8)
      #expect(connection.request(request.id).body.isEmpty)
      // A window that opens later lets the next call through, and one that shrinks below zero waits.
      let next = try connection.head()
      try connection.send(RawFrames.settings([(id: 4, value: 3)]))
      try connection.read { connection.request(next.id).body.count == 3 }
      try connection.send(RawFrames.settings([(id: 4, value: 0)]))
      try connection.send(RawFrames.windowUpdate(next.id, 3))
      try connection.ping(1)
      #expect(connection.request(next.id).body.count == 3)
      try connection.send(RawFrames.windowUpdate(next.id, 100))
      try connection.read { connection.request(next.id).isEnded }
      #expect(connection.request(next.id).messages == [[1, 2, 3]])
      try connection.send(Answers.ok(next.id))
      try connection.untilGone()
    } _: { channel in
      let error = await channel.failure(options: CallOptions(timeout: .milliseconds(200)))
      #expect(error?.code == .deadlineExceeded)
      try await channel.ask([1, 2, 3])
    }
  }

  @Test("Q18: lengths of four gigabytes take no memory, however many calls get one")
  func lengths() async throws {
    let before = try Self.residentKilobytes()
    try await ScriptedServer.with { connection in
      try connection.begin()
      while true {
        let id = try connection.request().id
        try connection.send(Answers.head(id) + RawFrames.data(id, [0, 0xFF, 0xFF, 0xFF, 0xFF, 7]))
      }
    } _: { channel in
      for _ in 0..<50 {
        let error = await channel.failure()
        #expect(error?.code == .resourceExhausted)
      }
    }
    // One alone would be four million.
    #expect(try Self.residentKilobytes() - before < 200_000)
  }

  private static func residentKilobytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return try #require(Int(line.filter(\.isNumber)))
  }

  @Test("R13: frames that nothing allows end the connection", arguments: 0..<6)
  func nonsense(_ which: Int) async throws {
    let (error, code) = try await Self.end { connection, id in
      let frames = [
        RawFrames.frame(5, flags: 4, id: id, [0, 0, 0, 2]),
        RawFrames.headers(id + 100, Answers.head),
        RawFrames.headers(2, Answers.head),
        RawFrames.frame(0, id: 0, [1, 2, 3]),
        RawFrames.headers(id, block: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        RawFrames.data(id, Wire.message([7])),
      ]
      try connection.send(frames[which])
    }
    #expect(error?.code == .unavailable)
    #expect(code == nil || code == (which == 4 ? 9 : 1))
  }

  @Test("C6: a server that closes each connection behind its SETTINGS is not stormed")
  func storm() async throws {
    let count = Atomic(0)
    try await ScriptedServer.listening { connection in
      count.wrappingAdd(1, ordering: .relaxed)
      try connection.begin()
      try connection.ping(1)
      connection.close()
    } _: { port in
      var configuration = HTTP2Channel.Configuration()
      configuration.serviceConfig = try ServiceConfig(
        json: "{\"loadBalancingConfig\":[{\"round_robin\":{}}]}")
      let channel = HTTP2Channel(
        endpoint: .tcp(host: "127.0.0.1", port: port), configuration: configuration)
      try await Channels.closing(channel) {
        _ = await channel.failure()
        try await Task.sleep(for: .milliseconds(500))
      }
    }
    #expect(count.load(ordering: .relaxed) < 20)
  }
}

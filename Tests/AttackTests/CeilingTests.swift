import RPCCore
import RPCTransportHTTP2
import Testing

/// What all addresses together make the server hold: T13 from many of them, each within its own ceiling.
///
/// None gets more than half of what is left, so that those who come then find room, and what is held for nothing
/// goes when its time is over.
@Suite("attacks: what all hold together", .serialized, .timeLimit(.minutes(5)))
struct CeilingTests {
  /// So many requests fit with all that they bring.
  private static let heldCountMax = 15

  private static func bound(_ limits: inout HTTP2Server.Limits) {
    limits.heldByteCountMax = heldCountMax * HoldingCrowd.requestByteCount
    // More than any attacker sends.
    limits.heldByteCountMaxPerAddress =
      (HoldingCrowd.streamCount + 1) * HoldingCrowd.requestByteCount
  }

  /// Has five addresses take what they can of a server; then runs `body`, in which an honest client may call,
  /// and holds all of it to its cost.
  private static func filled(
    _ name: String, _ world: ServedWorld,
    limits: @escaping @Sendable (inout HTTP2Server.Limits) -> Void = { _ in },
    _ body: @Sendable (HoldingCrowd, HonestClient) async throws -> Void
  ) async throws {
    func change(_ configuration: inout HTTP2Server.Configuration) {
      bound(&configuration.limits)
      limits(&configuration.limits)
    }
    try await world.serve(configure: change) { address, port, _ in
      let honest = HonestClient(address, .world)
      #expect(await honest.call(times: 20).failures == [])
      let meter = try WorldMeter(thread: world.loopThread)
      let crowd = try HoldingCrowd(port: port)
      try await crowd.fill()
      #expect(world.told.ended == [.ok: 20, .resourceExhausted: crowd.endedCount])
      #expect(crowd.openCount >= HoldingCrowd.addressCount)
      #expect(crowd.openCount < heldCountMax)
      try await body(crowd, honest)
      #expect(await honest.call(times: 20).failures == [])
      let spent = try meter.spent()
      print("\(name): \(spent), \(world.told.ended), \(world.handlers.peak) handlers at once")
      // The ceiling twice, for arrays that grow by doubling, and the attackers' own bytes: of the 60 MiB that
      // they send a server without a ceiling would hold all. Measured: 17 MiB, 0.1 to 0.25 s, and a handler
      // at once.
      #expect(spent.peakGrowthKiB < AttackBound.megabytes(8 * 2 + 24))
      #expect(spent.cpuSeconds < AttackBound.cutOffCPUSeconds)
      #expect(world.handlers.peak <= HoldingCrowd.addressCount)
      await honest.channel.close()
    }
  }

  @Test("T13: a few addresses that take what they can leave room for those who come then")
  func ceiling() async throws {
    let world = ServedWorld()
    try await Self.filled("T13 ceiling", world) { crowd, honest in
      // Two of the calls have bodies of half a request.
      let record = await honest.call(times: 40)
      #expect(record.failures == [])
      #expect(record.bodyCount > 0)
    }
    #expect(world.handlers.started == 0)
  }

  @Test(
    "T13: those who fill the server are cut off, whether they are silent or keep the pace",
    arguments: [false, true])
  func patience(keepsPace: Bool) async throws {
    let world = ServedWorld()
    try await Self.filled("T13 patience, \(keepsPace ? "paced" : "silent")", world) { limits in
      limits.requestTime = .seconds(2)
      // The largest message takes four seconds at that rate.
      limits.calls.messageByteCountMax = 1 << 20
      limits.byteRateMin = 256 << 10
    } _: { crowd, _ in
      let start = Moment.now
      func cutOffCount() -> Int { world.told.ended[.deadlineExceeded] ?? 0 }
      // Two seconds or six, and a look each second; the rest is slack.
      let heldCount = crowd.openCount
      while cutOffCount() < heldCount, start.seconds < 15 {
        // Twice the rate.
        if keepsPace { try await crowd.keepPace() }
        try await Task.sleep(for: .milliseconds(30))
      }
      print("T13 patience: \(cutOffCount()) cut off after \(start.seconds) s")
      #expect(cutOffCount() == heldCount)
    }
  }
}

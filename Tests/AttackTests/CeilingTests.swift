import RPCCore
import RPCTransportHTTP2
import Testing

/// What all addresses together make the server hold: T13 from many of them, each within its own share.
///
/// Nothing is kept back for those who come then. While the ceiling is reached whoever adds to what is held is
/// refused, honest or not. What may be counted on is that memory stays bounded, that a refusal says what it
/// is, and that all are served again as soon as bytes have gone, which those who hold them for nothing cannot
/// put off for ever.
@Suite("attacks: what all hold together", .serialized, .timeLimit(.minutes(5)))
struct CeilingTests {
  /// So many requests fit with all that they bring; 64 KiB more are for their heads and some small calls.
  private static let heldCount = 15
  private static let refusedCount =
    HoldingCrowd.addressCount * HoldingCrowd.streamCount - heldCount

  private static func bound(_ limits: inout HTTP2Server.Limits) {
    limits.heldByteCountMax = heldCount * HoldingCrowd.requestByteCount + 64 << 10
    // More than any attacker sends.
    limits.heldByteCountMaxPerAddress =
      (HoldingCrowd.streamCount + 1) * HoldingCrowd.requestByteCount
  }

  /// Fills a server to its ceiling; then runs `body`, in which an honest client may call, and holds all of it
  /// to its cost.
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
      #expect(crowd.endedCount == refusedCount)
      #expect(world.told.ended == [.ok: 20, .resourceExhausted: refusedCount])
      try await body(crowd, honest)
      #expect(await honest.call(times: 20).failures == [])
      let spent = try meter.spent()
      print("\(name): \(spent), \(world.told.ended), \(world.handlers.peak) handlers at once")
      // The ceiling twice, for arrays that grow by doubling, and the attackers' own bytes: of the 60 MiB that
      // they send a server without a ceiling would hold all. Measured: 17 MiB, 0.1 to
      // 0.25 s, and a handler at once.
      #expect(spent.peakGrowthKiB < AttackBound.megabytes(8 * 2 + 24))
      #expect(spent.cpuSeconds < AttackBound.cutOffCPUSeconds)
      #expect(world.handlers.peak <= HoldingCrowd.addressCount)
      await honest.channel.close()
    }
  }

  @Test("T13: many addresses together are cut off at what the server may hold, until bytes go")
  func ceiling() async throws {
    let world = ServedWorld()
    try await Self.filled("T13 ceiling", world) { crowd, honest in
      // What is left is for everybody: the body of the first call does not fit in, the others do.
      let inTheRest = await honest.call(times: 20).failures
      #expect(inTheRest.count == 1)
      #expect(inTheRest.allSatisfy { $0.hasPrefix("RESOURCE_EXHAUSTED") })

      // When that is gone, too, nobody's calls begin.
      let isRefused = try await crowd.takeRest()
      #expect(isRefused)
      let inNothing = await honest.call(times: 3).failures
      #expect(inNothing.count == 3)
      #expect(inNothing.allSatisfy { $0.hasPrefix("UNAVAILABLE") })

      // Two requests are more than the honest client needs.
      crowd.giveUp(2)
      let areGone = await Blocking.run { world.waits { _ in world.told.ended[.cancelled] == 2 } }
      #expect(try areGone.get())
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
      while cutOffCount() < Self.heldCount, start.seconds < 15 {
        // Twice the rate.
        if keepsPace { try await crowd.keepPace() }
        try await Task.sleep(for: .milliseconds(30))
      }
      print("T13 patience: \(cutOffCount()) cut off after \(start.seconds) s")
      #expect(cutOffCount() == Self.heldCount)
    }
  }
}

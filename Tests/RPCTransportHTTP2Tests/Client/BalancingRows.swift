import RPCCore
import RPCPolicy
import RPCTransportHTTP2
import RawHTTP2
import Synchronization
import Testing

@Suite("the client and which server it calls", .timeLimit(.minutes(2)))
struct BalancingRows {
  @Test("A62: pick_first: all calls go to the first address")
  func first() async throws {
    try await Numbered.withServers(2) { places, services in
      let channel = try Numbered.channel(places)
      try await Channels.closing(channel) {
        for _ in 0..<10 {
          let answer = try await Numbered.ask(channel)
          #expect(answer == 0)
        }
      }
      #expect(services[1].callCount.load(ordering: .relaxed) == 0)
    }
  }

  @Test("A62: pick_first: an address that refuses is passed over at once")
  func refusing() async throws {
    let listener = try RawListener()
    listener.stop()
    let refusing = Endpoint.tcp(host: "127.0.0.1", port: listener.port)
    try await Numbered.withServers(1) { places, _ in
      let channel = try Numbered.channel([refusing] + places)
      try await Channels.closing(channel) {
        let answer = try await Numbered.ask(channel, timeout: .seconds(5))
        #expect(answer == 0)
      }
    }
  }

  @Test(
    "A61: Happy Eyeballs: an address that says nothing is tried alone for a quarter of a second only"
  )
  func silent() async throws {
    // Takes connections into its backlog and says nothing.
    let listener = try RawListener()
    let silent = Endpoint.tcp(host: "127.0.0.1", port: listener.port)
    try await Numbered.withServers(1) { places, _ in
      let channel = try Numbered.channel([silent] + places)
      let start = ContinuousClock.now
      try await Channels.closing(channel) {
        let answer = try await Numbered.ask(channel)
        #expect(answer == 0)
        let waited = start.duration(to: .now)
        #expect(waited >= .milliseconds(250))
        #expect(waited < .seconds(5))
      }
      // The connection nobody needs is given up, so that closing waits for nothing.
      #expect(start.duration(to: .now) < .seconds(6))
    }
    try await Wire.blocking {
      let socket = try #require(try listener.accept(withinMilliseconds: 1000))
      while !(try socket.receive(withinMilliseconds: 5000).isEmpty) {}
    }
  }

  @Test("A62: pick_first: when the server goes, the next call finds the other")
  func failover() async throws {
    let gone = AsyncStream.makeStream(of: Endpoint.self)
    try await Numbered.withServers(1) { places, _ in
      let stays = places[0]
      let service = Numbered.Service(9)
      let isUsed = Signal()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await ServerUnderTest.with(Router(services: [service])) { address, _ in
            gone.continuation.yield(address)
            await isUsed.passed()
          }
        }
        var iterator = gone.stream.makeAsyncIterator()
        let goes = try #require(await iterator.next())
        let channel = try Numbered.channel([goes, stays])
        try await Channels.closing(channel) {
          let first = try await Numbered.ask(channel)
          #expect(first == 9)
          isUsed.set()
          try await group.waitForAll()
          let second = try await Numbered.ask(channel)
          #expect(second == 0)
        }
      }
    }
  }

  @Test("round_robin: one call to each address in turn")
  func roundRobin() async throws {
    try await Numbered.withServers(3) { places, _ in
      let channel = try Numbered.channel(places, Numbered.roundRobin)
      try await Channels.closing(channel) {
        let answers = try await Numbered.answers(channel, from: [0, 1, 2], then: 30)
        for number in UInt8(0)..<3 { #expect(answers.count { $0 == number } == 10) }
      }
    }
  }

  @Test("round_robin: an address that cannot be reached is left out")
  func roundRobinWithout() async throws {
    let listener = try RawListener()
    listener.stop()
    let refusing = Endpoint.tcp(host: "127.0.0.1", port: listener.port)
    try await Numbered.withServers(2) { places, _ in
      let channel = try Numbered.channel([refusing] + places, Numbered.roundRobin)
      try await Channels.closing(channel) {
        let answers = try await Numbered.answers(channel, from: [0, 1], then: 10)
        #expect(answers.count { $0 == 0 } == 5)
      }
    }
  }

  @Test("A48: least_request: who is busy gets less")
  func leastRequest() async throws {
    let json = "{\"loadBalancingConfig\":[{\"least_request_experimental\":{\"choiceCount\":10}}]}"
    try await Numbered.withServers(2) { places, services in
      let channel = try Numbered.channel(places, json)
      try await Channels.closing(channel) {
        _ = try await Numbered.answers(channel, from: [0, 1], then: 0)
        services[0].isHeld.store(true, ordering: .relaxed)
        async let held = withThrowingTaskGroup(of: UInt8.self) { group in
          for _ in 0..<20 { group.addTask { try await Numbered.ask(channel) } }
          return try await group.reduce(into: 0) { $0 += $1 == 0 ? 1 : 0 }
        }
        let end = ContinuousClock.now + .seconds(10)
        let before = services[0].callCount.load(ordering: .relaxed)
        while services[0].callCount.load(ordering: .relaxed) == before, ContinuousClock.now < end {
          try await Task.sleep(for: .milliseconds(2))
        }
        // With ten draws of two, the free one is missed once in a thousand.
        var counts: [UInt8: Int] = [:]
        for _ in 0..<20 {
          let answer = try? await Numbered.ask(channel, timeout: .milliseconds(500))
          if let answer { counts[answer, default: 0] += 1 }
        }
        #expect((counts[1] ?? 0) >= 18)
        services[0].isHeld.store(false, ordering: .relaxed)
        let heldCount = try await held
        #expect(heldCount > 0)
      }
    }
  }

  @Test("A50: a server that fails more than the others is left out, and taken back later")
  func outliers() async throws {
    let json = """
      {"loadBalancingConfig":[{"round_robin":{}},{"outlier_detection_experimental":{"interval":"0.1s",
      "baseEjectionTime":"0.3s","maxEjectionPercent":50,
      "failurePercentageEjection":{"threshold":50,"minimumHosts":2,"requestVolume":3}}}]}
      """
    try await Numbered.withServers(3) { places, services in
      let channel = try Numbered.channel(places, json)
      try await Channels.closing(channel) {
        _ = try await Numbered.answers(channel, from: [0, 1, 2], then: 0)
        services[1].fails.store(true, ordering: .relaxed)
        // Calls go on until there are ten in a row without a failure.
        let end = ContinuousClock.now + .seconds(10)
        var goodCount = 0
        while goodCount < 10, ContinuousClock.now < end {
          let answer = try? await Numbered.ask(channel)
          goodCount = answer == nil ? 0 : goodCount + 1
          try await Task.sleep(for: .milliseconds(3))
        }
        #expect(goodCount == 10)
        services[1].fails.store(false, ordering: .relaxed)
        _ = try await Numbered.answers(channel, from: [0, 1, 2], then: 0)
      }
    }
  }

  @Test("C6: while nobody can be reached, attempts to connect keep their pause")
  func pause() async throws {
    let count = Atomic(0)
    try await ScriptedServer.listening { connection in
      count.wrappingAdd(1, ordering: .relaxed)
      connection.close()
    } _: { port in
      let channel = try Numbered.channel([.tcp(host: "127.0.0.1", port: port)]) {
        $0.backoff = Backoff(initial: .milliseconds(200), multiplier: 2, max: .seconds(5))
      }
      try await Channels.closing(channel) {
        let end = ContinuousClock.now + .milliseconds(500)
        while ContinuousClock.now < end {
          do throws(RPCError) {
            _ = try await Numbered.ask(channel)
            Issue.record("nobody can have answered")
          } catch {
            #expect(error.code == .unavailable)
          }
          try await Task.sleep(for: .milliseconds(5))
        }
      }
    }
    // At 0, 160 to 240 and 480 to 720 ms.
    #expect((2...3).contains(count.load(ordering: .relaxed)))
  }
}

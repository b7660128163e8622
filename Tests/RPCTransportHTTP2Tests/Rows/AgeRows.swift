import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("rows of age: C5", .timeLimit(.minutes(2)))
struct AgeRows {
  /// Answers PINGs until the server closes; the GOAWAYs, and when the first came.
  private static func farewells(
    _ connection: RawConnection, from began: ContinuousClock.Instant
  ) throws -> (frames: [RawConnection.Frame], first: Duration) {
    var frames: [RawConnection.Frame] = []
    var first = Duration.zero
    while let frame = try connection.next(before: .now + .seconds(10)) {
      if frame.isPing, !frame.isAcknowledgement {
        try connection.socket.send(RawFrames.frame(6, flags: 1, frame.payload))
      }
      guard frame.isGoAway else { continue }
      if frames.isEmpty { first = began.duration(to: .now) }
      frames.append(frame)
    }
    return (frames, first)
  }

  private static func expectTwoSteps(
    _ frames: [RawConnection.Frame], _ reason: String, last: UInt32
  ) {
    #expect(frames.map(\.lastStreamID) == [UInt32(Int32.max), last])
    #expect(frames.allSatisfy { $0.code == 0 })
    #expect(frames.last?.debugText == reason)
  }

  @Test("C5: a connection without calls is asked to end, in two steps, and told max_idle")
  func idle() async throws {
    try await Wire.withServer(
      configure: Wire.setting { $0.limits.connectionIdleMax = .milliseconds(400) }
    ) {
      port in
      try await Wire.blocking {
        let began = ContinuousClock.now
        let connection = try RawConnection(port: port)
        let (frames, first) = try Self.farewells(connection, from: began)
        Self.expectTwoSteps(frames, "max_idle", last: 0)
        #expect(first >= .milliseconds(400))
      }
    }
  }

  @Test("C5: idleness runs from the end of the last call, and not while one runs")
  func idleAfterCall() async throws {
    try await Wire.withConnection(
      configure: Wire.setting { $0.limits.connectionIdleMax = .milliseconds(400) }
    ) {
      connection in
      try connection.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
      let quiet = ContinuousClock.now + .milliseconds(1200)
      while let frame = try? connection.next(before: quiet) { #expect(!frame.isGoAway) }
      try connection.socket.send(RawFrames.data(1, [], endsStream: true))
      _ = try connection.first { $0.id == 1 && $0.endsStream }
      let (frames, first) = try Self.farewells(connection, from: .now)
      Self.expectTwoSteps(frames, "max_idle", last: 1)
      #expect(first >= .milliseconds(250))
    }
  }

  @Test("C5: a call resets idleness")
  func busy() async throws {
    try await Wire.withConnection(
      configure: Wire.setting { $0.limits.connectionIdleMax = .milliseconds(600) }
    ) {
      connection in
      for call in 0..<12 {
        let id = Int32(2 * call + 1)
        try connection.socket.send(Wire.request(id, body: Wire.message([1])))
        let end = ContinuousClock.now + .milliseconds(100)
        while let frame = try? connection.next(before: end) { #expect(!frame.isGoAway) }
      }
    }
  }

  @Test("C5: an old connection is asked to end, give or take a tenth, and told max_age")
  func age() async throws {
    try await Wire.withServer(
      configure: Wire.setting { $0.limits.connectionAgeMax = .milliseconds(800) }
    ) {
      port in
      try await withThrowingTaskGroup(of: Duration.self) { group in
        for _ in 0..<8 {
          group.addTask {
            try await Wire.blocking {
              let began = ContinuousClock.now
              let connection = try RawConnection(port: port)
              try connection.socket.send(Wire.request(1, body: Wire.message([1])))
              let (frames, first) = try Self.farewells(connection, from: began)
              Self.expectTwoSteps(frames, "max_age", last: 1)
              return first
            }
          }
        }
        var ages: [Duration] = []
        for try await age in group { ages.append(age) }
        #expect(ages.allSatisfy { $0 >= .milliseconds(720) })
        // They came together and do not leave together.
        let sorted = ages.sorted()
        #expect(sorted[7] - sorted[0] > .milliseconds(5))
      }
    }
  }

  @Test("C5: calls of an old connection go on, without end where there is no grace")
  func endless() async throws {
    try await Wire.withConnection(
      configure: Wire.setting { $0.limits.connectionAgeMax = .milliseconds(300) }
    ) {
      connection in
      try connection.socket.send(RawFrames.headers(1, Wire.fields("Mirror")))
      let goAway = try connection.first { $0.isGoAway }
      #expect(goAway?.lastStreamID == UInt32(Int32.max))
      for round in 0..<10 {
        try connection.socket.send(RawFrames.data(1, Wire.message([UInt8(round)])))
        let data = try connection.first { $0.id == 1 && $0.isData }
        #expect(data?.payload == Wire.message([UInt8(round)]))
        let end = ContinuousClock.now + .milliseconds(100)
        while (try? connection.next(before: end)) != nil {}
      }
      try connection.socket.send(RawFrames.data(1, [], endsStream: true))
      let rest = try connection.rest()
      #expect(rest.contains { $0.id == 1 && $0.endsStream })
    }
  }

  @Test("C5: when the grace of an old connection is over, its calls are cancelled")
  func grace() async throws {
    let world = WireWorld()
    try await Wire.withServer(
      world.router,
      configure: Wire.setting {
        $0.limits.connectionAgeMax = .milliseconds(200)
        $0.limits.connectionAgeGrace = .milliseconds(400)
      }
    ) { port in
      try await Wire.blocking {
        let began = ContinuousClock.now
        let connection = try RawConnection(port: port)
        try connection.socket.send(Wire.request(1, "SleepDown", body: Wire.message([1])))
        _ = try Self.farewells(connection, from: began)
        #expect(began.duration(to: .now) >= .milliseconds(580))
      }
      let cancelled = try await world.eventually { $0.cancelledCount == 1 }
      #expect(cancelled)
    }
  }
}

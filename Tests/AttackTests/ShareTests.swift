import Glibc
import RPCCore
import RPCTransportHTTP2
import RawHTTP2
import Testing

/// What one address may take of what everybody shares: parts of T1, T10, T13 and T23. The attackers come from
/// 127.0.0.2, the honest client from 127.0.0.1.
@Suite("attacks: more than one's share", .serialized, .timeLimit(.minutes(5)))
struct ShareTests {
  private static let largePrefix: [UInt8] = [0, 0, 0x3F, 0xFF, 0xFF]
  private static let echo = ServedWorld.Method.echo.path

  private static func attackers(
    _ count: Int, port: Int, settings: [(UInt16, UInt32)] = []
  ) throws -> [AttackSocket] {
    try (0..<count).map { _ in
      let socket = try AttackSocket(port: port, from: 2)
      try socket.begin(settings: settings)
      return socket
    }
  }

  @Test("T1: silent streams of one address take the handlers of that address, not everybody's")
  func handlers() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T1 share") { limits in
      limits.runningHandlerCountMaxPerAddress = 50
      limits.runningHandlerCountMax = 150
    } _: { port, _ in
      let sockets = try Self.attackers(3, port: port)
      let head = AttackFrames.fields(ServedWorld.Method.ignore.path)
      for socket in sockets {
        socket.send(AttackFrames.ids(90).flatMap { RawFrames.headers($0, head) })
      }
      for socket in sockets {
        socket.send(AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
      }
      // The honest client is served while they stay.
      for socket in sockets { socket.read(within: 0.2) }
      return (
        refused: sockets.reduce(0) { $0 + ($1.heard.resets[7] ?? 0) },
        running: world.handlers.named[ServedWorld.Method.ignore.rawValue]
      )
    }
    #expect(outcome.value.refused == 3 * 90 - 50)
    #expect(outcome.value.running == 50)
    #expect(outcome.handlers.peak <= 51)
  }

  @Test("T1: calls whose heads were let in are handlers only when there is room for their handlers")
  func handlersAtOnce() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T1 heads first") { limits in
      limits.runningHandlerCountMaxPerAddress = 10
      limits.runningHandlerCountMax = 30
    } _: { port, _ in
      let sockets = try Self.attackers(3, port: port)
      let head = AttackFrames.fields(ServedWorld.Method.deaf.path)
      func send(_ frames: (Int32) -> [UInt8]) {
        for socket in sockets { socket.send(AttackFrames.ids(90).flatMap(frames)) }
        for socket in sockets {
          let pongs = socket.heard[6]
          socket.send(AttackFrames.ping)
          socket.read(within: 5) { socket.heard[6] > pongs }
        }
      }
      send { RawFrames.headers($0, head) }
      send { RawFrames.data($0, AttackFrames.message([]), endsStream: true) }
      return (
        running: world.handlers.named[ServedWorld.Method.deaf.rawValue],
        refused: sockets.reduce(0) { $0 + ($1.heard.resets[7] ?? 0) }
      )
    }
    #expect(outcome.value.running == 10)
    #expect(outcome.value.refused == 3 * 90 - 10)
    #expect(outcome.handlers.peak <= 11)
  }

  @Test("T4: the heads of calls that are open count for their address")
  func heads() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T4 share") { limits in
      limits.heldByteCountMaxPerAddress = 1 << 20
    } _: { port, _ in
      let sockets = try Self.attackers(3, port: port)
      let fields = AttackFrames.fields(
        Self.echo, [("x-large", String(repeating: "a", count: 14_000))])
      for socket in sockets {
        socket.send(AttackFrames.ids(50).flatMap { RawFrames.headers($0, fields) })
        socket.send(AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
      }
      return sockets.reduce(0) { $0 + ($1.heard.resets[7] ?? 0) }
    }
    // Some 28 KiB each, as they came and as metadata: a MiB is 37 of them.
    #expect(outcome.value >= 150 - 37)
  }

  @Test("T13: a request that its handler was given is held until the handler ends")
  func taken() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T13 taken") { limits in
      limits.heldByteCountMaxPerAddress = 1 << 20
    } _: { port, _ in
      let socket = try Self.attackers(1, port: port)[0]
      let body = [UInt8](repeating: 1, count: 100_000)
      for id in AttackFrames.ids(20) {
        socket.send(AttackFrames.call(id, ServedWorld.Method.sleep.path, body))
      }
      socket.send(AttackFrames.ping)
      socket.read(within: 5) { socket.heard[6] > 0 }
      let running = world.handlers.named[ServedWorld.Method.sleep.rawValue]
      socket.send(AttackFrames.ids(20).flatMap { AttackFrames.reset($0) })
      _ = world.waits { $0.named[ServedWorld.Method.sleep.rawValue] == 0 }
      // And when they have ended there is room again.
      socket.send(AttackFrames.call(101, Self.echo, [UInt8](repeating: 1, count: 60_000)))
      socket.read(within: 5) { socket.heard.endedStreams.contains(101) }
      return (running: running ?? 0, later: socket.heard.dataByteCounts[101])
    }
    #expect((9...10).contains(outcome.value.running))
    #expect(outcome.value.later == 60_005)
  }

  @Test("T13: who takes requests behind the end of their stream makes room for others at once")
  func takenBehindEnd() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T13 taken behind the end") { limits in
      limits.heldByteCountMaxPerAddress = 1 << 20
    } _: { port, _ in
      let sockets = try Self.attackers(2, port: port)
      let (holder, other) = (sockets[0], sockets[1])
      let body = [UInt8](repeating: 1, count: 100_000)
      for id in AttackFrames.ids(10) {
        holder.send(AttackFrames.call(id, ServedWorld.Method.hoard.path, body))
      }
      // From here on nothing comes on this connection, and nothing is sent on it.
      holder.send(AttackFrames.ping)
      holder.read(within: 5) { holder.heard[6] > 0 }
      func answer(to id: Int32) -> Int? {
        other.send(AttackFrames.call(id, ServedWorld.Method.read.path, body))
        other.read(within: 5) { other.heard.endedStreams.contains(id) }
        return other.heard.dataByteCounts[id]
      }
      let before = answer(to: 1)
      world.release()
      _ = world.waits { $0.readCount == 10 }
      return (
        before: before, after: answer(to: 3),
        running: world.handlers.named[ServedWorld.Method.hoard.rawValue]
      )
    }
    #expect(outcome.value.before == nil)
    #expect(world.told.ended[.resourceExhausted] == 1)
    // A message without bytes.
    #expect(outcome.value.after == 5)
    // Their end would have made room as well.
    #expect(outcome.value.running == 10)
  }

  @Test("T10: what a closed connection had to send is not kept by its handlers")
  func closed() async throws {
    let world = ServedWorld()
    // What the last connection had to send: the same 17 MiB after 20 connections and after 60.
    let cost = AttackCost(peakGrowthKiB: AttackBound.megabytes(16) + AttackBound.flatKiB)
    let attack = try await world.attacked("T10 closed", cost: cost) { limits in
      limits.heldByteCountMaxPerAddress = 16 << 20
    } _: { port, _ in
      let before = try ProcessMeasure(of: getpid())
      let body = [UInt8](repeating: 1, count: 2 << 20)
      for _ in 0..<20 {
        let socket = try Self.attackers(1, port: port, settings: [(4, 0)])[0]
        socket.send(AttackFrames.call(1, ServedWorld.Method.deaf.path))
        for id in [3, 5, 7] as [Int32] { socket.send(AttackFrames.call(id, Self.echo, body)) }
        socket.send(AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
      }
      let deaf = world.handlers.named[ServedWorld.Method.deaf.rawValue]
      return (
        deaf: deaf, growthKiB: try ProcessMeasure(of: getpid()).residentKiB - before.residentKiB
      )
    }
    #expect(attack.value.deaf == 20)
    // All of them would be 120 MiB.
    #expect(attack.value.growthKiB < AttackBound.megabytes(60))
  }

  @Test("T1: handlers that outlive their connection are still their address's")
  func handlersWithoutConnection() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T1 leavers") { limits in
      limits.runningHandlerCountMaxPerAddress = 50
    } _: { port, _ in
      func call() throws -> Int {
        let socket = try Self.attackers(1, port: port)[0]
        socket.send(
          AttackFrames.ids(50).flatMap { AttackFrames.call($0, ServedWorld.Method.deaf.path) }
            + AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
        return socket.heard.resets[7] ?? 0
      }
      return try [call(), call(), call()]
    }
    #expect(outcome.value == [0, 50, 50])
    #expect(outcome.handlers.named[ServedWorld.Method.deaf.rawValue] == 50)
  }

  @Test("T13: unfinished requests of one address take the memory of that address")
  func unfinished() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T13 share") { limits in
      limits.heldByteCountMaxPerAddress = 4 << 20
    } _: { port, _ in
      let sockets = try Self.attackers(6, port: port)
      let other = try AttackSocket(port: port, from: 3)
      try other.begin()
      let chunk = [UInt8](repeating: 1, count: 16_384)
      func grow(_ socket: AttackSocket) {
        for id in AttackFrames.ids(4) where !socket.heard.endedStreams.contains(id) {
          socket.send(RawFrames.data(id, chunk))
        }
      }
      for socket in sockets + [other] {
        for id in AttackFrames.ids(4) {
          socket.send(
            RawFrames.headers(id, AttackFrames.fields(Self.echo))
              + RawFrames.data(id, Self.largePrefix))
        }
      }
      for _ in 0..<32 { (sockets + [other]).forEach(grow) }
      for socket in sockets + [other] {
        socket.send(AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
      }
      return (
        ended: sockets.reduce(0) { $0 + $1.heard.endedStreams.count },
        others: other.heard.endedStreams.count
      )
    }
    // 24 streams would hold 512 KiB each; four MiB are eight of them.
    #expect(outcome.value.ended >= 24 - 8 - 1)
    #expect(outcome.value.others == 0)
    #expect(world.told.ended[.resourceExhausted] == outcome.value.ended)
  }

  @Test(
    "T10: answers that nobody reads take the memory of their address, and then calls are refused")
  func unread() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T10 share") { limits in
      limits.heldByteCountMaxPerAddress = 1 << 20
    } _: { port, _ in
      let sockets = try Self.attackers(10, port: port, settings: [(4, 0)])
      let body = [UInt8](repeating: 1, count: 60_000)
      for socket in sockets {
        for id in AttackFrames.ids(5) { socket.send(AttackFrames.call(id, Self.echo, body)) }
        socket.send(AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
      }
      return sockets.reduce(0) { $0 + ($1.heard.resets[7] ?? 0) + $1.heard.endedStreams.count }
    }
    // 50 answers would be 3 MB; a MiB is eighteen of them at most.
    #expect(outcome.value >= 50 - 18)
  }

  @Test("T10: of many calls in one segment those wait whose answers nobody reads yet")
  func unreadInOneSegment() async throws {
    let world = ServedWorld()
    let outcome = try await world.attacked("T10 segment") { limits in
      limits.unsentByteCountMaxPerConnection = 10_000
    } _: { port, _ in
      let socket = try Self.attackers(1, port: port, settings: [(4, 0)])[0]
      let body = [UInt8](repeating: 1, count: 1_000)
      socket.send(
        AttackFrames.ids(60).flatMap { AttackFrames.call($0, Self.echo, body) }
          + AttackFrames.ping)
      socket.read(within: 5) { socket.heard[6] > 0 }
      let handled = world.handlers.started
      // Given up while it waits, a call is never handled.
      socket.send(AttackFrames.reset(119))
      for id in AttackFrames.ids(59) { socket.send(AttackFrames.windowUpdate(id, 2_000)) }
      socket.read(within: 5) { socket.heard.endedStreams.count == 59 }
      return (handled: handled, ended: socket.heard.endedStreams.count)
    }
    // Ten answers of a thousand bytes pass ten thousand.
    #expect(outcome.value.handled == 10)
    #expect(outcome.value.ended == 59)
    #expect(world.told.ended[.cancelled] == 1)
    #expect(outcome.handlers.started == 59)
  }
}

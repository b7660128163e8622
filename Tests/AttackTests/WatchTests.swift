import RawHTTP2
import Testing

@testable import RPCServices

/// What one address may take of the calls that watch a server's health: part of T1. Balancers hold a server for
/// ill that refuses them (gRFC A17).
@Suite("attacks: health", .serialized, .timeLimit(.minutes(5)))
struct WatchTests {
  private static let path = "/grpc.health.v1.Health/Watch"
  private static let connectionCount = 10
  private static let callCount = 100

  @Test("T1: watches of one address take the share of that address, and others may watch")
  func watches() async throws {
    let board = HealthBoard()
    let share = board.limits.watcherCountMaxPerAddress
    let asked = Self.connectionCount * Self.callCount
    // As many as everybody together may have, or the attack would be none.
    #expect(asked >= board.limits.watcherCountMax)
    let outcome = try await ServedWorld().attacked("T1 watches", adding: [HealthService(board)]) {
      port, _ in
      let sockets = try (0..<Self.connectionCount).map { _ in
        let socket = try AttackSocket(port: port, from: 2)
        try socket.begin()
        return socket
      }
      let calls = AttackFrames.ids(Self.callCount)
        .flatMap { AttackFrames.call($0, Self.path) }
      for socket in sockets { socket.send(calls) }
      for socket in sockets {
        socket.read(within: 10) {
          socket.heard.dataByteCounts.count + socket.heard.endedStreams.count == Self.callCount
        }
      }
      let honest = try AttackSocket(port: port)
      try honest.begin()
      honest.send(AttackFrames.call(1, Self.path))
      let isAnswered = honest.read(within: 5) { honest.heard.dataByteCounts[1] != nil }
      // And is told of what changes.
      let first = honest.heard.dataByteCounts[1] ?? 0
      board.set("", .notServing)
      let isTold = honest.read(within: 5) { honest.heard.dataByteCounts[1] ?? 0 > first }
      return (
        isAnswered: isAnswered, isTold: isTold, count: board.watcherCount,
        refused: sockets.reduce(0) { $0 + $1.heard.endedStreams.count }
      )
    }
    #expect(outcome.value.isAnswered)
    #expect(outcome.value.isTold)
    #expect(outcome.value.count == share + 1)
    #expect(outcome.value.refused == asked - share)
    // The sockets are gone, and with them what they had taken.
    let isOver = await Blocking.run {
      let start = Moment.now
      while board.watcherCount > 0, start.seconds < 10 { Blocking.pause(milliseconds: 1) }
      return board.watcherCount == 0 && board.watcherShareCount == 0
    }
    #expect(try isOver.get())
  }
}

import RawHTTP2

/// Attackers of several addresses, 127.0.0.2 and following, each with a connection whose requests grow and
/// never end, until what all hold together is as much as they were told.
///
/// `@unchecked Sendable`: the test that owns it uses it from one task.
final class HoldingCrowd: @unchecked Sendable {
  static let addressCount = 5
  static let streamCount = 24
  /// What each request brings at most.
  static let requestByteCount = 32 * chunk.count

  private static let chunk = [UInt8](repeating: 1, count: 16_384)
  /// The head of a message of 1 MiB − 1.
  private static let prefix: [UInt8] = [0, 0, 0x0F, 0xFF, 0xFF]

  private let sockets: [AttackSocket]
  /// For calls behind those that are held.
  private var nextID = Int32(2 * streamCount + 1)

  init(port: Int) throws {
    sockets = try (0..<Self.addressCount).map { index in
      let socket = try AttackSocket(port: port, from: UInt8(2 + index))
      try socket.begin()
      return socket
    }
  }

  /// Requests that the server has ended.
  var endedCount: Int { sockets.reduce(0) { $0 + $1.heard.endedStreams.count } }

  /// Those that it has not.
  var openCount: Int { sockets.reduce(0) { $0 + open(on: $1).count } }

  /// Lets requests grow until each has been refused or has brought what it had to.
  func fill() async throws {
    try await Blocking.run { [self] in
      for socket in sockets {
        for id in AttackFrames.ids(Self.streamCount) {
          socket.send(
            RawFrames.headers(id, AttackFrames.fields(ServedWorld.Method.echo.path))
              + RawFrames.data(id, Self.prefix))
        }
      }
      for _ in 0..<Self.requestByteCount / Self.chunk.count {
        for socket in sockets {
          for id in open(on: socket) { socket.send(RawFrames.data(id, Self.chunk)) }
        }
      }
      for socket in sockets {
        socket.send(AttackFrames.ping)
        socket.read(within: 5) { socket.heard[6] > 0 }
      }
    }.get()
  }

  /// Makes one small call on each connection, whose request counts for the pace of those that are held.
  func keepPace() async throws {
    try await Blocking.run { [self] in
      let id = takeID()
      for socket in sockets {
        socket.send(AttackFrames.call(id, ServedWorld.Method.read.path, Self.chunk))
      }
    }.get()
  }

  private func open(on socket: AttackSocket) -> [Int32] {
    AttackFrames.ids(Self.streamCount).filter { !socket.heard.endedStreams.contains($0) }
  }

  private func takeID() -> Int32 {
    defer { nextID += 2 }
    return nextID
  }
}

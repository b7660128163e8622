import HTTP2
import Synchronization

/// A client that keeps ten unary calls and four streams under way, on whichever of some servers takes calls:
/// where one says goodbye, its calls go on to their end, and new ones go to the next.
final class RoamingLoad: Sendable {
  /// How its calls ended.
  struct Tally: Sendable {
    var answered = 0
    var answeredStreams = 0
    /// Answered by a server that was not the first.
    var answeredElsewhere = 0
    /// Refused before a handler saw them, and made again.
    var refused = 0
    var failed: [String] = []
  }

  /// StreamingOutputCallRequest{10 × {size: 10, interval: 20 ms}}
  private static let slowStream = (0..<10).flatMap { _ -> [UInt8] in
    [0x12, 6, 8, 10, 0x10, 0xA0, 0x9C, 0x01]
  }
  private static let callCount = 14
  private static let streamCount = 4

  private let ports: [Int]
  private let state = Mutex((tally: Tally(), isStopped: false))

  /// - Parameter ports: of the servers, the first to be called first
  init(ports: [Int]) { self.ports = ports }

  var tally: Tally { state.withLock { $0.tally } }

  /// Lets the calls that are under way come to their end, and begins none after them.
  func stop() { state.withLock { $0.isStopped = true } }

  /// Calls until it is stopped; blocks its thread.
  func run() {
    var lines: [Line] = []
    do {
      while true {
        let isStopped = state.withLock { $0.isStopped }
        if isStopped, lines.allSatisfy(\.calls.isEmpty) { return }
        if !isStopped {
          if lines.last?.isLeaving ?? true { lines.append(try connect(after: lines.last)) }
          try fill(lines[lines.count - 1])
        }
        for line in lines {
          line.client.pump(within: 0.002) { false }
          settle(line)
        }
        lines.removeAll { $0.isLeaving && $0.calls.isEmpty }
      }
    } catch {
      state.withLock { $0.tally.failed.append("\(error)") }
    }
  }

  /// A connection and its open calls: whether each is a stream.
  private final class Line {
    let client: SessionClient
    let index: Int
    var calls: [Int32: Bool] = [:]

    init(_ client: SessionClient, _ index: Int) {
      self.client = client
      self.index = index
    }

    /// It takes no new calls.
    var isLeaving: Bool {
      client.lastStreamID != nil || client.socket.isClosed || !client.session.allowsRequests
    }
  }

  /// The next server that takes connections.
  private func connect(after line: Line?) throws -> Line {
    let first = line.map { $0.index + 1 } ?? 0
    let start = Moment.now
    var index = first
    while start.seconds < 10 {
      index %= ports.count
      if let client = try? SessionClient(port: ports[index]) { return Line(client, index) }
      index += 1
    }
    throw AttackFailure("no server takes connections")
  }

  private func fill(_ line: Line) throws {
    while line.calls.count < Self.callCount, !line.isLeaving {
      let isStream = line.calls.values.count { $0 } < Self.streamCount
      let stream = try line.client.call(
        isStream ? "/grpc.testing.TestService/StreamingOutputCall" : "/anchor.v1.Echo/Unary",
        isStream ? Self.slowStream : [0x0A, 1, 9])
      line.calls[stream.id] = isStream
    }
  }

  private func settle(_ line: Line) {
    for (id, isStream) in line.calls {
      guard let call = line.client.calls[id], call.isOver || line.client.socket.isClosed else {
        continue
      }
      line.calls[id] = nil
      state.withLock { state in
        if call.status == "0" {
          state.tally.answered += 1
          if isStream { state.tally.answeredStreams += 1 }
          if line.index > 0 { state.tally.answeredElsewhere += 1 }
        } else if call.closeCode == 7 || id > line.client.lastStreamID ?? .max {
          state.tally.refused += 1
        } else {
          state.tally.failed.append("\(id): \(line.client.said(of: id))")
        }
      }
    }
  }
}

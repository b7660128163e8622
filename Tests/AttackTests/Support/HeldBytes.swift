import Foundation

/// Bytes on their way from a server on loopback that the system keeps: what the server's sockets have not
/// got rid of, and what its clients have not read. From /proc/net/tcp (proc(5)).
enum HeldBytes {
  static func count(port: Int) throws -> Int {
    let table = try String(contentsOfFile: "/proc/self/net/tcp", encoding: .utf8)
    let ending = ":" + String(format: "%04X", port)
    return table.split(separator: "\n").dropFirst().reduce(0) { sum, line in
      let fields = line.split(separator: " ")
      guard fields.count > 4, fields[3] == established else { return sum }
      // Hexadecimal, to be sent and to be read.
      let queues = fields[4].split(separator: ":").map { Int($0, radix: 16) ?? 0 }
      guard queues.count == 2 else { return sum }
      return sum + (fields[1].hasSuffix(ending) ? queues[0] : 0)
        + (fields[2].hasSuffix(ending) ? queues[1] : 0)
    }
  }

  private static let established = "01"
}

extension AttackSocket {
  /// Grants the server bytes until the system takes no more of them and a few KiB wait within the server:
  /// fewer than would keep it from reading on. It must be sending without end, on windows that do not hold
  /// it back, over the connection's window.
  func fill(port: Int) throws {
    var held = try Self.settled(port: port, from: 0)
    var stallCount = 0
    for _ in 0..<1_000 {
      // A busy machine may be mistaken for a full system once, not twice.
      let step = stallCount == 0 ? 32 << 10 : 8 << 10
      send(AttackFrames.windowUpdate(0, UInt32(step)), isReading: false)
      let now = try Self.settled(port: port, from: held + step)
      stallCount = now < held + step ? stallCount + 1 : 0
      if stallCount == 2 { return }
      held = now
    }
    throw AttackFailure("the system takes everything: \(held) bytes")
  }

  /// What the system keeps once it is at least `minimum`, or for a while has not become more.
  private static func settled(port: Int, from minimum: Int) throws -> Int {
    var held = try HeldBytes.count(port: port)
    var last = Moment.now
    while held < minimum || minimum == 0, last.seconds < 0.2 {
      Blocking.pause(milliseconds: 1)
      let now = try HeldBytes.count(port: port)
      if now != held { last = .now }
      held = now
    }
    return held
  }
}

internal import HTTP2

/// A session at either end, fed with anything and used as transports use it.
///
/// The first byte is the plan: bit 0 the role (client when set), bits 1 and 2 the size of the pieces,
/// bits 3 and 4 how events are answered, bit 5 a peer who reads five bytes at a time, bit 6 one who
/// reads nothing before the end, bit 7 that the peer's preface and SETTINGS are part of the input.
enum HTTP2SessionTarget {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let emptySettings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
  private static let pieceByteCounts = [1, 9, 100, Int.max]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = FuzzInput(bytes)
    let plan = input.byte()
    let role: HTTP2Session.Role = plan & 1 == 0 ? .server : .client
    var opening: [UInt8] = []
    if plan & 0x80 == 0 { opening = (role == .server ? preface : []) + emptySettings }
    let user = try SessionUser(
      role: role, manner: SessionUser.Manner(plan: plan >> 3),
      drainByteCount: plan & 0x20 == 0 ? 16 * 1024 : 5)
    let traffic = opening + input.rest()
    for piece in traffic.cut(every: pieceByteCounts[Int(plan >> 1 & 3)]) {
      try user.receive(piece)
      if plan & 0x40 == 0 { try user.drain() }
      if user.isOver { break }
    }
    try user.drain()
    try user.checkOutput(inputByteCount: traffic.count)
  }
}

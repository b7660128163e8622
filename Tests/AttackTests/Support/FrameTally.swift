/// Counts the frames of a server as its bytes come.
struct FrameTally {
  struct GoAway: Hashable {
    var lastStreamID: Int32
    var code: UInt32
    var debugData: String

    /// Streams a client has opened up to it, if it used every id.
    var streamCount: Int { (Int(lastStreamID) + 1) / 2 }
  }

  /// Bytes in all.
  private(set) var byteCount = 0
  /// RST_STREAM frames by their codes.
  private(set) var resets: [UInt32: Int] = [:]
  /// GOAWAY frames in order.
  private(set) var goAways: [GoAway] = []
  /// Streams that were reset, each with its code.
  private(set) var resetStreams: [Int32: UInt32] = [:]
  /// Streams that the server has ended in the ordinary way.
  private(set) var endedStreams: Set<Int32> = []
  /// Bytes of DATA by stream.
  private(set) var dataByteCounts: [Int32: Int] = [:]

  private var counts = [Int](repeating: 0, count: 256)
  private var pending: [UInt8] = []

  /// How many frames of a type came, acknowledgements among them.
  subscript(type: UInt8) -> Int { counts[Int(type)] }

  /// RST_STREAM frames of all codes.
  var resetCount: Int { resets.values.reduce(0, +) }

  mutating func take(_ bytes: ArraySlice<UInt8>) {
    byteCount += bytes.count
    pending += bytes
    var start = 0
    while pending.count - start >= 9 {
      let length =
        Int(pending[start]) << 16 | Int(pending[start + 1]) << 8 | Int(pending[start + 2])
      guard pending.count - start >= 9 + length else { break }
      frame(pending[start..<start + 9 + length])
      start += 9 + length
    }
    pending.removeFirst(start)
  }

  private mutating func frame(_ bytes: ArraySlice<UInt8>) {
    let type = bytes[bytes.startIndex + 3]
    let flags = bytes[bytes.startIndex + 4]
    let id = Int32(bitPattern: Self.number(bytes.dropFirst(5)) & 0x7FFF_FFFF)
    let payload = bytes.dropFirst(9)
    counts[Int(type)] += 1
    if type <= 1, flags & 1 == 1 { endedStreams.insert(id) }
    switch type {
    case 0:
      dataByteCounts[id, default: 0] += payload.count
    case 3 where payload.count == 4:
      resets[Self.number(payload), default: 0] += 1
      resetStreams[id] = Self.number(payload)
    case 7 where payload.count >= 8:
      goAways.append(
        GoAway(
          lastStreamID: Int32(bitPattern: Self.number(payload)),
          code: Self.number(payload.dropFirst(4)),
          debugData: String(decoding: payload.dropFirst(8), as: UTF8.self)))
    default:
      break
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }
}

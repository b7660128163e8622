internal import RPCCore
internal import RPCWire

/// A stream cut into messages, and messages decompressed.
///
/// The first byte is the encoding and the pieces' size, the second the limit, the rest the stream.
enum MessagesTarget {
  private static let limits = [0, 10, 1000, 64 * 1024]

  static func run(_ bytes: [UInt8]) throws(Finding) {
    var input = FuzzInput(bytes)
    let plan = input.byte()
    let encoding = MessageEncoding(rawValue: plan & 3) ?? .gzip
    let limit = limits[Int(input.byte() & 3)]
    let stream = input.rest()
    let whole = read([stream], encoding, limit: limit)
    let pieces = read(stream.cut(every: 1 + Int(plan >> 2)), encoding, limit: limit)
    try Finding.unless(whole == pieces, "the pieces' borders matter")
    let scratch = CompressionScratch()
    for message in whole.messages + [stream] {
      try Finding.unless(
        message.count <= limit || message == stream, "\(message.count) bytes are over the limit")
      try decompress(message, encoding, limit, scratch)
    }
  }

  /// What a whole stream gives.
  private struct Outcome: Equatable {
    var messages: [[UInt8]] = []
    var fault: MessageDeframer.Fault?
  }

  private static func read(_ pieces: [[UInt8]], _ encoding: MessageEncoding, limit: Int) -> Outcome
  {
    var deframer = MessageDeframer(
      messageByteCountMax: limit, allowsCompressed: encoding != .identity)
    var outcome = Outcome()
    for piece in pieces {
      var offset = 0
      reading: while true {
        switch deframer.read(piece.span, from: &offset) {
        case .message(let message, _): outcome.messages.append(message)
        case .needsMore: break reading
        case .failed(let fault):
          outcome.fault = fault
          return outcome
        }
      }
    }
    outcome.fault = deframer.end()
    return outcome
  }

  private static func decompress(
    _ bytes: [UInt8], _ encoding: MessageEncoding, _ limit: Int, _ scratch: CompressionScratch
  ) throws(Finding) {
    // A fault is an answer like any other.
    guard let message = try? scratch.decompress(bytes.span, from: encoding, byteCountMax: limit)
    else { return }
    try Finding.unless(message.count <= limit, "\(message.count) bytes came out, over the limit")
    let again = scratch.compress(message.span, as: encoding)
    let fresh = CompressionScratch()
    try Finding.unless(
      again == fresh.compress(message.span, as: encoding), "the scratch's history matters")
    let twice = try? fresh.decompress(again.span, from: encoding, byteCountMax: limit)
    try Finding.unless(twice == message, "what was compressed is not what comes out")
  }
}

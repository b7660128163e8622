import HTTP2
import RawHTTP2
import Testing

/// Traffic made of right and wrong frames in any order, cut anywhere, answered at random.
@Suite("random traffic")
struct RandomTrafficTests {
  @Test("never brings a session down, and streams that close leave nothing behind")
  func survives() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SplitMix(state: seed)
    for _ in 0..<1500 {
      let server = try openServer()
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1...20, using: &random) { bytes += frame(&random) }
      if Bool.random(using: &random), !bytes.isEmpty {
        for _ in 0..<3 {
          bytes[Int.random(in: bytes.indices, using: &random)] = .random(
            in: 0...255, using: &random)
        }
      }
      var rest = bytes[...]
      while !rest.isEmpty, server.failure == nil {
        let count = Int.random(in: 1...rest.count, using: &random)
        server.receive(Array(rest.prefix(count)), consumes: Bool.random(using: &random))
        rest = rest.dropFirst(count)
        for stream in server.session.liveStreams { answer(stream, on: server.session, &random) }
        server.drain(bufferByteCount: Int.random(in: 1...300, using: &random))
      }
      #expect(server.session.liveStreams.allSatisfy { !$0.isClosed }, "seed \(seed)")
      #expect(server.failure == nil || server.session.isFinished, "seed \(seed)")
    }
  }

  private func frame(_ random: inout SplitMix) -> [UInt8] {
    let id = Int32.random(in: 1...9, using: &random)
    let ends = Bool.random(using: &random)
    let payload = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    switch Int.random(in: 0...9, using: &random) {
    case 0...2: return RawFrames.headers(id, RawFrames.request, endsStream: ends)
    case 3...5: return RawFrames.data(id, payload, endsStream: ends)
    case 6: return RawFrames.frame(3, id: id, [0, 0, 0, 8])
    case 7: return RawFrames.frame(8, id: Bool.random(using: &random) ? id : 0, [0, 0, 1, 0])
    case 8: return RawFrames.frame(6, [1, 2, 3, 4, 5, 6, 7, 8])
    default: return RawFrames.frame(.random(in: 0...12, using: &random), id: id, payload)
    }
  }

  private func answer(
    _ stream: HTTP2Stream, on session: HTTP2Session, _ random: inout SplitMix
  ) {
    var block = HeaderBlock()
    block.append(":status", "200")
    var trailers = HeaderBlock()
    trailers.append("grpc-status", "0")
    switch Int.random(in: 0...6, using: &random) {
    case 0: session.respond(stream, only: .block(block))
    case 1: session.respond(stream, head: .block(block))
    case 2: session.send(stream, head: 5, headByteCount: 5, body: [1, 2, 3, 4, 5])
    case 3: session.finish(stream, trailers: .block(trailers))
    case 4: session.reset(stream, .cancel)
    case 5: session.resetWhenSent(stream, .noError)
    default: break
    }
  }

  /// A generator whose run can be had again from its seed.
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}

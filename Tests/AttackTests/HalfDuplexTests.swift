import RPCCore
import RPCWire
import RawHTTP2
import Testing

/// A method that answers when its client has said all, under a client that says much: T13, T14.
@Suite("attacks: what is kept until the end of a call", .serialized, .timeLimit(.minutes(5)))
struct HalfDuplexTests {
  private static let path = "/grpc.testing.TestService/HalfDuplexCall"
  private static let messageCount = 100
  private static let streamCount = 4
  private static let cost = AttackCost(
    // Measured: 9 ms for each message of 4 MiB, most of it in zlib.
    cpuSeconds: AttackBound.seconds(Double(messageCount) * 0.05),
    // Measured: 12 MiB. One message of 4 MiB at a time, unpacked in a buffer that has grown to it by
    // doubling, and decoded. A hundred that were kept whole were 433 MiB.
    peakGrowthKiB: AttackBound.megabytes(4 * 3 + 24))

  /// A field of bytes or of a message.
  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    var rest = bytes.count
    repeat {
      length.append(UInt8(rest & 0x7F | (rest > 127 ? 0x80 : 0)))
      rest >>= 7
    } while rest > 0
    return [number << 3 | 2] + length + bytes
  }

  private static func chunks(of bytes: [UInt8], _ id: Int32) -> [UInt8] {
    stride(from: 0, to: bytes.count, by: 16_000).flatMap { start in
      let end = min(bytes.count, start + 16_000)
      return RawFrames.data(id, Array(bytes[start..<end]), endsStream: end == bytes.count)
    }
  }

  @Test(
    "T14: of requests that are answered later what they ask for is kept, not what they unpack to")
  func unpacked() async throws {
    // StreamingOutputCallRequest{response_parameters: {size: 1}, payload: {body: almost 4 MiB of zeros}}
    let body = [UInt8](repeating: 0, count: 4 << 20 - 100)
    let request = Self.field(2, [8, 1]) + Self.field(3, Self.field(2, body))
    let packed = CompressionScratch().compress(request.span, as: .gzip)
    let message = AttackFrames.message(packed, flag: 1)
    let bytes = (0..<Self.messageCount / Self.streamCount).flatMap { _ in message }
    let attack = try await Attack.onProgram("T14 half duplex", cost: Self.cost) { port in
      let client = try RawClient(port: port)
      let head = AttackFrames.fields(Self.path) + [("grpc-encoding", "gzip")]
      let ids = try (0..<Self.streamCount).map { _ in
        try client.open { RawFrames.headers($0, head) + Self.chunks(of: bytes, $0) }
      }
      let answers = try ids.map { try client.answer(to: $0) }
      return (
        ended: answers.count { $0.status == "0" },
        byteCount: answers.reduce(0) { $0 + $1.body.count }
      )
    }
    #expect(attack.value.ended == Self.streamCount)
    // Others have their turn between the messages. Measured: 20 ms; behind all of them it was 950.
    #expect(attack.honest.worst < .seconds(AttackBound.seconds(0.5)))
    // A prefix, and StreamingOutputCallResponse{payload: {body: one byte}}.
    #expect(attack.value.byteCount == Self.messageCount * (5 + 5))
  }

  @Test("T13: more responses than are kept for later end the call, in one request or in many")
  func tooMany() async throws {
    let parameters = Self.field(2, [8, 1])
    let few = AttackFrames.message((0..<100).flatMap { _ in parameters })
    let many = AttackFrames.message((0..<20_000).flatMap { _ in parameters })
    let attack = try await Attack.onProgram("T13 half duplex") { port in
      let client = try RawClient(port: port)
      return try [many, (0..<101).flatMap { _ in few }].map { bytes in
        let id = try client.open {
          RawFrames.headers($0, AttackFrames.fields(Self.path)) + Self.chunks(of: bytes, $0)
        }
        return try client.answer(to: id).status
      }
    }
    #expect(attack.value == ["8", "8"])
  }
}

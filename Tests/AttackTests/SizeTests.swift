import KitchenSink
import RPCCore
import RPCTransportHTTP2
import RPCWire
import RawHTTP2
import Testing

/// More than fits: T13, T14, T15.
@Suite("attacks: sizes", .serialized, .timeLimit(.minutes(10)))
struct SizeTests {
  /// The largest message that is allowed: 4 MiB − 1 is within it.
  private static let lengthPrefix: [UInt8] = [0, 0, 0x3F, 0xFF, 0xFF]

  @Test("T13: a hundred declared lengths of 4 MiB with a byte each reserve nothing")
  func lyingLengths() async throws {
    let cost = AttackCost(peakGrowthKiB: AttackBound.megabytes(8))
    let attack = try await Attack.onProgram("T13 lies", cost: cost) { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      for id in AttackFrames.ids(100) {
        socket.send(
          RawFrames.headers(id, AttackFrames.fields()) + RawFrames.data(id, Self.lengthPrefix + [1])
        )
      }
      socket.send(AttackFrames.ping)
      return socket.read(within: 5) { socket.heard[6] > 0 }
    }
    #expect(attack.value)
  }

  @Test("T13: a hundred messages that really grow are cut off at what one connection may hold")
  func growingMessages() async throws {
    let ceiling = HTTP2Server.Limits().assemblingByteCountMaxPerConnection
    let each = 900 << 10
    // The ceiling, and as much again for arrays that grow by doubling.
    let cost = AttackCost(peakGrowthKiB: AttackBound.megabytes((ceiling >> 20) * 2 + 32))
    let attack = try await Attack.onProgram("T13 growth", cost: cost) { port in
      let socket = try AttackSocket(port: port)
      try socket.begin()
      for id in AttackFrames.ids(100) {
        socket.send(
          RawFrames.headers(id, AttackFrames.fields()) + RawFrames.data(id, Self.lengthPrefix))
      }
      let chunk = [UInt8](repeating: 1, count: 16_384)
      for _ in 0..<each / chunk.count {
        for id in AttackFrames.ids(100) where !socket.heard.endedStreams.contains(id) {
          socket.send(RawFrames.data(id, chunk))
        }
      }
      socket.send(AttackFrames.ping)
      socket.read(within: 5) { socket.heard[6] > 0 }
      return (ended: socket.heard.endedStreams.count, isClosed: socket.isClosed)
    }
    // Each stream has at most `each`: so many must have ended.
    #expect(attack.value.ended >= 100 - ceiling / each - 1)
  }

  @Test("T13: many connections together are cut off at what their address may have held")
  func growingTogether() async throws {
    let world = ServedWorld()
    // The ceiling twice, as above, and the attacker's own bytes.
    let cost = AttackCost(peakGrowthKiB: AttackBound.megabytes(8 * 2 + 32))
    let outcome = try await world.attacked("T13 together", cost: cost) { limits in
      limits.heldByteCountMaxPerAddress = 8 << 20
    } _: { port, _ in
      let sockets = try (0..<10).map { _ in
        let socket = try AttackSocket(port: port, from: 2)
        try socket.begin()
        for id in AttackFrames.ids(4) {
          socket.send(
            RawFrames.headers(id, AttackFrames.fields(ServedWorld.Method.echo.path))
              + RawFrames.data(id, Self.lengthPrefix))
        }
        return socket
      }
      let chunk = [UInt8](repeating: 1, count: 16_384)
      for _ in 0..<32 {
        for socket in sockets {
          for id in AttackFrames.ids(4) where !socket.heard.endedStreams.contains(id) {
            socket.send(RawFrames.data(id, chunk))
          }
        }
      }
      for socket in sockets { socket.read(within: 0.1) }
      return sockets.reduce(0) { $0 + $1.heard.endedStreams.count }
    }
    // 40 streams of 512 KiB each are 20 MiB, of which 8 may be held.
    #expect(outcome.value >= 40 - 16 - 1)
    #expect(world.told.ended[.resourceExhausted] ?? 0 >= outcome.value)
  }

  struct Packed: Sendable, CustomTestStringConvertible, CustomStringConvertible {
    var testDescription: String
    var description: String { testDescription }
    var encoding: MessageEncoding
    var bytes: @Sendable () -> [UInt8]
    var status: StatusCode
  }

  private static func packed(_ count: Int, _ encoding: MessageEncoding) -> [UInt8] {
    CompressionScratch().compress([UInt8](repeating: 0, count: count).span, as: encoding)
  }

  static let bombs = [
    Packed(
      testDescription: "gzip, 64 MiB of zeros", encoding: .gzip,
      bytes: { packed(64 << 20, .gzip) }, status: .resourceExhausted),
    Packed(
      testDescription: "deflate, 64 MiB of zeros", encoding: .deflate,
      bytes: { packed(64 << 20, .deflate) }, status: .resourceExhausted),
    Packed(
      testDescription: "gzip, a byte over the limit", encoding: .gzip,
      bytes: { packed(4 << 20 | 1, .gzip) }, status: .resourceExhausted),
    Packed(
      testDescription: "gzip, members one behind the other", encoding: .gzip,
      bytes: { (0..<100).flatMap { _ in packed(1 << 10, .gzip) } }, status: .internal),
    Packed(
      testDescription: "gzip within gzip", encoding: .gzip,
      bytes: {
        CompressionScratch().compress(packed(16 << 20, .gzip).span, as: .gzip)
      }, status: .internal),
    Packed(
      testDescription: "gzip, cut short", encoding: .gzip,
      bytes: { packed(64 << 20, .gzip).dropLast(100) }, status: .resourceExhausted),
  ]

  /// Bombs in each round of the attack.
  private static let bombCount = 20
  private static let bombCost = AttackCost(
    // Measured: 12 ms for one that unpacks to the limit, 4 MiB, most of it in zlib.
    cpuSeconds: AttackBound.seconds(Double(bombCount) * 0.05),
    // One message of 4 MiB, unpacked, and a buffer that has grown to it by doubling.
    peakGrowthKiB: AttackBound.megabytes(4 * 3 + 24))

  @Test("T14: what unpacks beyond the limit is never unpacked beyond it", arguments: bombs)
  func bomb(_ bomb: Packed) async throws {
    let body = AttackFrames.message(bomb.bytes(), flag: 1)
    let attack = try await Attack.onProgram("T14 \(bomb)", cost: Self.bombCost) { port in
      let client = try RawClient(port: port)
      let statuses = try (0..<Self.bombCount).map { _ in
        let head = AttackFrames.fields() + [("grpc-encoding", "\(bomb.encoding.name)")]
        let id = try client.open { id in
          var frames = RawFrames.headers(id, head)
          for start in stride(from: 0, to: body.count, by: 16_000) {
            let end = min(body.count, start + 16_000)
            frames += RawFrames.data(
              id, Array(body[start..<end]), endsStream: end == body.count)
          }
          return frames
        }
        return try client.answer(to: id).status
      }
      return Set(statuses)
    }
    #expect(attack.value == ["\(bomb.status.rawValue)"])
  }

  @Test("T15: 34 KB of nested messages and nested groups are INTERNAL, and no stack overflows")
  func nested() async throws {
    // Tree{ child: Tree{ … } } from within: each level is a tag and a length more.
    var tree: [UInt8] = []
    while tree.count < 34_000 {
      tree = [UInt8(Self.treeChild << 3 | 2)] + Self.varint(tree.count) + tree
    }
    let groups = [UInt8](repeating: 0x7B, count: 17_000) + [UInt8](repeating: 0x7C, count: 17_000)
    let bodies = [tree, groups]
    let service = MethodDescriptor(service: "attack.v1.Trees", method: "Take", kind: .unary)
    let outcome = try await ServedWorld().attacked(
      "T15 trees", adding: [TreeService(method: service)]
    ) { port, _ in
      let client = try RawClient(port: port)
      return try bodies.map { body in
        let id = try client.open { id in
          let bytes = AttackFrames.message(body)
          return RawFrames.headers(id, AttackFrames.fields(service.path))
            + stride(from: 0, to: bytes.count, by: 16_000).flatMap { start in
              RawFrames.data(
                id, Array(bytes[start..<min(bytes.count, start + 16_000)]),
                endsStream: start + 16_000 >= bytes.count)
            }
        }
        return try client.answer(to: id).status
      }
    }
    #expect(outcome.value == ["13", "13"])
    // The real program's messages nest little, but unknown groups may be in any.
    let attack = try await Attack.onProgram("T15") { port in
      let client = try RawClient(port: port)
      let bytes = Array(groups.prefix(8_000) + groups.suffix(8_000))
      return try client.call(AttackFrames.fields(), body: AttackFrames.message(bytes)).status
    }
    #expect(attack.value == "13")
  }

  private static let treeChild = 1

  private static func varint(_ value: Int) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 128 {
      bytes.append(UInt8(rest & 0x7F | 0x80))
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

/// Takes trees and gives back nothing.
private struct TreeService: RPCService {
  static let serviceName = "attack.v1.Trees"

  let method: MethodDescriptor

  func methods() -> [MethodHandler] {
    [.unary(method) { (tree: KitchenV1.Tree, _) in tree }]
  }
}

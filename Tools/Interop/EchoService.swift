import Protobuf
import RPCCore

/// `anchor.v1.Echo`, for load tests.
struct EchoService: AnchorV1.Echo {
  /// Bytes of one streamed payload at most.
  private static let sizeMax = 4 << 20

  func unary(_ request: AnchorV1.EchoRequest, call: ServerCall) async throws -> AnchorV1.EchoReply {
    .with { $0.payload = request.payload }
  }

  func serverStream(
    _ request: AnchorV1.StreamRequest, responses: ResponseStream<AnchorV1.EchoReply>,
    call: ServerCall
  ) async throws {
    guard request.count >= 0, (0...Self.sizeMax).contains(Int(request.size)) else {
      throw RPCError(.invalidArgument, "count must be at least 0, size 0 to \(Self.sizeMax)")
    }
    let reply = AnchorV1.EchoReply.with {
      $0.payload = [UInt8](repeating: 0, count: Int(request.size))
    }
    for _ in 0..<request.count { try await responses.write(reply) }
  }

  func bidi(
    _ requests: RequestStream<AnchorV1.EchoRequest>, responses: ResponseStream<AnchorV1.EchoReply>,
    call: ServerCall
  ) async throws {
    for try await request in requests {
      try await responses.write(.with { $0.payload = request.payload })
    }
  }
}

import Protobuf
import RPCCore

/// `anchor.v1.Echo`, for load tests. The streaming methods answer UNIMPLEMENTED until the runtime has
/// streams.
struct EchoService: AnchorV1.Echo {
  func unary(_ request: AnchorV1.EchoRequest, call: ServerCall) async throws -> AnchorV1.EchoReply {
    .with { $0.payload = request.payload }
  }
}

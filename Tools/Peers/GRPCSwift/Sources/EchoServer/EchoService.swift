import Foundation
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

/// `anchor.v1.Echo` of echo.proto.
///
/// Its messages are those that swift-protobuf ships under other names but with the same fields, so that
/// generated code decodes and encodes here and no generator is needed: EchoRequest and EchoReply are
/// `bytes = 1`, as BytesValue is; StreamRequest is two integers, 1 and 2, as Duration is.
struct EchoService: RegistrableRPCService {
  typealias Echo = Google_Protobuf_BytesValue
  typealias StreamRequest = Google_Protobuf_Duration

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    register("Unary", with: &router) { (request: StreamingServerRequest<Echo>, _) in
      let echo = Self.echo(try await ServerRequest(stream: request).message)
      return StreamingServerResponse(single: ServerResponse(message: echo))
    }
    register("ServerStream", with: &router) { (request: StreamingServerRequest<StreamRequest>, _) in
      let asked = try await ServerRequest(stream: request).message
      return StreamingServerResponse { writer in
        let payload = Data(count: Int(max(0, asked.nanos)))
        for _ in 0..<max(0, asked.seconds) { try await writer.write(.with { $0.value = payload }) }
        return [:]
      }
    }
    register("Bidi", with: &router) { (request: StreamingServerRequest<Echo>, _) in
      StreamingServerResponse { writer in
        for try await message in request.messages { try await writer.write(Self.echo(message)) }
        return [:]
      }
    }
  }

  private static func echo(_ request: Echo) -> Echo { .with { $0.value = request.value } }

  private func register<Transport: ServerTransport, Request: SwiftProtobuf.Message>(
    _ method: String, with router: inout RPCRouter<Transport>,
    handler:
      @escaping @Sendable (StreamingServerRequest<Request>, ServerContext) async throws
      -> StreamingServerResponse<Echo>
  ) {
    router.registerHandler(
      forMethod: MethodDescriptor(fullyQualifiedService: "anchor.v1.Echo", method: method),
      deserializer: ProtobufDeserializer<Request>(), serializer: ProtobufSerializer<Echo>(),
      handler: handler)
  }
}

import Protobuf
import RPCCore

/// `grpc.testing.TestService`, as gRPC's interoperability tests describe its server.
///
/// Source: grpc/grpc `doc/interop-test-descriptions.md`. UnimplementedCall is not implemented, on purpose.
struct TestService: GrpcTesting.TestService {
  /// Bytes of one payload at most.
  private static let sizeMax: Int32 = 64 << 20
  /// Responses that one call may have kept for later. The standard cases ask for four, and so many are 120 KB.
  static let keptResponseCountMax = 10_000
  /// Where a soak client reads which server answered.
  private let serverID: String

  init(serverID: String) {
    self.serverID = serverID
  }

  func emptyCall(
    _ request: GrpcTesting.Empty, call: ServerCall
  ) async throws -> GrpcTesting.Empty {
    try EchoedMetadata.send(back: call)
    return GrpcTesting.Empty()
  }

  func unaryCall(
    _ request: GrpcTesting.SimpleRequest, call: ServerCall
  ) async throws -> GrpcTesting.SimpleResponse {
    try EchoedMetadata.send(back: call)
    try check(request.expectCompressed, call)
    try check(request.responseStatus)
    call.compressesResponses = request.responseCompressed?.value ?? false
    let payload = try payload(request.responseSize)
    return .with {
      $0.payload = payload
      if request.fillServerId { $0.serverId = serverID }
    }
  }

  func cacheableUnaryCall(
    _ request: GrpcTesting.SimpleRequest, call: ServerCall
  ) async throws -> GrpcTesting.SimpleResponse {
    try call.responseMetadata.append("cache-control", "max-age=60, public")
    return try await unaryCall(request, call: call)
  }

  func streamingOutputCall(
    _ request: GrpcTesting.StreamingOutputCallRequest,
    responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, call: ServerCall
  ) async throws {
    try EchoedMetadata.send(back: call)
    try await answer(request, to: responses, call)
  }

  func streamingInputCall(
    _ requests: RequestStream<GrpcTesting.StreamingInputCallRequest>, call: ServerCall
  ) async throws -> GrpcTesting.StreamingInputCallResponse {
    try EchoedMetadata.send(back: call)
    var size = 0
    for try await request in requests {
      try check(request.expectCompressed, call)
      size += request.payload?.body.count ?? 0
    }
    return .with { $0.aggregatedPayloadSize = Int32(clamping: size) }
  }

  func fullDuplexCall(
    _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
    responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, call: ServerCall
  ) async throws {
    try EchoedMetadata.send(back: call)
    for try await request in requests { try await answer(request, to: responses, call) }
  }

  /// Answers when the client has said all. Until then what it asked for is kept, and nothing of what it sent.
  func halfDuplexCall(
    _ requests: RequestStream<GrpcTesting.StreamingOutputCallRequest>,
    responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, call: ServerCall
  ) async throws {
    try EchoedMetadata.send(back: call)
    var wanted = WantedResponses()
    for try await request in requests {
      let count = wanted.responses.count + request.responseParameters.count
      guard count <= Self.keptResponseCountMax else {
        throw RPCError(
          .resourceExhausted, "at most \(Self.keptResponseCountMax) responses are kept for later")
      }
      wanted.add(request)
    }
    try await answer(wanted, to: responses, call)
  }

  private func answer(
    _ request: GrpcTesting.StreamingOutputCallRequest,
    to responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, _ call: ServerCall
  ) async throws {
    var wanted = WantedResponses()
    wanted.add(request)
    try await answer(wanted, to: responses, call)
  }

  /// A pause before each response, as long as is asked for; then the status.
  private func answer(
    _ wanted: WantedResponses,
    to responses: ResponseStream<GrpcTesting.StreamingOutputCallResponse>, _ call: ServerCall
  ) async throws {
    if wanted.responses.contains(where: \.isCompressed) { call.compressesResponses = true }
    for response in wanted.responses {
      let payload = try payload(response.byteCount)
      if response.pauseMicroseconds > 0 {
        try await Task.sleep(for: .microseconds(response.pauseMicroseconds))
      }
      try await responses.write(.with { $0.payload = payload }, compressed: response.isCompressed)
    }
    try check(wanted.status)
  }

  private func payload(_ size: Int32) throws(RPCError) -> GrpcTesting.Payload {
    guard (0...Self.sizeMax).contains(size) else {
      throw RPCError(.invalidArgument, "a payload has 0 to \(Self.sizeMax) bytes")
    }
    return .with { $0.body = [UInt8](repeating: 0, count: Int(size)) }
  }

  private func check(_ status: GrpcTesting.EchoStatus?) throws(RPCError) {
    guard let status, status.code != 0 else { return }
    throw RPCError(StatusCode(rawValue: Int(status.code)), status.message)
  }

  private func check(_ expected: GrpcTesting.BoolValue?, _ call: ServerCall) throws(RPCError) {
    guard let expected, expected.value != call.requestWasCompressed else { return }
    throw RPCError(
      .invalidArgument,
      expected.value ? "the request is not compressed" : "the request is compressed")
  }
}

/// The metadata that the tests' clients want back.
private enum EchoedMetadata {
  static let initial = "x-grpc-test-echo-initial"
  static let trailing = "x-grpc-test-echo-trailing-bin"

  static func send(back call: ServerCall) throws {
    for value in call.requestMetadata.values(for: initial) {
      try call.responseMetadata.append(initial, value)
    }
    for value in call.requestMetadata.binaryValues(for: trailing) {
      try call.trailingMetadata.append(trailing, binary: value)
    }
  }
}

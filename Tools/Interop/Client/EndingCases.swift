import Protobuf
import RPCCore

/// Calls that do not end well.
enum EndingCases {
  static func cancelAfterBegin(_ peer: Peer) async throws {
    let call = peer.streamingInputCall()
    call.cancel()
    try await expectFailure(.cancelled) { _ = try await call.response() }
  }

  static func cancelAfterFirstResponse(_ peer: Peer) async throws {
    let call = peer.fullDuplexCall()
    try await StreamingCases.exchange(
      Samples.requestSizes[0], for: Samples.responseSizes[0], on: call)
    call.cancel()
    try await expectFailure(.cancelled) { try await StreamingCases.expectSizes([], of: call) }
  }

  static func timeoutOnSleepingServer(_ peer: Peer) async throws {
    // Connected before, so that it is the call that takes too long.
    try await UnaryCases.empty(peer)
    let call = peer.fullDuplexCall(options: CallOptions(timeout: .milliseconds(1)))
    try await expectFailure(.deadlineExceeded) {
      try await call.write(Samples.parts([], requestSize: 27_182))
      try await StreamingCases.expectSizes([], of: call)
    }
  }

  static func statusCodeAndMessage(_ peer: Peer) async throws {
    try await expectStatus(Samples.statusMessage, on: peer)
    let call = peer.fullDuplexCall()
    try await call.write(.with { $0.responseStatus = Samples.unknown(Samples.statusMessage) })
    call.finish()
    try await expectFailure(.unknown, Samples.statusMessage) {
      try await StreamingCases.expectSizes([], of: call)
    }
  }

  static func specialStatusMessage(_ peer: Peer) async throws {
    try await expectStatus(Samples.specialStatusMessage, on: peer)
  }

  private static func expectStatus(_ message: String, on peer: Peer) async throws {
    try await expectFailure(.unknown, message) {
      _ = try await peer.unaryCall(.with { $0.responseStatus = Samples.unknown(message) })
    }
  }

  static func unimplementedMethod(_ peer: Peer) async throws {
    try await expectUnimplemented(GrpcTesting.TestServiceMethods.unimplementedCall, on: peer)
  }

  static func unimplementedService(_ peer: Peer) async throws {
    let method = MethodDescriptor(
      service: "grpc.testing.UnimplementedService", method: "UnimplementedCall", kind: .unary)
    try await expectUnimplemented(method, on: peer)
  }

  private static func expectUnimplemented(_ method: MethodDescriptor, on peer: Peer) async throws {
    try await expectFailure(.unimplemented) {
      _ = try await peer.client.unary(
        method, GrpcTesting.Empty(), options: Peer.options, as: GrpcTesting.Empty.self)
    }
  }
}

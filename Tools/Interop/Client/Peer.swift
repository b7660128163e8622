import RPCCore
import RPCTransportHTTP2

/// The server under test, over one channel that most cases share.
struct Peer: Sendable {
  /// How long a call may take that is meant to succeed: no case waits for ever.
  static let options = CallOptions(timeout: .seconds(20))

  private let target: ChannelTarget
  private let tls: ClientTLSConfiguration?
  let channel: HTTP2Channel

  init(target: ChannelTarget, tls: ClientTLSConfiguration?) {
    self.target = target
    self.tls = tls
    channel = HTTP2Channel(target: target, tls: tls)
  }

  var client: RPCClient { RPCClient(transport: channel) }

  /// The same server over a channel of its own, which is closed behind `body`.
  func again(_ body: (Peer) async throws -> Void) async throws {
    let other = Peer(target: target, tls: tls)
    do {
      try await body(other)
    } catch {
      await other.channel.close()
      throw error
    }
    await other.channel.close()
  }
}

extension Peer {
  /// `UnaryCall`.
  func unaryCall(
    _ request: GrpcTesting.SimpleRequest, metadata: Metadata = [:],
    options: CallOptions = Peer.options
  ) async throws(RPCError) -> ClientResponse<GrpcTesting.SimpleResponse> {
    try await client.unary(
      GrpcTesting.TestServiceMethods.unaryCall, request, metadata: metadata, options: options)
  }

  /// `StreamingInputCall`.
  func streamingInputCall(
    options: CallOptions = Peer.options
  ) -> ClientStreamingCall<
    GrpcTesting.StreamingInputCallRequest, GrpcTesting.StreamingInputCallResponse
  > {
    client.clientStreaming(GrpcTesting.TestServiceMethods.streamingInputCall, options: options)
  }

  /// `StreamingOutputCall`.
  func streamingOutputCall(
    _ request: GrpcTesting.StreamingOutputCallRequest
  ) -> ServerStreamingCall<GrpcTesting.StreamingOutputCallResponse> {
    client.serverStreaming(
      GrpcTesting.TestServiceMethods.streamingOutputCall, request, options: Peer.options)
  }

  /// A call of `FullDuplexCall` or `HalfDuplexCall`.
  typealias DuplexCall = BidirectionalStreamingCall<
    GrpcTesting.StreamingOutputCallRequest, GrpcTesting.StreamingOutputCallResponse
  >

  /// `FullDuplexCall`.
  func fullDuplexCall(
    metadata: Metadata = [:], options: CallOptions = Peer.options
  ) -> DuplexCall {
    client.bidirectionalStreaming(
      GrpcTesting.TestServiceMethods.fullDuplexCall, metadata: metadata, options: options)
  }

  /// `HalfDuplexCall`.
  func halfDuplexCall() -> DuplexCall {
    client.bidirectionalStreaming(
      GrpcTesting.TestServiceMethods.halfDuplexCall, options: Peer.options)
  }
}

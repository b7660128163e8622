import RPCCore

/// Calls with one message each way.
enum UnaryCases {
  static func empty(_ peer: Peer) async throws {
    let answer: ClientResponse<GrpcTesting.Empty> = try await peer.client.unary(
      GrpcTesting.TestServiceMethods.emptyCall, GrpcTesting.Empty(), options: Peer.options)
    // What the server sent of fields that nobody knows would be there, too.
    try expect(answer.message, is: GrpcTesting.Empty(), "the answer")
  }

  static func large(_ peer: Peer) async throws {
    _ = try await large(peer, Samples.large)
  }

  /// A call whose response must have the large size.
  static func large(
    _ peer: Peer, _ request: GrpcTesting.SimpleRequest, metadata: Metadata = [:],
    options: CallOptions = Peer.options
  ) async throws -> ClientResponse<GrpcTesting.SimpleResponse> {
    let answer = try await peer.unaryCall(request, metadata: metadata, options: options)
    try expect(size(of: answer.message.payload), is: Samples.largeResponseSize, "the size")
    return answer
  }
}

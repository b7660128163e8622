import RPCCore

/// Metadata there and back.
enum MetadataCases {
  private static let initial = "x-grpc-test-echo-initial"
  private static let trailing = "x-grpc-test-echo-trailing-bin"
  private static let sent: Metadata = [
    "x-grpc-test-echo-initial": "test_initial_metadata_value",
    "x-grpc-test-echo-trailing-bin": .binary([0xab, 0xab, 0xab]),
  ]

  static func custom(_ peer: Peer) async throws {
    let answer = try await UnaryCases.large(peer, Samples.large, metadata: sent)
    try expectEchoed(in: answer.metadata, answer.trailingMetadata)

    let call = peer.fullDuplexCall(metadata: sent)
    try await StreamingCases.exchange(
      Samples.requestSizes[0], for: Samples.responseSizes[0], on: call)
    call.finish()
    try await StreamingCases.expectSizes([], of: call)
    try await expectEchoed(in: call.metadata, call.trailingMetadata)
  }

  private static func expectEchoed(
    in headers: Metadata, _ trailers: Metadata
  ) throws(Wrong) {
    try expect(headers.values(for: initial), is: sent.values(for: initial), initial)
    try expect(
      trailers.binaryValues(for: trailing), is: sent.binaryValues(for: trailing), trailing)
  }
}

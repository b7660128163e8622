import RPCCore

/// One of the standard interoperability cases.
///
/// Source: grpc/grpc `doc/interop-test-descriptions.md`; `half_duplex` is ours.
struct StandardCase: Sendable {
  let name: String
  /// Throws when the server does not do what the case asks.
  let run: @Sendable (Peer) async throws -> Void

  init(_ name: String, _ run: @escaping @Sendable (Peer) async throws -> Void) {
    self.name = name
    self.run = run
  }

  static let all: [StandardCase] = [
    StandardCase("empty_unary", UnaryCases.empty),
    StandardCase("large_unary", UnaryCases.large),
    StandardCase("client_streaming", StreamingCases.clientStreaming),
    StandardCase("server_streaming", StreamingCases.serverStreaming),
    StandardCase("ping_pong", StreamingCases.pingPong),
    StandardCase("empty_stream", StreamingCases.emptyStream),
    StandardCase("half_duplex", StreamingCases.halfDuplex),
    StandardCase("client_compressed_unary", CompressionCases.clientUnary),
    StandardCase("client_compressed_streaming", CompressionCases.clientStreaming),
    StandardCase("server_compressed_unary", CompressionCases.serverUnary),
    StandardCase("server_compressed_streaming", CompressionCases.serverStreaming),
    StandardCase("cancel_after_begin", EndingCases.cancelAfterBegin),
    StandardCase("cancel_after_first_response", EndingCases.cancelAfterFirstResponse),
    StandardCase("timeout_on_sleeping_server", EndingCases.timeoutOnSleepingServer),
    StandardCase("custom_metadata", MetadataCases.custom),
    StandardCase("status_code_and_message", EndingCases.statusCodeAndMessage),
    StandardCase("special_status_message", EndingCases.specialStatusMessage),
    StandardCase("unimplemented_method", EndingCases.unimplementedMethod),
    StandardCase("unimplemented_service", EndingCases.unimplementedService),
    StandardCase("rpc_soak", SoakCases.calls),
    StandardCase("channel_soak", SoakCases.channels),
  ]

  /// Runs the case and says how it went in one line: `PASS name` or `FAIL name: why`.
  func verdict(on peer: Peer) async -> (passed: Bool, line: String) {
    do {
      try await run(peer)
      return (true, "PASS \(name)")
    } catch {
      return (false, "FAIL \(name): \(error)")
    }
  }
}

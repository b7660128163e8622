import Protobuf
import RPCCore

/// Calls with messages compressed and not.
enum CompressionCases {
  private static let plain = Peer.options
  private static var compressed: CallOptions {
    var options = Peer.options
    options.compressesRequests = true
    return options
  }

  static func clientUnary(_ peer: Peer) async throws {
    var request = Samples.large
    request.expectCompressed = Samples.flag(true)
    // A server that does not look would pass all that follows.
    try await expectFailure(.invalidArgument) { _ = try await peer.unaryCall(request) }
    _ = try await UnaryCases.large(peer, request, options: compressed)
    request.expectCompressed = Samples.flag(false)
    _ = try await UnaryCases.large(peer, request, options: plain)
  }

  static func clientStreaming(_ peer: Peer) async throws {
    let first = GrpcTesting.StreamingInputCallRequest.with {
      $0.payload = Samples.zeros(27_182)
      $0.expectCompressed = Samples.flag(true)
    }
    let second = GrpcTesting.StreamingInputCallRequest.with {
      $0.payload = Samples.zeros(45_904)
      $0.expectCompressed = Samples.flag(false)
    }
    try await expectFailure(.invalidArgument) {
      let refused = peer.streamingInputCall(options: compressed)
      try await refused.write(first, compressed: false)
      _ = try await refused.response()
    }
    let call = peer.streamingInputCall(options: compressed)
    try await call.write(first)
    try await call.write(second, compressed: false)
    let answer = try await call.response()
    try expect(answer.message.aggregatedPayloadSize, is: 73_086, "the sum")
  }

  static func serverUnary(_ peer: Peer) async throws {
    for wanted in [true, false] {
      var request = Samples.large
      request.responseCompressed = Samples.flag(wanted)
      let answer = try await UnaryCases.large(peer, request)
      try expect(answer.wasCompressed, is: wanted, "compression of the response")
    }
  }

  static func serverStreaming(_ peer: Peer) async throws {
    let asked = [(size: 31_415, compressed: true), (size: 92_653, compressed: false)]
    let call = peer.streamingOutputCall(
      .with {
        $0.responseParameters = asked.map { part in
          .with {
            $0.size = Int32(part.size)
            $0.compressed = Samples.flag(part.compressed)
          }
        }
      })
    var sizes: [Int] = []
    var compression: [Bool] = []
    for try await answer in call {
      sizes.append(try size(of: answer.payload))
      compression.append(call.responseWasCompressed)
    }
    try expect(sizes, is: asked.map(\.size), "the list of sizes")
    try expect(compression, is: asked.map(\.compressed), "compression of the responses")
  }
}

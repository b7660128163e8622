import Protobuf
import RPCCore

/// Calls with streams of messages.
enum StreamingCases {
  static func clientStreaming(_ peer: Peer) async throws {
    let call = peer.streamingInputCall()
    for size in Samples.requestSizes {
      try await call.write(.with { $0.payload = Samples.zeros(size) })
    }
    let answer = try await call.response()
    try expect(answer.message.aggregatedPayloadSize, is: 74_922, "the sum")
  }

  static func serverStreaming(_ peer: Peer) async throws {
    var sizes: [Int] = []
    for try await answer in peer.streamingOutputCall(Samples.parts(Samples.responseSizes)) {
      sizes.append(try size(of: answer.payload))
    }
    try expect(sizes, is: Samples.responseSizes, "the list of sizes")
  }

  static func pingPong(_ peer: Peer) async throws {
    let call = peer.fullDuplexCall()
    for (request, response) in zip(Samples.requestSizes, Samples.responseSizes) {
      try await exchange(request, for: response, on: call)
    }
    call.finish()
    try await expectSizes([], of: call)
  }

  static func emptyStream(_ peer: Peer) async throws {
    let call = peer.fullDuplexCall()
    call.finish()
    try await expectSizes([], of: call)
  }

  static func halfDuplex(_ peer: Peer) async throws {
    let call = peer.halfDuplexCall()
    for size in Samples.responseSizes { try await call.write(Samples.parts([size])) }
    call.finish()
    try await expectSizes(Samples.responseSizes, of: call)
  }

  /// Writes a request with a payload of so many bytes, and reads the one response to it.
  static func exchange(
    _ requestSize: Int, for responseSize: Int, on call: Peer.DuplexCall
  ) async throws {
    try await call.write(Samples.parts([responseSize], requestSize: requestSize))
    var answers = call.makeAsyncIterator()
    guard let answer = try await answers.next() else { throw Wrong("the stream ended early") }
    try expect(size(of: answer.payload), is: responseSize, "the size")
  }

  /// What the stream has left must be responses of these sizes, and OK.
  static func expectSizes(_ wanted: [Int], of call: Peer.DuplexCall) async throws {
    var sizes: [Int] = []
    for try await answer in call { sizes.append(try size(of: answer.payload)) }
    try expect(sizes, is: wanted, "the list of sizes")
  }
}

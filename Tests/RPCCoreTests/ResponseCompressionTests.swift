import RPCCore
import Synchronization
import Testing

@Suite("What a client is told of its responses' compression")
struct ResponseCompressionTests {
  private struct Scripted: ClientTransport {
    var responses: [(bytes: [UInt8], wasCompressed: Bool)]

    func unary(
      _ method: MethodDescriptor, request: [UInt8], metadata: Metadata, options: CallOptions
    ) async throws(RPCError) -> RawResponse {
      RawResponse(message: responses[0].bytes, wasCompressed: responses[0].wasCompressed)
    }

    func open(
      _ method: MethodDescriptor, request: [UInt8]?, metadata: Metadata, options: CallOptions
    ) -> any ClientStream {
      ScriptedStream(responses)
    }
  }

  private final class ScriptedStream: ClientStream {
    private struct State {
      var left: ArraySlice<(bytes: [UInt8], wasCompressed: Bool)>
      var wasCompressed = false
    }

    private let state: Mutex<State>

    init(_ responses: [(bytes: [UInt8], wasCompressed: Bool)]) {
      state = Mutex(State(left: responses[...]))
    }

    func next() async throws(RPCError) -> [UInt8]? {
      state.withLock { state in
        guard let taken = state.left.popFirst() else { return nil }
        state.wasCompressed = taken.wasCompressed
        return taken.bytes
      }
    }

    var responseWasCompressed: Bool { state.withLock { $0.wasCompressed } }

    func write(_ message: [UInt8], compressed: Bool?) async throws(RPCError) {}
    func finish() {}
    func metadata() async throws(RPCError) -> Metadata { [:] }
    var trailingMetadata: Metadata { [:] }
    func cancel() {}
  }

  private let method = SampleService.method("M")

  @Test("of the one response", arguments: [true, false])
  func one(wasCompressed: Bool) async throws {
    let client = RPCClient(transport: Scripted(responses: [([9], wasCompressed)]))
    let unary = try await client.unary(method, Sample(1), as: Sample.self)
    #expect(unary.wasCompressed == wasCompressed)
    let call = client.clientStreaming(method, request: Sample.self, as: Sample.self)
    #expect(try await call.response().wasCompressed == wasCompressed)
  }

  @Test("of the response that was read last")
  func many() async throws {
    let client = RPCClient(
      transport: Scripted(responses: [([1], true), ([2], false), ([3], true)]))
    let streamed = client.serverStreaming(method, Sample(1), as: Sample.self)
    #expect(!streamed.responseWasCompressed)
    var told: [Bool] = []
    for try await _ in streamed { told.append(streamed.responseWasCompressed) }
    #expect(told == [true, false, true])
    let duplex = client.bidirectionalStreaming(method, request: Sample.self, as: Sample.self)
    told = []
    for try await _ in duplex { told.append(duplex.responseWasCompressed) }
    #expect(told == [true, false, true])
  }
}

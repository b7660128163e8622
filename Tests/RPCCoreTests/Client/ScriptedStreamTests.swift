import RPCCore
import Testing

/// Calls without a server, which fakes in tests answer with.
@Suite("scripted calls")
struct ScriptedStreamTests {
  private let error = RPCError(.notFound, "gone", metadata: ["a": "b"])

  @Test("a scripted call brings its responses and ends with OK")
  func ok() async throws {
    let call = ServerStreamingCall(of: [Sample(1), Sample(2)])
    #expect(try await call.metadata == [:])
    var seen: [Sample] = []
    for try await response in call { seen.append(response) }
    #expect(seen == [Sample(1), Sample(2)])
    #expect(call.trailingMetadata == [:])
    call.cancel()
    for try await _ in call { Issue.record("there is one more") }
  }

  @Test("a scripted failure comes behind the responses, each time it is asked for")
  func failure() async throws {
    let call = ServerStreamingCall(of: [Sample(1)], failing: error)
    var iterator = call.makeAsyncIterator()
    #expect(try await iterator.next() == Sample(1))
    for _ in 1...2 { await #expect(throws: error) { _ = try await iterator.next() } }
    #expect(try await call.metadata == [:])
    let early = ServerStreamingCall<Sample>(of: [], failing: error)
    await #expect(throws: error) { _ = try await early.metadata }
  }

  @Test("a response that cannot be encoded is INTERNAL in its place")
  func unencodable() async throws {
    let call = ServerStreamingCall(of: [Sample(1), .unencodable, Sample(2)], failing: error)
    var iterator = call.makeAsyncIterator()
    #expect(try await iterator.next() == Sample(1))
    await #expect(throws: RPCError(.internal, "the response cannot be encoded")) {
      _ = try await iterator.next()
    }
  }

  @Test("a scripted call that is cancelled before its end is CANCELLED")
  func cancelled() async {
    let call = ServerStreamingCall(of: [Sample(1)])
    call.cancel()
    await #expect(throws: RPCError(.cancelled, "the call was cancelled")) {
      for try await _ in call {}
    }
  }

  @Test("requests are taken, until the call has failed")
  func requests() async throws {
    let up = ClientStreamingCall<Sample, Sample>(of: [Sample(9)])
    try await up.write(Sample(1))
    #expect(try await up.response().message == Sample(9))
    let both = BidirectionalStreamingCall<Sample, Sample>(of: [Sample(9)], failing: error)
    try await both.write(Sample(1))
    both.finish()
    var iterator = both.makeAsyncIterator()
    #expect(try await iterator.next() == Sample(9))
    await #expect(throws: error) { try await both.write(Sample(1)) }
    let failed = ClientStreamingCall<Sample, Sample>(of: [], failing: error)
    await #expect(throws: error) { try await failed.write(Sample(1)) }
    await #expect(throws: error) { _ = try await failed.response() }
  }
}

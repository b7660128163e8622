import RPCCore
import Testing

@Suite("streaming calls of clients")
struct StreamingCallTests {
  private typealias Up = ClientStreamingCall<Sample, Sample>
  private typealias Both = BidirectionalStreamingCall<Sample, Sample>

  @Test("responses are read in order, to the end")
  func responses() async throws {
    let stream = TapedStream([[1], [2], [3]], head: ["h": "1"], trailers: ["t": "2"])
    let call = ServerStreamingCall<Sample>(stream)
    var seen: [Sample] = []
    for try await response in call { seen.append(response) }
    #expect(seen == [Sample(1), Sample(2), Sample(3)])
    #expect(try await call.metadata == ["h": "1"])
    #expect(call.trailingMetadata == ["t": "2"])
    #expect(stream.seen.cancelCount == 0)
  }

  @Test("two iterators share the one stream, and leaving the loop leaves the rest of it")
  func sharedIterators() async throws {
    let stream = TapedStream([[1], [2], [3]])
    let call = ServerStreamingCall<Sample>(stream)
    for try await response in call {
      #expect(response == Sample(1))
      break
    }
    #expect(stream.seen.cancelCount == 0)
    var iterator = call.makeAsyncIterator()
    #expect(try await iterator.next() == Sample(2))
    var other = call.makeAsyncIterator()
    #expect(try await other.next(isolation: nil) == Sample(3))
    #expect(try await iterator.next() == nil)
  }

  @Test("the status of a failed call comes behind its responses")
  func failure() async {
    let error = RPCError(.aborted, "etag", metadata: ["a": "b"])
    let call = Both(TapedStream([[1]], failing: error))
    var seen: [Sample] = []
    await #expect(throws: error) {
      for try await response in call { seen.append(response) }
    }
    #expect(seen == [Sample(1)])
  }

  @Test("a response that is no message is INTERNAL and cancels the call")
  func undecodable() async {
    let expected = RPCError(.internal, "the response is not a valid message")
    let down = TapedStream([[1], [2, 2], [3]])
    let call = ServerStreamingCall<Sample>(down)
    await #expect(throws: expected) { for try await _ in call {} }
    #expect(down.seen.cancelCount == 1)
    let up = TapedStream([[2, 2]])
    let upCall = Up(up)
    await #expect(throws: expected) { _ = try await upCall.response() }
    #expect(up.seen.cancelCount == 1)
    withExtendedLifetime((call, upCall)) {}
  }

  @Test("letting go of a call cancels it, and copies and iterators hold it")
  func lettingGo() async throws {
    let stream = TapedStream([[1], [2]])
    var call: ServerStreamingCall<Sample>? = ServerStreamingCall(stream)
    var copy = call
    withExtendedLifetime(call) {}
    call = nil
    #expect(stream.seen.cancelCount == 0)
    var iterator = copy?.makeAsyncIterator()
    copy = nil
    #expect(stream.seen.cancelCount == 0)
    #expect(try await iterator?.next() == Sample(1))
    iterator = nil
    #expect(stream.seen.cancelCount == 1)
    let streams = [TapedStream(), TapedStream()]
    _ = Up(streams[0])
    _ = Both(streams[1])
    #expect(streams.map(\.seen.cancelCount) == [1, 1])
  }

  @Test("cancelling reaches the stream")
  func cancelling() {
    let streams = [TapedStream(), TapedStream(), TapedStream()]
    let (down, up, both) = (
      ServerStreamingCall<Sample>(streams[0]), Up(streams[1]), Both(streams[2])
    )
    down.cancel()
    up.cancel()
    both.cancel()
    #expect(streams.map(\.seen.cancelCount) == [1, 1, 1])
    withExtendedLifetime((down, up, both)) {}
  }

  @Test("requests are written with the wish for compression, and ended once")
  func requests() async throws {
    let stream = TapedStream([[9]])
    let call = Both(stream)
    try await call.write(Sample(1))
    try await call.write(Sample(2), compressed: true)
    #expect(stream.seen.finishCount == 0)
    call.finish()
    #expect(stream.seen.written == [[1], [2]])
    #expect(stream.seen.compressed == [nil, true])
    #expect(stream.seen.finishCount == 1)
    await #expect(throws: RPCError(.internal, "the request cannot be encoded")) {
      try await call.write(.unencodable)
    }
    #expect(stream.seen.written.count == 2)
  }

  @Test("the one response comes with both sets of metadata, after the requests were ended")
  func oneResponse() async throws {
    let stream = TapedStream([[7]], head: ["h": "1"], trailers: ["t": "2"])
    let call = Up(stream)
    try await call.write(Sample(1), compressed: false)
    let response = try await call.response()
    #expect(response.message == Sample(7))
    #expect(response.metadata == ["h": "1"] && response.trailingMetadata == ["t": "2"])
    #expect(stream.seen.written == [[1]] && stream.seen.compressed == [false])
    #expect(stream.seen.finishCount == 1)
  }

  @Test("none or two where there is one response are UNIMPLEMENTED (D1), two cancel the call")
  func cardinality() async {
    let none = Up(TapedStream())
    await #expect(
      throws: RPCError(.unimplemented, "the method has one response, there was none")
    ) { _ = try await none.response() }
    let stream = TapedStream([[1], [2]])
    let two = Up(stream)
    await #expect(
      throws: RPCError(.unimplemented, "the method has one response, there was another")
    ) { _ = try await two.response() }
    #expect(stream.seen.cancelCount == 1)
    withExtendedLifetime(two) {}
    let error = RPCError(.dataLoss, "")
    let late = Up(TapedStream([[1]], failing: error))
    await #expect(throws: error) { _ = try await late.response() }
  }
}

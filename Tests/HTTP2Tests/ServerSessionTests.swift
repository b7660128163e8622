import HTTP2
import RawHTTP2
import Testing

@Suite("a server session")
struct ServerSessionTests {
  // Never freed, as their type promises.
  private static let head = PreparedHeaders([(":status", "200")])
  private static let trailers = PreparedHeaders([("grpc-status", "0")])

  @Test("announces its limits before anything else, and acknowledges the client's")
  func firstFrames() throws {
    let server = try openServer()
    #expect(server.frames.first?.type == 4)
    let payload = server.frames.first?.payload ?? []
    let entries = stride(from: 0, to: payload.count, by: 6).map { Array(payload[$0..<$0 + 6]) }
    #expect(entries.contains([0, 3, 0, 0, 0, 100]))  // MAX_CONCURRENT_STREAMS
    #expect(entries.contains([0, 4, 0, 0x10, 0, 0]))  // INITIAL_WINDOW_SIZE, 1 MiB
    #expect(entries.contains([0, 6, 0, 0, 0x40, 0]))  // MAX_HEADER_LIST_SIZE, 16 KiB
    #expect(server.frames(ofType: 4).contains { $0.flags == 1 })
    #expect(server.frames(ofType: 8, id: 0).first?.payload == [0, 0x3F, 0, 1])  // 4 MiB in all
  }

  @Test("a request comes as one event for its head and one for body and end")
  func request() throws {
    let server = try openServer()
    server.forget()
    server.receive(
      RawFrames.headers(1, RawFrames.request) + RawFrames.data(1, [1, 2, 3], endsStream: true))
    #expect(server.log == ["headers 1", "data 1 3 end"])
    #expect(server.bodies[1] == [1, 2, 3])
    let stream = try #require(server.streams[1])
    #expect(stream.headers.firstValue(":path") == "/pkg.Service/Method")
    #expect(stream.headers.fields.count == 6)
    #expect(stream.isRemoteEnded)
  }

  @Test("bytes one at a time mean the same as all at once")
  func oneByteAtATime() throws {
    let server = try openServer()
    server.forget()
    let bytes =
      RawFrames.headers(1, RawFrames.request) + RawFrames.data(1, [7, 8]) + RawFrames.data(1, [9])
      + RawFrames.data(1, [], endsStream: true)
    for byte in bytes { server.receive([byte]) }
    #expect(server.log == ["headers 1", "data 1 1", "data 1 1", "data 1 1", "end 1"])
    #expect(server.bodies[1] == [7, 8, 9])
  }

  @Test("head, message and trailers leave in this order, the end on the trailers")
  func response() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request, endsStream: true))
    let stream = try #require(server.streams[1])
    server.forget()
    server.session.respond(stream, head: .prepared(Self.head))
    server.session.send(stream, head: 0x00_0000_0002, headByteCount: 5, body: [10, 11])
    server.session.finish(stream, trailers: .prepared(Self.trailers))
    server.drain()
    #expect(server.frames.map(\.type) == [1, 0, 1])
    #expect(server.frames.map { $0.flags & 1 } == [0, 0, 1])
    #expect(server.frames[1].payload == [0, 0, 0, 0, 2, 10, 11])
    #expect(server.log == ["closed 1 0"])
    #expect(stream.isClosed)
  }

  @Test("a body of any size arrives whole through buffers of any size", arguments: [1, 7, 4096])
  func largeBody(bufferByteCount: Int) throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request, endsStream: true))
    let stream = try #require(server.streams[1])
    let body = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    server.session.respond(stream, head: .block(status("200")))
    server.session.send(stream, body: Array(body[..<10]))
    server.session.send(stream, body: Array(body[10...]))
    server.session.finish(stream)
    server.drain(bufferByteCount: bufferByteCount)
    #expect(server.frames(ofType: 0).flatMap(\.payload) == body)
    #expect(server.frames(ofType: 0).last?.flags == 1)
  }

  @Test("a stream with nothing to send waits, and goes on when there is something")
  func deferral() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request, endsStream: true))
    let stream = try #require(server.streams[1])
    server.session.respond(stream, head: .block(status("200")))
    server.forget()
    server.drain()
    #expect(server.frames.map(\.type) == [1])
    server.session.finish(stream, trailers: .block(status("0", name: "grpc-status")))
    server.drain()
    #expect(server.frames.map(\.type) == [1, 1])
    #expect(server.log == ["closed 1 0"])
  }

  @Test("equal header lists are read as one, different ones are not")
  func sharedLists() throws {
    let server = try openServer()
    var longer = RawFrames.request
    longer.append(("x", "1"))
    // The same bytes in all, cut elsewhere.
    var shifted = RawFrames.request
    shifted.append(("x1", ""))
    server.receive(RawFrames.headers(1, RawFrames.request))
    server.receive(RawFrames.headers(3, RawFrames.request))
    server.receive(RawFrames.headers(5, longer))
    server.receive(RawFrames.headers(7, shifted))
    let identities = try [1, 3, 5, 7].map { (id: Int32) in
      let stream = try #require(server.streams[id])
      return ObjectIdentifier(stream.headersIdentity)
    }
    #expect(identities[0] == identities[1])
    #expect(identities[1] != identities[2])
    #expect(identities[2] != identities[3])
    #expect(server.streams[7]?.headers.firstValue("x1") == "")
  }

  @Test("a reset that waits leaves after the trailers, not instead of them")
  func resetAfterTrailers() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request))
    let stream = try #require(server.streams[1])
    server.forget()
    server.session.respond(stream, only: .block(status("200")))
    server.session.resetWhenSent(stream, .noError)
    server.drain()
    #expect(server.frames.map(\.type) == [1, 3])
    #expect(server.frames.last?.errorCode == 0)
    #expect(server.session.counters.forcedResets == 0)
  }

  @Test("a client's reset closes the stream, and what is submitted for it later is ignored")
  func clientReset() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request))
    let stream = try #require(server.streams[1])
    server.forget()
    server.receive(RawFrames.frame(3, id: 1, [0, 0, 0, 8]))
    #expect(server.log == ["closed 1 8"])
    server.session.respond(stream, head: .block(status("200")))
    server.session.send(stream, body: [1])
    server.session.finish(stream)
    server.session.reset(stream, .cancel)
    server.drain()
    #expect(server.frames.isEmpty)
    #expect(server.session.liveStreams.isEmpty)
  }

  @Test("a held stream object never becomes another stream; one nobody holds does")
  func reuse() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request))
    let held = try #require(server.streams[1])
    server.receive(RawFrames.frame(3, id: 1, [0, 0, 0, 8]))
    server.receive(RawFrames.headers(3, RawFrames.request))
    #expect(held.id == 1)
    #expect(held.isClosed)
    #expect(server.streams[3] !== held)
  }

  @Test("credit comes back at half the window, and not before it was consumed")
  func flowControl() throws {
    var limits = HTTP2Limits()
    limits.streamWindowByteCount = 65_535
    let server = try openServer(limits: limits)
    server.receive(RawFrames.headers(1, RawFrames.request))
    server.forget()
    let chunk = [UInt8](repeating: 0, count: 16_000)
    for _ in 0..<3 { server.receive(RawFrames.data(1, chunk), consumes: false) }
    #expect(server.frames(ofType: 8).isEmpty)
    let stream = try #require(server.streams[1])
    server.session.consume(stream, byteCount: 48_000)
    server.drain()
    #expect(server.frames(ofType: 8, id: 1).count == 1)
  }

  private func status(_ value: String, name: String = ":status") -> HeaderBlock {
    var block = HeaderBlock()
    block.append(name, value)
    return block
  }
}

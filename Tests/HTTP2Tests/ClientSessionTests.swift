import HTTP2
import RawHTTP2
import Testing

@Suite("a client session")
struct ClientSessionTests {
  @Test("sends head and body, ends its side, and reads head, body and trailers")
  func call() throws {
    let client = try ScriptedPeer(role: .client)
    client.receive(RawFrames.settings + RawFrames.settingsAcknowledgement)
    let stream = try #require(client.session.request(.block(request)))
    client.session.send(stream, head: 3, headByteCount: 5, body: [1, 2, 3])
    client.session.finish(stream)
    client.forget()
    client.drain()
    #expect(client.frames.map(\.type) == [1, 0])
    #expect(client.frames.map { $0.flags & 1 } == [0, 1])
    #expect(client.frames[1].payload == [0, 0, 0, 0, 3, 1, 2, 3])
    client.receive(
      RawFrames.headers(1, [(":status", "200")]) + RawFrames.data(1, [9])
        + RawFrames.headers(1, [("grpc-status", "0")], endsStream: true))
    #expect(client.log == ["headers 1", "data 1 1", "trailers 1", "closed 1 0"])
    #expect(client.streams[1]?.headers.firstValue(":status") == "200")
    #expect(client.streams[1]?.trailers.firstValue("grpc-status") == "0")
  }

  @Test("skips informational heads")
  func informational() throws {
    let client = try ScriptedPeer(role: .client)
    let stream = try #require(client.session.request(.block(request)))
    client.session.finish(stream)
    client.receive(RawFrames.settings)
    client.forget()
    client.receive(
      RawFrames.headers(1, [(":status", "103")]) + RawFrames.headers(1, [(":status", "200")])
        + RawFrames.headers(1, [("grpc-status", "5")], endsStream: true))
    #expect(client.log == ["headers 1", "trailers 1", "closed 1 0"])
    #expect(client.streams[1]?.headers.firstValue(":status") == "200")
  }

  @Test("hears of GOAWAY with its reason, and of streams that were not processed")
  func goAway() throws {
    let client = try ScriptedPeer(role: .client)
    client.receive(RawFrames.settings)
    let first = try #require(client.session.request(.block(request)))
    let second = try #require(client.session.request(.block(request)))
    client.drain()
    client.forget()
    client.receive(
      RawFrames.frame(
        7, RawFrames.bigEndian(UInt32(first.id)) + RawFrames.bigEndian(0) + Array("bye".utf8)))
    #expect(client.log.contains("goaway 1 0 bye"))
    #expect(client.log.contains("closed \(second.id) 7"))
    #expect(!client.session.allowsRequests)
  }

  @Test("knows how many streams the server allows")
  func concurrency() throws {
    let client = try ScriptedPeer(role: .client)
    client.receive(RawFrames.frame(4, [0, 3, 0, 0, 0, 5]))
    #expect(client.session.remoteConcurrentStreamCountMax == 5)
    #expect(client.log == ["settings"])
  }

  @Test("a PING's payload comes back as it went")
  func ping() throws {
    let client = try ScriptedPeer(role: .client)
    client.receive(RawFrames.settings)
    client.session.ping(0x0102_0304_0506_0708)
    client.forget()
    client.drain()
    #expect(client.frames.first?.payload == [1, 2, 3, 4, 5, 6, 7, 8])
    client.receive(RawFrames.frame(6, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8]))
    #expect(client.log == ["pong \(0x0102_0304_0506_0708)"])
  }

  @Test("a request whose caller gave up before it left is closed and forgotten")
  func cancelQueued() throws {
    let client = try ScriptedPeer(role: .client)
    client.receive(RawFrames.settings)
    let stream = try #require(client.session.request(.block(request)))
    client.session.reset(stream, .cancel)
    client.drain()
    #expect(client.session.liveStreams.isEmpty)
  }

  private var request: HeaderBlock {
    var block = HeaderBlock()
    for (name, value) in RawFrames.request { block.append(name, value) }
    return block
  }
}

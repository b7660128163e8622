import HTTP2
import RawHTTP2
import Testing

@Suite("a session guards itself")
struct SessionGuardTests {
  private static let head = PreparedHeaders([(":status", "200")])

  @Test("a header list at its limit is whole; one byte more is marked and cut")
  func headerListLimit() throws {
    var limits = HTTP2Limits()
    let base = RawFrames.request.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 32 }
    limits.headerListByteCountMax = base + 32 + 1 + 20
    let server = try openServer(limits: limits)
    server.receive(RawFrames.headers(1, RawFrames.request + [("x", pad(20))]))
    server.receive(RawFrames.headers(3, RawFrames.request + [("x", pad(21))]))
    #expect(server.streams[1]?.headers.isOversized == false)
    #expect(server.streams[1]?.headers.fields.count == 7)
    #expect(server.streams[3]?.headers.isOversized == true)
    #expect(server.streams[3]?.headers.fields.count == 6)
  }

  @Test("a header list past twice its limit resets the stream, and the next one still decodes")
  func headerListPastTwice() throws {
    var limits = HTTP2Limits()
    limits.headerListByteCountMax = 1000
    let server = try openServer(limits: limits)
    server.forget()
    let many = (0..<60).map { ("x-\($0)", pad(30)) }
    server.receive(RawFrames.headers(1, RawFrames.request + many))
    #expect(server.log == ["closed 1 2"])
    #expect(server.frames(ofType: 3, id: 1).first?.errorCode == 2)
    server.receive(RawFrames.headers(3, RawFrames.request))
    #expect(server.streams[3]?.headers.fields.count == 6)
  }

  @Test("fields are counted too: 128 pass, the 129th marks the list")
  func fieldCount() throws {
    let server = try openServer()
    let fill = (0..<(128 - RawFrames.request.count)).map { ("x\($0)", "") }
    server.receive(RawFrames.headers(1, RawFrames.request + fill))
    server.receive(RawFrames.headers(3, RawFrames.request + fill + [("y", "")]))
    #expect(server.streams[1]?.headers.isOversized == false)
    #expect(server.streams[3]?.headers.isOversized == true)
  }

  @Test("HEADERS on an id that was jumped over end the connection with PROTOCOL_ERROR")
  func skippedID() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(5, RawFrames.request, endsStream: true))
    server.forget()
    server.receive(RawFrames.headers(3, RawFrames.request, endsStream: true))
    #expect(server.frames(ofType: 7).first?.errorCode == 1)
    #expect(server.session.isFinished)
  }

  @Test("late trailers on a stream that was open and is gone do not end the connection")
  func lateTrailers() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request))
    let stream = try #require(server.streams[1])
    server.session.reset(stream, .cancel)
    server.drain()
    server.forget()
    server.receive(RawFrames.headers(1, [("x", "y")], endsStream: true))
    #expect(server.frames(ofType: 7).isEmpty)
    server.receive(RawFrames.headers(3, RawFrames.request))
    #expect(server.log.contains("headers 3"))
  }

  @Test("a header block is known to be open, also one that nobody reads")
  func openBlock() throws {
    let server = try openServer()
    let block = RawFrames.block(RawFrames.request)
    server.receive(RawFrames.frame(1, id: 1, Array(block.prefix(10))))
    #expect(server.session.isInHeaderBlock && !server.session.isHeaderBlockIgnored)
    server.receive(RawFrames.frame(9, flags: 4, id: 1, Array(block.dropFirst(10))))
    #expect(!server.session.isInHeaderBlock)

    server.session.reset(try #require(server.streams[1]), .cancel)
    server.drain()
    server.receive(RawFrames.frame(1, flags: 1, id: 1, RawFrames.block([("x", "y")])))
    #expect(server.session.isHeaderBlockIgnored)
    server.receive(RawFrames.frame(9, flags: 4, id: 1) + RawFrames.frame(6, flags: 1, pad8))
    #expect(!server.session.isInHeaderBlock)
  }

  private let pad8 = [UInt8](repeating: 0, count: 8)

  @Test("a header list that is too long to be sent ends its stream", arguments: [false, true])
  func unsendable(isTrailers: Bool) throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request, endsStream: true))
    let stream = try #require(server.streams[1])
    server.forget()
    var long = HeaderBlock()
    let value = [UInt8](repeating: 97, count: 60_000)
    for _ in 0..<5 { long.append(name: Array("x".utf8).span, value: value.span) }
    if isTrailers {
      server.session.respond(stream, head: .block(HeaderBlock()))
      server.session.send(stream, body: [1, 2, 3])
      server.session.finish(stream, trailers: .block(long))
    } else {
      server.session.respond(stream, only: .block(long))
    }
    server.drain()
    #expect(server.frames(ofType: 3, id: 1).map(\.errorCode) == [2])
    #expect(server.log == ["closed 1 2"])
    #expect(server.session.counters.forcedResets == 0)
  }

  struct Flood: Sendable, CustomTestStringConvertible {
    var name: String
    var frame: [UInt8]
    var allowed: Int
    var testDescription: String { name }
  }

  static let floods = [
    Flood(name: "PING", frame: RawFrames.frame(6, [UInt8](repeating: 1, count: 8)), allowed: 100),
    Flood(name: "SETTINGS", frame: RawFrames.settings, allowed: 19),
    Flood(name: "empty DATA", frame: RawFrames.data(1, []), allowed: 1000),
    Flood(name: "PRIORITY", frame: RawFrames.frame(2, id: 1, [0, 0, 0, 0, 1]), allowed: 1000),
    Flood(
      name: "DATA of nothing but padding", frame: RawFrames.frame(0, flags: 8, id: 1, [1, 0]),
      allowed: 1000),
    Flood(name: "an unknown type", frame: RawFrames.frame(0x42, id: 1, [1]), allowed: 1000),
    Flood(
      name: "PRIORITY_UPDATE", frame: RawFrames.frame(0x10, [0, 0, 0, 1, 0x69]), allowed: 1000),
    Flood(
      name: "GOAWAY", frame: RawFrames.frame(7, [UInt8](repeating: 0, count: 8)), allowed: 1000),
  ]

  @Test("a flood ends the connection at its ceiling and not before", arguments: floods)
  func flood(_ flood: Flood) throws {
    var limits = HTTP2Limits()
    limits.pingStrikeCountMax = .max
    let server = try openServer(limits: limits)
    server.receive(RawFrames.headers(1, RawFrames.request))
    // The first PING after traffic is free.
    if flood.name == "PING" { server.receive(flood.frame) }
    for _ in 0..<flood.allowed { server.receive(flood.frame) }
    #expect(server.frames(ofType: 7).isEmpty)
    server.receive(flood.frame)
    server.receive(flood.frame)
    #expect(server.frames(ofType: 7).first?.errorCode == 11)
  }

  @Test("trailers of a stream that we have reset are let pass, but not without end")
  func lateTrailersFlood() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request))
    server.session.reset(try #require(server.streams[1]), .cancel)
    server.drain()
    let trailers = RawFrames.headers(1, [("x", "y")], endsStream: true)
    for _ in 0..<1000 { server.receive(trailers) }
    #expect(server.frames(ofType: 7).isEmpty)
    server.receive(trailers)
    #expect(server.frames(ofType: 7).first?.errorCode == 11)
  }

  @Test("resets are counted after a GOAWAY too, when the library counts them no more")
  func resetsInDrain() throws {
    let server = try openServer()
    server.session.announceShutdown(thenPing: 1)
    server.drain()
    server.forget()
    for id in stride(from: Int32(1), to: 2_001, by: 2) where !server.session.isFinished {
      server.receive(RawFrames.headers(id, RawFrames.request))
      server.receive(RawFrames.frame(3, id: id, [0, 0, 0, 8]))
    }
    #expect(server.frames(ofType: 7).first?.errorCode == 11)
    #expect(server.log.count { $0.hasPrefix("headers") } == 401)
  }

  @Test("fields without a name are left out of the list and counted in it")
  func namelessFields() throws {
    let server = try openServer()
    let few = [UInt8](repeating: 0, count: 3 * 100)
    let many = [UInt8](repeating: 0, count: 3 * 300)
    let block = RawFrames.block(RawFrames.request)
    server.receive(RawFrames.frame(1, flags: 4, id: 1, block + few))
    server.receive(RawFrames.frame(1, flags: 4, id: 3, block + many))
    server.receive(RawFrames.headers(5, RawFrames.request))
    #expect(server.streams[1]?.headers.fields.count == RawFrames.request.count)
    #expect(server.streams[1]?.headers.isOversized == false)
    #expect(server.frames(ofType: 3, id: 3).count == 1)
    #expect(server.streams[5] != nil)
  }

  @Test("after its end a session is fed no more, whatever comes")
  func nothingAfterTheEnd() throws {
    let server = try openServer()
    server.session.terminate(.enhanceYourCalm, reason: "enough")
    server.receive(RawFrames.headers(1, RawFrames.request))
    server.receive(RawFrames.frame(3, id: 1))
    #expect(server.streams.isEmpty)
    #expect(server.failure == nil)
  }

  @Test(
    "streams beyond those allowed are refused until SETTINGS are acknowledged, and no attack yet")
  func tooManyTooSoon() throws {
    let server = try ScriptedPeer(role: .server)
    server.receive(RawFrames.preface + RawFrames.settings)
    for id in stride(from: Int32(1), to: 601, by: 2) {
      server.receive(RawFrames.headers(id, RawFrames.request))
    }
    #expect(server.frames(ofType: 3).count { $0.errorCode == 7 } == 200)
    #expect(server.frames(ofType: 7).isEmpty)
  }

  @Test("a PING per round trip while data flows is no flood")
  func estimator() throws {
    var limits = HTTP2Limits()
    limits.pingStrikeCountMax = .max
    let server = try openServer(limits: limits)
    server.receive(RawFrames.headers(1, RawFrames.request))
    for _ in 0..<1000 {
      server.receive(
        RawFrames.data(1, [1]) + RawFrames.frame(6, [UInt8](repeating: 1, count: 8)))
    }
    #expect(server.frames(ofType: 7).isEmpty)
  }

  @Test("the same from a server, where it is the client that would mind")
  func estimatorOfServer() throws {
    let client = try ScriptedPeer(role: .client)
    client.receive(RawFrames.settings + RawFrames.settingsAcknowledgement)
    var request = HeaderBlock()
    for (name, value) in RawFrames.request { request.append(name, value) }
    let stream = try #require(client.session.request(.block(request)))
    client.session.finish(stream)
    client.drain()
    client.receive(RawFrames.headers(stream.id, [(":status", "200")]))
    for _ in 0..<1000 {
      client.receive(
        RawFrames.data(stream.id, [1]) + RawFrames.frame(6, [UInt8](repeating: 1, count: 8)))
    }
    #expect(client.frames(ofType: 7).isEmpty)
    #expect(client.frames(ofType: 6).count == 1000)
  }

  static let ping = RawFrames.frame(6, [UInt8](repeating: 1, count: 8))

  @Test("two PINGs that come too soon are let pass, and the third is not (C4)")
  func pingStrikes() throws {
    let server = try openServer()
    server.receive(RawFrames.headers(1, RawFrames.request))
    // Something was sent (SETTINGS is not it), or nothing ever: the first PING is measured from.
    for _ in 0..<3 { server.receive(Self.ping) }
    #expect(server.frames(ofType: 7).isEmpty)
    server.receive(Self.ping)
    #expect(server.frames(ofType: 7).first?.errorCode == 11)
  }

  @Test("PINGs as far apart as the rule asks are no strikes (C4)", arguments: [true, false])
  func patientPings(hasStream: Bool) throws {
    let server = try openServer()
    if hasStream { server.receive(RawFrames.headers(1, RawFrames.request)) }
    let pause = hasStream ? 300 : 7_200
    for count in 0..<20 {
      server.nowNanoseconds = UInt64(count * pause) * 1_000_000_000
      server.receive(Self.ping)
    }
    #expect(server.frames(ofType: 7).isEmpty)
    for _ in 0..<3 { server.receive(Self.ping) }
    #expect(server.frames(ofType: 7).first?.errorCode == 11)
  }

  @Test("whenever HEADERS or DATA were sent the strikes begin anew (C4)")
  func strikesBeginAnew() throws {
    let server = try openServer()
    for id in stride(from: Int32(1), to: 60, by: 2) {
      server.receive(RawFrames.headers(id, RawFrames.request, endsStream: true))
      let stream = try #require(server.streams[id])
      server.session.respond(stream, only: .prepared(Self.head))
      server.drain()
      for _ in 0..<3 { server.receive(Self.ping) }
    }
    #expect(server.frames(ofType: 7).isEmpty)
  }

  @Test("counters begin anew in each window")
  func windows() throws {
    let server = try openServer()
    for second in 0..<100 {
      server.nowNanoseconds = UInt64(second) * 1_000_000_000
      server.receive(RawFrames.settings)
    }
    #expect(server.frames(ofType: 7).isEmpty)
  }

  @Test("streams that force us to reset them end the connection")
  func madeYouReset() throws {
    let server = try openServer()
    var id: Int32 = 1
    for _ in 0..<150 where !server.session.isFinished {
      server.receive(RawFrames.headers(id, RawFrames.request))
      // A window beyond 2^31 is the stream's error, so we must reset it (CVE-2025-8671).
      server.receive(RawFrames.frame(8, id: id, [0x7F, 0xFF, 0xFF, 0xFF]))
      id += 2
    }
    #expect(server.frames(ofType: 7).first?.errorCode == 11)
    #expect(server.frames(ofType: 3).count <= 101)
  }

  @Test("too many CONTINUATIONs are told so, though the library says nothing")
  func continuations() throws {
    let server = try openServer()
    let block = RawFrames.block(RawFrames.request)
    var bytes = RawFrames.frame(1, id: 1, Array(block[..<1]))
    for index in 1...40 { bytes += RawFrames.frame(9, id: 1, [block[index]]) }
    server.receive(bytes)
    let farewell = try #require(server.failure).farewell
    #expect(farewell.count == 17)
    #expect(farewell.suffix(4) == [0, 0, 0, 11])
    #expect(server.session.isFinished)
  }

  private func pad(_ count: Int) -> String { String(repeating: "a", count: count) }
}

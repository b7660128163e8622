import CallSuite
import RPCTransportHTTP2
import RawHTTP2
import Testing

@Suite("HTTP/2 as RFC 9113 and RFC 7541 have it", .serialized, .timeLimit(.minutes(2)))
struct HTTP2CaseTests {
  @Test("the server does what the standard says", arguments: HTTP2Case.all)
  func holds(_ tried: HTTP2Case) async throws {
    try await Wire.withServer { port in
      try await Wire.blocking { try HTTP2CaseRun(tried, port: port).run() }
    }
  }

  @Test("no case is missing and none is there twice")
  func complete() {
    #expect(HTTP2Case.all.count == 147)
    #expect(Set(HTTP2Case.all.map(\.id)).count == HTTP2Case.all.count)
  }

  @Test(
    "a plain GET is told in HTTP what this is, and HEAD the same without a body",
    arguments: ["GET", "HEAD"])
  func plainRequest(_ method: String) async throws {
    let frames = try await Wire.withServer { port in
      try await Wire.blocking {
        let connection = try RawConnection(port: port)
        let fields = [(":method", method)] + HTTP2Case.fields.dropFirst()
        try connection.socket.send(RawFrames.headers(1, fields, endsStream: true))
        var frames: [RawConnection.Frame] = []
        while frames.last?.endsStream != true {
          guard let frame = try connection.first(where: { $0.id == 1 }) else { break }
          frames.append(frame)
        }
        // Nothing follows the end: no reset, no farewell.
        #expect(try connection.frames(beforePong: 1).isEmpty)
        return frames
      }
    }
    #expect(frames.first?.isHeaders == true)
    #expect(frames.last?.endsStream == true)
    let body = frames.filter(\.isData).flatMap(\.payload)
    #expect(String(decoding: body, as: UTF8.self).hasPrefix("415 ") == (method == "GET"))
    #expect(body.count < 200)

    let answer = try await Wire.withClient { client in
      try client.call([(":method", method)] + HTTP2Case.fields.dropFirst())
    }
    #expect(answer.headers[":status"] == "415")
    #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
    #expect(answer.resetCode == nil && answer.status == nil)
  }
}

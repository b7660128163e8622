import RawHTTP2

private typealias F = RawFrames

// RFC 9113 § 3.4, 4 and 5: beginnings, frames as such, streams.
extension HTTP2Case {
  static let beginnings: [HTTP2Case] = {
    var cases = [
      HTTP2Case(
        "http2/3.5/1", "the server's preface is SETTINGS", .settingsFirst, F.preface,
        window(65_535)),
      HTTP2Case(
        "http2/3.5/2", "another preface", .connectionError([.protocol]),
        Array("INVALID CONNECTION PREFACE\r\n\r\n".utf8)),
    ]
    for index in cases.indices { cases[index].beginsProperly = false }
    return cases
  }()

  private static let eight = [UInt8](repeating: 0, count: 8)
  private static let unknownFrame = F.frame(0x16, eight)
  private static let sixteenKiB = [UInt8](repeating: UInt8(ascii: "x"), count: 16_384)
  private static let tooLargeBlock =
    block + longField + longField + longField + longField
    + longField

  static let frameFormats: [HTTP2Case] = [
    HTTP2Case("http2/4.1/1", "a frame of unknown type", .nothing, unknownFrame),
    HTTP2Case("http2/4.1/2", "flags that mean nothing", .nothing, F.frame(6, flags: 0x16, eight)),
    HTTP2Case(
      "http2/4.1/3", "the reserved bit of a stream's number", .nothing,
      F.frame(6, flags: 0x16, id: Int32.min, eight)),
    HTTP2Case(
      "http2/4.2/1", "DATA of 16 KiB", .answered, post, F.data(1, sixteenKiB, endsStream: true)),
    HTTP2Case(
      "http2/4.2/2", "DATA of a byte more", .streamError([.frameSize]), post,
      F.data(1, sixteenKiB + [0], endsStream: true)),
    HTTP2Case(
      "http2/4.2/3", "HEADERS of more than 16 KiB", .connectionError([.frameSize]),
      F.headers(1, block: tooLargeBlock)),
    HTTP2Case(
      "http2/4.3/1", "a block that ends in a field", .connectionError([.compression]),
      F.headers(1, block: [0x40])),
    HTTP2Case(
      "http2/4.3/2", "PRIORITY within a block", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block), F.priority(1), F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/4.3/3", "HEADERS of another stream within a block", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block), F.headers(3, fields, endsStream: true),
      F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/5.4.1/1", "after a connection error the connection is closed",
      .connectionError([.protocol]), F.frame(6, id: 3, eight)),
    HTTP2Case(
      "http2/5.4.1/2", "before it there is a GOAWAY", .connectionError([.protocol]),
      F.frame(6, id: 3, eight)),
    HTTP2Case("http2/5.5/1", "a frame of an extension", .nothing, unknownFrame),
    HTTP2Case(
      "http2/5.5/2", "a frame of an extension within a block", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block, endsStream: true), unknownFrame),
  ]

  static let streamStates: [HTTP2Case] = idle + halfClosed + closed + identifiers

  private static let idle: [HTTP2Case] = [
    // § 5.1 and § 6.1 name two different codes.
    HTTP2Case(
      "http2/5.1/1", "idle: DATA", .streamError([.protocol, .streamClosed]), body),
    HTTP2Case("http2/5.1/2", "idle: RST_STREAM", .connectionError([.protocol]), F.reset(1)),
    HTTP2Case(
      "http2/5.1/3", "idle: WINDOW_UPDATE", .connectionError([.protocol]),
      F.windowUpdate(1, 100)),
    HTTP2Case(
      "http2/5.1/4", "idle: CONTINUATION", .connectionError([.protocol]),
      F.continuation(1, block, isLast: true)),
  ]

  private static let halfClosed: [HTTP2Case] = [
    HTTP2Case("http2/5.1/5", "after its end: DATA", .streamError([.streamClosed]), get, body),
    HTTP2Case("http2/5.1/6", "after its end: HEADERS", .streamError([.streamClosed]), get, get),
    HTTP2Case(
      "http2/5.1/7", "after its end: CONTINUATION", .streamError([.streamClosed, .protocol]), get,
      F.continuation(1, block, isLast: true)),
  ]

  // RFC 9113 § 5.1 has an endpoint discard what it gets on a closed stream. For HEADERS we are stricter.
  private static let closed: [HTTP2Case] = [
    HTTP2Case(
      "http2/5.1/8", "after its reset: DATA", .streamErrorOrDiscarded([.streamClosed]), post,
      F.reset(1),
      body),
    HTTP2Case(
      "http2/5.1/9", "after its reset: HEADERS", .streamError([.streamClosed]), post, F.reset(1),
      get),
    HTTP2Case(
      "http2/5.1/10", "after its reset: CONTINUATION", .streamError([.streamClosed, .protocol]),
      post, F.reset(1), F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/5.1/11", "after both ends: DATA", .streamErrorOrDiscarded([.streamClosed]),
      steps: [.send(get), .awaitEnd, .send(body)]),
    HTTP2Case(
      "http2/5.1/12", "after both ends: HEADERS", .connectionError([.streamClosed]),
      steps: [.send(get), .awaitEnd, .send(get)]),
    HTTP2Case(
      "http2/5.1/13", "after both ends: CONTINUATION",
      .connectionError([.streamClosed, .protocol]),
      steps: [.send(get), .awaitEnd, .send(F.continuation(1, longField, isLast: true))]),
  ]

  private static let identifiers: [HTTP2Case] = [
    HTTP2Case(
      "http2/5.1.1/1", "a stream of an even number", .connectionError([.protocol]),
      F.headers(2, fields, endsStream: true)),
    HTTP2Case(
      "http2/5.1.1/2", "a stream below one that is open", .connectionError([.protocol]),
      F.headers(5, fields, endsStream: true), F.headers(3, fields, endsStream: true)),
    HTTP2Case(
      "http2/5.1.2/1", "one stream more than allowed", .streamError([.protocol, .refused]),
      window(0),
      (0...100).flatMap { F.headers(Int32(2 * $0 + 1), fields, endsStream: true) }),
    HTTP2Case(
      "http2/5.3.1/1", "HEADERS that depend on themselves", .streamError([.protocol]),
      F.frame(1, flags: 0x25, id: 1, [0, 0, 0, 1, 255] + block)),
    // Our SETTINGS say that priorities are none of ours (RFC 9218 § 2.1), so they are not looked at.
    HTTP2Case(
      "http2/5.3.1/2", "PRIORITY that depends on itself", .streamErrorOrDiscarded([.protocol]),
      F.priority(1, on: 1)),
  ]
}

import RawHTTP2

private typealias F = RawFrames

// RFC 9113 § 6 and 7: each kind of frame.
extension HTTP2Case {
  private static let eight = [UInt8](repeating: 0, count: 8)

  static let frameKinds: [HTTP2Case] = [
    HTTP2Case(
      "http2/6.1/1", "DATA of stream 0", .connectionError([.protocol]),
      F.data(0, text, endsStream: true)),
    HTTP2Case(
      "http2/6.1/2", "DATA of a stream that has ended", .streamError([.streamClosed]),
      F.headers(1, postFields, endsStream: true), body),
    HTTP2Case(
      "http2/6.1/3", "DATA with more padding than frame", .connectionError([.protocol]),
      F.headers(1, postFields + [("content-length", "4")]),
      F.frame(0, flags: 9, id: 1, [6] + text)),
    HTTP2Case(
      "http2/6.2/1", "PRIORITY before the block's end", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block), F.priority(1), F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/6.2/2", "another stream before the block's end", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block), F.headers(3, fields, endsStream: true),
      F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/6.2/3", "HEADERS of stream 0", .connectionError([.protocol]),
      F.headers(0, fields, endsStream: true)),
    HTTP2Case(
      "http2/6.2/4", "HEADERS with more padding than frame", .streamError([.protocol]),
      F.frame(1, flags: 13, id: 1, [UInt8(block.count + 2)] + block)),
    HTTP2Case(
      "http2/6.3/1", "PRIORITY of stream 0", .connectionError([.protocol]), F.priority(0)),
    HTTP2Case(
      "http2/6.3/2", "PRIORITY of four bytes", .streamError([.frameSize]), get,
      F.frame(2, id: 1, [0x80, 0, 0, 1])),
    HTTP2Case(
      "http2/6.4/1", "RST_STREAM of stream 0", .connectionError([.protocol]), F.reset(0)),
    HTTP2Case(
      "http2/6.4/2", "RST_STREAM of an idle stream", .connectionError([.protocol]), F.reset(1)),
    HTTP2Case(
      "http2/6.4/3", "RST_STREAM of three bytes", .connectionError([.frameSize]), get,
      F.frame(3, id: 1, [0, 0, 0])),
    HTTP2Case("http2/6.7/1", "PING", .nothing),
    HTTP2Case(
      "http2/6.7/2", "a PING that is an answer has none", .nothing,
      F.ping(0x77, isAcknowledgement: true)),
    HTTP2Case(
      "http2/6.7/3", "PING of a stream", .connectionError([.protocol]), F.frame(6, id: 1, eight)),
    HTTP2Case(
      "http2/6.7/4", "PING of six bytes", .connectionError([.frameSize]),
      F.frame(6, [0, 0, 0, 0, 0, 0])),
    HTTP2Case(
      "http2/6.8/1", "GOAWAY of a stream", .connectionError([.protocol]),
      F.frame(7, id: 1, eight)),
    HTTP2Case(
      "http2/7/1", "GOAWAY with an unknown code", .nothingOrClose, F.goAway(0xFF)),
    HTTP2Case(
      "http2/7/2", "RST_STREAM with an unknown code", .nothing, post, F.reset(1, 0xFF)),
  ]

  static let settings: [HTTP2Case] = [
    HTTP2Case(
      "http2/6.5/1", "an acknowledgement with a payload", .connectionError([.frameSize]),
      F.frame(4, flags: 1, [0])),
    HTTP2Case(
      "http2/6.5/2", "SETTINGS of a stream", .connectionError([.protocol]),
      F.frame(4, id: 1, [0, 3, 0, 0, 0, 100])),
    HTTP2Case(
      "http2/6.5/3", "SETTINGS of three bytes", .connectionError([.protocol, .frameSize]),
      F.frame(4, [0, 3, 0])),
    HTTP2Case(
      "http2/6.5.2/1", "ENABLE_PUSH of 2", .connectionError([.protocol]), F.settings([(2, 2)])),
    HTTP2Case(
      "http2/6.5.2/2", "INITIAL_WINDOW_SIZE of 2^31", .connectionError([.flowControl]),
      window(1 << 31)),
    HTTP2Case(
      "http2/6.5.2/3", "MAX_FRAME_SIZE below 16 KiB", .connectionError([.protocol]),
      F.settings([(5, 16_383)])),
    HTTP2Case(
      "http2/6.5.2/4", "MAX_FRAME_SIZE of 16 MiB", .connectionError([.protocol]),
      F.settings([(5, 1 << 24)])),
    HTTP2Case("http2/6.5.2/5", "an unknown parameter", .nothing, F.settings([(0xFF, 1)])),
    HTTP2Case(
      "http2/6.5.3/1", "parameters count in their order", .data(length: 1),
      steps: [.send(F.settings([(4, 100), (4, 1)])), .awaitAcknowledgement, .send(get)]),
    HTTP2Case(
      "http2/6.5.3/2", "SETTINGS are acknowledged", .acknowledged, F.settings([(2, 0)])),
  ]

  static let windows: [HTTP2Case] = [
    HTTP2Case(
      "http2/6.9/1", "a connection's window by 0", .connectionError([.protocol]),
      F.windowUpdate(0, 0)),
    HTTP2Case(
      "http2/6.9/2", "a stream's window by 0", .streamError([.protocol]), post,
      F.windowUpdate(1, 0)),
    HTTP2Case(
      "http2/6.9/3", "WINDOW_UPDATE of three bytes", .connectionError([.frameSize]),
      F.frame(8, [0, 0, 1])),
    HTTP2Case(
      "http2/6.9.1/1", "a window of one byte lets one through", .data(length: 1),
      steps: [.send(window(1)), .awaitAcknowledgement, .send(get)]),
    HTTP2Case(
      "http2/6.9.1/2", "a connection's window over 2^31-1", .connectionError([.flowControl]),
      F.windowUpdate(0, UInt32(Int32.max)), F.windowUpdate(0, UInt32(Int32.max))),
    HTTP2Case(
      "http2/6.9.1/3", "a stream's window over 2^31-1", .streamError([.flowControl]), post,
      F.windowUpdate(1, UInt32(Int32.max)), F.windowUpdate(1, UInt32(Int32.max))),
    HTTP2Case(
      "http2/6.9.2/1", "a change of the first window changes open streams'", .data(length: 1),
      steps: [.send(window(0)), .awaitAcknowledgement, .send(get), .send(window(1))]),
    HTTP2Case(
      "http2/6.9.2/2", "a window may be negative", .data(length: 1),
      steps: [
        .send(window(3)), .awaitAcknowledgement, .send(get), .awaitData, .send(window(2)),
        .awaitAcknowledgement, .send(F.windowUpdate(1, 2)),
      ]),
    HTTP2Case(
      "http2/6.9.2/3", "a first window over 2^31-1", .connectionError([.flowControl]),
      F.frame(4, [0, 4, 0x80, 0, 0, 0])),
  ]

  static let continuations: [HTTP2Case] = [
    HTTP2Case(
      "http2/6.10/1", "several CONTINUATION", .answered,
      F.unfinishedHeaders(1, block, endsStream: true),
      F.continuation(1, longField, isLast: false), F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/6.10/2", "DATA before the last", .connectionError([.protocol]),
      F.unfinishedHeaders(1, RawFrames.block(postFields)),
      F.continuation(1, longField, isLast: false), body),
    HTTP2Case(
      "http2/6.10/3", "CONTINUATION of stream 0", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block, endsStream: true),
      F.continuation(0, longField, isLast: true)),
    HTTP2Case(
      "http2/6.10/4", "CONTINUATION behind the end of HEADERS", .connectionError([.protocol]),
      get, F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/6.10/5", "CONTINUATION behind the last", .connectionError([.protocol]),
      F.unfinishedHeaders(1, block, endsStream: true),
      F.continuation(1, longField, isLast: true), F.continuation(1, longField, isLast: true)),
    HTTP2Case(
      "http2/6.10/6", "CONTINUATION behind DATA", .connectionError([.protocol]),
      F.unfinishedHeaders(1, RawFrames.block(postFields)), body,
      F.continuation(1, longField, isLast: false), F.continuation(1, longField, isLast: true)),
  ]
}

import RawHTTP2

private typealias F = RawFrames

// RFC 9113 § 8: requests that are none. RFC 7541: header blocks that are none.
extension HTTP2Case {
  private static func without(_ name: String) -> [UInt8] {
    F.headers(1, fields.filter { $0.0 != name }, endsStream: true)
  }

  private static let emptyPath: [Field] = fields.map { $0.0 == ":path" ? (":path", "") : $0 }
  private static let pseudoFieldLast: [Field] =
    Array(fields.dropLast()) + [("x-test", "ok"), (":authority", "localhost")]

  static let messages: [HTTP2Case] = [
    HTTP2Case(
      "http2/8.1/1", "second HEADERS that are no end", .streamError([.protocol]), post,
      F.data(1, text), F.headers(1, [("x-test", "ok")])),
    HTTP2Case(
      "http2/8.1.2/1", "a name in upper case", .streamError([.protocol]), getting(("X-TEST", "ok"))),
    HTTP2Case(
      "http2/8.1.2.1/1", "an unknown pseudo-field", .streamError([.protocol]),
      getting((":test", "ok"))),
    HTTP2Case(
      "http2/8.1.2.1/2", "the pseudo-field of responses", .streamError([.protocol]),
      getting((":status", "200"))),
    HTTP2Case(
      "http2/8.1.2.1/3", "a pseudo-field in trailers", .streamError([.protocol]), post,
      F.data(1, text), F.headers(1, [(":method", "POST")], endsStream: true)),
    HTTP2Case(
      "http2/8.1.2.1/4", "a pseudo-field behind another field", .streamError([.protocol]),
      F.headers(1, pseudoFieldLast, endsStream: true)),
    HTTP2Case(
      "http2/8.1.2.2/1", "a field of the connection's", .streamError([.protocol]),
      getting(("connection", "keep-alive"))),
    HTTP2Case(
      "http2/8.1.2.2/2", "te with more than trailers", .streamError([.protocol]),
      getting(("trailers", "test"), ("te", "trailers, deflate"))),
    HTTP2Case(
      "http2/8.1.2.3/1", "an empty :path", .streamError([.protocol]),
      F.headers(1, emptyPath, endsStream: true)),
    HTTP2Case("http2/8.1.2.3/2", "no :method", .streamError([.protocol]), without(":method")),
    HTTP2Case("http2/8.1.2.3/3", "no :scheme", .streamError([.protocol]), without(":scheme")),
    HTTP2Case("http2/8.1.2.3/4", "no :path", .streamError([.protocol]), without(":path")),
    HTTP2Case(
      "http2/8.1.2.3/5", "two :method", .streamError([.protocol]), getting((":method", "GET"))),
    HTTP2Case(
      "http2/8.1.2.3/6", "two :scheme", .streamError([.protocol]), getting((":scheme", "http"))),
    HTTP2Case("http2/8.1.2.3/7", "two :path", .streamError([.protocol]), getting((":path", "/"))),
    HTTP2Case(
      "http2/8.1.2.6/1", "a content-length that is not the body's", .streamError([.protocol]),
      F.headers(1, postFields + [("content-length", "1")]), body),
    HTTP2Case(
      "http2/8.1.2.6/2", "nor that of several DATA", .streamError([.protocol]),
      F.headers(1, postFields + [("content-length", "1")]), F.data(1, text), body),
    HTTP2Case(
      "http2/8.2/1", "PUSH_PROMISE of a client", .connectionError([.protocol]),
      F.frame(5, flags: 4, id: 1, [0, 0, 0, 3] + block)),
  ]

  private static func ending(in bytes: UInt8...) -> [UInt8] {
    F.headers(1, block: block + bytes)
  }

  /// "x-test" by Huffman's code, as a name that is not indexed.
  private static func value(_ bytes: UInt8...) -> [UInt8] {
    let name: [UInt8] = [0, 0x85, 0xF2, 0xB2, 0x4A, 0x84, 0xFF]
    return F.headers(1, block: block + name + [0x80 | UInt8(bytes.count)] + bytes)
  }

  static let hpack: [HTTP2Case] = [
    HTTP2Case(
      "hpack/2.3.3/1", "a field beyond both tables", .connectionError([.compression]),
      ending(in: 0x80 | 70)),
    HTTP2Case(
      "hpack/2.3.3/2", "a name beyond both tables", .connectionError([.compression]),
      ending(in: 0x7F, 70 - 63, 0)),
    HTTP2Case(
      "hpack/4.2/1", "another size of the table at the end", .connectionError([.compression]),
      ending(in: 0x21)),
    HTTP2Case(
      "hpack/5.2/1", "more than seven bits of padding", .connectionError([.compression]),
      value(0x49, 0x50, 0x9F, 0xFF)),
    HTTP2Case(
      "hpack/5.2/2", "padding of zeros", .connectionError([.compression]),
      value(0x49, 0x50, 0x90)),
    HTTP2Case(
      "hpack/5.2/3", "the end of string within a string", .connectionError([.compression]),
      value(0x49, 0x51, 0xFF, 0xFF, 0xFF, 0xFA, 0x7F)),
    HTTP2Case("hpack/6.1/1", "field 0", .connectionError([.compression]), ending(in: 0x80)),
    HTTP2Case(
      "hpack/6.3/1", "a table of a byte more than allowed", .connectionError([.compression]),
      F.headers(1, block: [0x3F, 0xE2, 0x1F] + block)),
  ]
}

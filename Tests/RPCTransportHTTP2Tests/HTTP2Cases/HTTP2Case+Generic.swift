import RawHTTP2

private typealias F = RawFrames

// What every server takes.
extension HTTP2Case {
  static let generic: [HTTP2Case] = genericStreams + genericFrames + genericMessages

  private static let genericStreams: [HTTP2Case] = [
    {
      var first = HTTP2Case(
        "generic/1/1", "a preface is answered by SETTINGS", .settingsFirst, F.preface,
        window(65_535))
      first.beginsProperly = false
      return first
    }(),
    HTTP2Case("generic/2/1", "PRIORITY on an idle stream", .nothing, F.priority(1)),
    HTTP2Case(
      "generic/2/2", "WINDOW_UPDATE after the request's end", .data(length: 1), window(0), get,
      F.windowUpdate(1, 1)),
    HTTP2Case(
      "generic/2/3", "PRIORITY after the request's end", .data(length: 1), window(0), get,
      F.priority(1), F.windowUpdate(1, 1)),
    HTTP2Case("generic/2/4", "RST_STREAM after the request's end", .nothing, get, F.reset(1)),
    HTTP2Case(
      "generic/2/5", "PRIORITY on a closed stream", .nothing,
      steps: [.send(get), .awaitEnd, .send(F.priority(1))]),
  ]

  private static let paddedData = F.frame(0, flags: 9, id: 1, [5] + text + [0, 0, 0, 0, 0])
  private static let paddedHeaders = F.frame(
    1, flags: 13, id: 1, [8] + block + [UInt8](repeating: 0, count: 8))
  private static let weightedHeaders = F.frame(1, flags: 0x25, id: 1, [0, 0, 0, 0, 255] + block)

  private static let genericFrames: [HTTP2Case] = [
    HTTP2Case("generic/3.1/1", "one DATA", .answered, post, body),
    HTTP2Case("generic/3.1/2", "several DATA", .answered, post, F.data(1, text), body),
    HTTP2Case("generic/3.1/3", "DATA with padding", .answered, post, paddedData),
    HTTP2Case("generic/3.2/1", "HEADERS", .answered, get),
    HTTP2Case("generic/3.2/2", "HEADERS with padding", .answered, paddedHeaders),
    HTTP2Case("generic/3.2/3", "HEADERS with a priority", .answered, weightedHeaders),
    HTTP2Case("generic/3.3/1", "PRIORITY of weight 1", .answered, F.priority(1, weight: 0), get),
    HTTP2Case(
      "generic/3.3/2", "PRIORITY of weight 256", .answered, F.priority(1, weight: 255), get),
    HTTP2Case(
      "generic/3.3/3", "PRIORITY on another stream's account", .answered, F.priority(3, on: 1),
      get),
    HTTP2Case(
      "generic/3.3/4", "PRIORITY that wants a stream for itself", .answered,
      F.priority(1, isExclusive: true), get),
    HTTP2Case(
      "generic/3.3/5", "PRIORITY of a stream above opens none below it", .answered, F.priority(3),
      get),
    HTTP2Case("generic/3.4/1", "RST_STREAM", .nothing, post, F.reset(1)),
    HTTP2Case(
      "generic/3.5/1", "SETTINGS with all parameters", .acknowledged,
      F.settings([(1, 4096), (2, 1), (3, 100), (4, 65_535), (5, 16_384), (6, 100)])),
    HTTP2Case("generic/3.7/1", "PING", .nothing),
    HTTP2Case("generic/3.8/1", "GOAWAY", .nothingOrClose, F.goAway(debug: text)),
    HTTP2Case("generic/3.9/1", "WINDOW_UPDATE of the connection", .nothing, F.windowUpdate(0, 1)),
    HTTP2Case("generic/3.9/2", "WINDOW_UPDATE of a stream", .answered, get, F.windowUpdate(1, 1)),
    HTTP2Case(
      "generic/3.10/1", "a block in two parts", .answered,
      F.unfinishedHeaders(1, Array(block[..<5]), endsStream: true),
      F.continuation(1, Array(block[5...]), isLast: true)),
    HTTP2Case(
      "generic/3.10/2", "a block in three parts", .answered,
      F.unfinishedHeaders(1, Array(block[..<5]), endsStream: true),
      F.continuation(1, Array(block[5..<10]), isLast: false),
      F.continuation(1, Array(block[10...]), isLast: true)),
  ]

  private static let genericMessages: [HTTP2Case] = [
    HTTP2Case("generic/4/1", "GET", .answered, get),
    HTTP2Case(
      "generic/4/2", "HEAD", .answered,
      F.headers(1, [(":method", "HEAD")] + fields.dropFirst(), endsStream: true)),
    HTTP2Case("generic/4/3", "POST", .answered, post, body),
    HTTP2Case(
      "generic/4/4", "POST with trailers", .answered, post, F.data(1, text),
      F.headers(1, [("x-test", "ok")], endsStream: true)),
  ]
}

// The forms a field can have in a header block (RFC 7541 § 6).
extension HTTP2Case {
  /// "x-test" and "h2spec" by the code of RFC 7541, appendix B, and as they are.
  private static let huffmanName: [UInt8] = [0x85, 0xF2, 0xB2, 0x4A, 0x84, 0xFF]
  private static let huffmanValue: [UInt8] = [0x84, 0x9C, 0x48, 0xAC, 0xA4]
  private static let plainName: [UInt8] = [6] + Array("x-test".utf8)
  private static let plainValue: [UInt8] = [6] + Array("h2spec".utf8)
  /// "user-agent" is field 58 of the static table: as a prefix of six bits and of four.
  private static let indexedName: UInt8 = 58
  private static let shortIndexedName: [UInt8] = [0x0F, 58 - 15]

  private static func with(_ field: [UInt8]...) -> [UInt8] {
    F.headers(1, block: block + field.flatMap { $0 })
  }

  static let genericHPACK: [HTTP2Case] = [
    HTTP2Case("generic/5/1", "an indexed field", .answered, with([0x80 | indexedName])),
    HTTP2Case(
      "generic/5/2", "a literal to be indexed, name indexed", .answered,
      with([0x40 | indexedName], plainValue)),
    HTTP2Case(
      "generic/5/3", "the same by Huffman's code", .answered,
      with([0x40 | indexedName], huffmanValue)),
    HTTP2Case(
      "generic/5/4", "a literal to be indexed, name new", .answered,
      with([0x40], plainName, plainValue)),
    HTTP2Case(
      "generic/5/5", "the same by Huffman's code", .answered,
      with([0x40], huffmanName, huffmanValue)),
    HTTP2Case(
      "generic/5/6", "a literal not to be indexed, name indexed", .answered,
      with(shortIndexedName, plainValue)),
    HTTP2Case(
      "generic/5/7", "the same by Huffman's code", .answered,
      with(shortIndexedName, huffmanValue)),
    HTTP2Case(
      "generic/5/8", "a literal not to be indexed, name new", .answered,
      with([0], plainName, plainValue)),
    HTTP2Case(
      "generic/5/9", "the same by Huffman's code", .answered, with([0], huffmanName, huffmanValue)),
    HTTP2Case(
      "generic/5/10", "a literal never to be indexed, name indexed", .answered,
      with([0x1F, 58 - 15], plainValue)),
    HTTP2Case(
      "generic/5/11", "the same by Huffman's code", .answered, with([0x1F, 58 - 15], huffmanValue)),
    HTTP2Case(
      "generic/5/12", "a literal never to be indexed, name new", .answered,
      with([0x10], plainName, plainValue)),
    HTTP2Case(
      "generic/5/13", "the same by Huffman's code", .answered,
      with([0x10], huffmanName, huffmanValue)),
    HTTP2Case(
      "generic/5/14", "the table made smaller", .answered,
      F.headers(1, block: [0x3F, 0x61] + block)),
    HTTP2Case(
      "generic/5/15", "the table made smaller and large again", .answered,
      F.headers(1, block: [0x3F, 0x61, 0x3F, 0xE1, 0x1F] + block)),
  ]
}

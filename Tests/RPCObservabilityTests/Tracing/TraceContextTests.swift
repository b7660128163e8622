import Testing

@testable import RPCObservability

/// The cases of the W3C's own test suite for parsers, and both sides of each length.
@Suite("traceparent")
struct TraceContextTests {
  static let trace = "0123456789abcdef0fedcba987654321"
  static let span = "00f067aa0ba902b7"

  @Test(
    "what can be read is read",
    arguments: [
      ("00-\(trace)-\(span)-00", false, false),
      ("00-\(trace)-\(span)-01", true, false),
      ("00-\(trace)-\(span)-03", true, true),
      ("00-\(trace)-\(span)-fe", false, true),
      ("01-\(trace)-\(span)-01", true, false),
      ("cc-\(trace)-\(span)-01-what-the-future-will-be-like", true, false),
      ("fe-\(trace)-\(span)-01-", true, false),
    ])
  func readable(text: String, isSampled: Bool, isRandom: Bool) throws {
    let context = try #require(TraceContext(traceparent: text))
    #expect(
      context.traceID == .init(high: 0x0123_4567_89ab_cdef, low: 0x0fed_cba9_8765_4321))
    #expect(context.spanID == 0x00f0_67aa_0ba9_02b7)
    #expect(context.isSampled == isSampled && context.isRandom == isRandom)
    // Whatever version came, 00 leaves, with the flags that we know.
    #expect(
      context.traceparent
        == "00-\(Self.trace)-\(Self.span)-0\((isSampled ? 1 : 0) + (isRandom ? 2 : 0))")
    #expect(TraceContext(traceparent: context.traceparent) == context)
  }

  @Test(
    "anything else is no trace",
    arguments: [
      "", "00", "garbage", "00-\(trace)-\(span)", "00-\(trace)-\(span)-", "00-\(trace)-\(span)-1",
      "00-\(trace)-\(span)-001", "00-\(trace)-\(span)-01-", "00-\(trace)-\(span)-01-more",
      "ff-\(trace)-\(span)-01", "0-\(trace)-\(span)-01", "000-\(trace)-\(span)-01",
      "cc-\(trace)-\(span)-01.more", "cc-\(trace)-\(span)-011",
      "00-00000000000000000000000000000000-\(span)-01", "00-\(trace)-0000000000000000-01",
      "00-\(trace.uppercased())-\(span)-01", "00-\(trace)-\(span.uppercased())-01",
      "00-\(trace)-\(span)-0X", "00-\(trace)-\(span)-0A", "0X-\(trace)-\(span)-01",
      "00-\(trace.dropLast())-\(span)-01", "00-\(trace)0-\(span)-01",
      "00-\(trace)-\(span.dropLast())-01", "00_\(trace)_\(span)_01", "00-\(trace)-\(span)-01,",
      " 00-\(trace)-\(span)-01", "00-\(trace)-\(span)-01 ", "00-\(trace)-\(span.dropLast())é-01",
      "00-\(trace)-\(span)-01,00-\(trace)-\(span)-01",
      "00-+123456789abcdef0fedcba987654321-\(span)-01",
    ])
  func unreadable(text: String) { #expect(TraceContext(traceparent: text) == nil) }

  @Test("no byte of a traceparent can be another and stay the same trace", arguments: 1...10)
  func damage(seed: UInt64) {
    var generator = SplitMix(state: seed)
    let good = Array("00-\(Self.trace)-\(Self.span)-01".utf8)
    let context = TraceContext(traceparent: String(decoding: good, as: UTF8.self))
    for _ in 0..<500 {
      var bytes = good
      let index = Int(generator.next() % UInt64(bytes.count - 2))
      let byte = UInt8(generator.next() % 128)
      bytes[index] = byte
      let read = TraceContext(traceparent: String(decoding: bytes, as: UTF8.self))
      // Only the version may change without a difference.
      if byte != good[index], index > 1 { #expect(read != context, "seed \(seed)") }
      if let read { #expect(TraceContext(traceparent: read.traceparent) == read) }
    }
  }

  @Test("a tracestate that cannot be read is left out, the trace is not")
  func stateAlone() throws {
    let parent = "00-\(Self.trace)-\(Self.span)-01"
    let bad = try #require(TraceContext(traceparent: parent, tracestate: "A=b"))
    #expect(bad.state.members.isEmpty)
    let good = try #require(TraceContext(traceparent: parent, tracestate: "a=b"))
    #expect(good.state.text == "a=b")
    #expect(TraceContext(traceparent: "00", tracestate: "a=b") == nil)
  }
}

@Suite("tracestate")
struct TraceStateTests {
  private static let members32 = (0..<32).map { "k\($0)=v" }.joined(separator: ",")

  @Test(
    "what can be read is handed on",
    arguments: [
      ("foo=1,bar=2", "foo=1,bar=2"), (" foo=1 \t, \tbar=2", "foo=1,bar=2"),
      ("foo=1,,bar=2,", "foo=1,bar=2"), ("", ""), (",", ""), ("foo=", "foo="),
      ("foo@bar=1", "foo@bar=1"), ("1a-_*/=x y!~", "1a-_*/=x y!~"), (members32, members32),
      (String(repeating: "k", count: 256) + "=v", String(repeating: "k", count: 256) + "=v"),
      ("k=" + String(repeating: "v", count: 256), "k=" + String(repeating: "v", count: 256)),
    ])
  func readable(text: String, handedOn: String) {
    #expect(TraceState(text)?.text == handedOn)
  }

  @Test(
    "anything else is left out whole",
    arguments: [
      "foo", "=1", "foo=1=2", "Foo=1", "fo o=1", "foo =1", "_foo=1", "@foo=1", "foo=1,foo=1",
      "foo=1,bar=2,foo=3", "foo=\u{7f}", "foo=é", "foo=a\nb", "foo=1;bar=2\0", "f.o=1",
      members32 + ",more=1", String(repeating: "k", count: 257) + "=v",
      "k=" + String(repeating: "v", count: 257),
    ])
  func unreadable(text: String) { #expect(TraceState(text) == nil) }

  @Test("512 bytes are read, 513 are not")
  func length() {
    let head = "a=" + String(repeating: "v", count: 250) + ",b="
    let full = head + String(repeating: "v", count: 512 - head.utf8.count - 2) + ",c"
    let fits = String(full.dropLast(2)) + ",,"
    #expect(fits.utf8.count == 512)
    #expect(TraceState(fits)?.members.count == 2)
    #expect(TraceState(fits + ",") == nil)
  }
}

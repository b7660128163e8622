public import Tracing

/// Where in which trace something happens, as it travels between processes.
///
/// Source: W3C Trace Context Level 1, with the random flag of Level 2.
public struct TraceContext: Sendable, Hashable {
  /// The trace, 16 bytes as two halves; not zero.
  public struct TraceID: Sendable, Hashable {
    /// The first eight bytes.
    public var high: UInt64
    /// The last eight bytes.
    public var low: UInt64

    /// Both halves.
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    /// Whether it may name a trace.
    public var isValid: Bool { high != 0 || low != 0 }
  }

  /// The trace.
  public var traceID: TraceID
  /// The span within it, which is the parent of what happens next; not zero.
  public var spanID: UInt64
  /// Whether the caller keeps this trace, and so should we.
  public var isSampled: Bool
  /// Whether the trace's id is random, which says that a part of it may decide on sampling.
  public var isRandom: Bool
  /// What tracing systems on the way have added.
  public var state: TraceState

  /// Nothing is checked.
  public init(
    traceID: TraceID, spanID: UInt64, isSampled: Bool, isRandom: Bool = false,
    state: TraceState = TraceState()
  ) {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
    self.isRandom = isRandom
    self.state = state
  }
}

extension TraceContext {
  /// Reads the two header fields; nil when there is no usable `traceparent`, and so no trace to go on with.
  ///
  /// A `tracestate` that breaks its rules is left out and takes nothing else with it (§ 3.3.1.5).
  public init?(traceparent: String, tracestate: String? = nil) {
    let bytes = Array(traceparent.utf8)
    guard bytes.count >= 55, bytes[2] == 0x2D, bytes[35] == 0x2D, bytes[52] == 0x2D,
      let version = Self.hexadecimal(bytes[0..<2]), version != 0xFF,
      let high = Self.hexadecimal(bytes[3..<19]), let low = Self.hexadecimal(bytes[19..<35]),
      let spanID = Self.hexadecimal(bytes[36..<52]), let flags = Self.hexadecimal(bytes[53..<55])
    else { return nil }
    // Version 00 ends here. A later one may go on, behind another dash (§ 4.3).
    guard bytes.count == 55 || (version > 0 && bytes[55] == 0x2D) else { return nil }
    let traceID = TraceID(high: high, low: low)
    guard traceID.isValid, spanID != 0 else { return nil }
    self.init(
      traceID: traceID, spanID: spanID, isSampled: flags & 1 != 0, isRandom: flags & 2 != 0,
      state: tracestate.flatMap { TraceState($0) } ?? TraceState())
  }

  /// The header field, in version 00.
  public var traceparent: String {
    let flags: UInt64 = (isSampled ? 1 : 0) | (isRandom ? 2 : 0)
    return "00-\(traceID)-\(Self.text(spanID, digitCount: 16))-\(Self.text(flags, digitCount: 2))"
  }

  /// Sixteen lower-case hexadecimal digits of the span, as tools show it.
  public var spanIDText: String { Self.text(spanID, digitCount: 16) }

  /// Upper case is as wrong as any other letter (§ 3.2.2.3).
  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - 0x57)
      default: return nil
      }
    }
    return value
  }

  fileprivate static func text(_ value: UInt64, digitCount: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: digitCount - digits.utf8.count) + digits
  }
}

extension TraceContext.TraceID: CustomStringConvertible {
  /// Thirty-two lower-case hexadecimal digits.
  public var description: String {
    TraceContext.text(high, digitCount: 16) + TraceContext.text(low, digitCount: 16)
  }
}

extension ServiceContext {
  private enum Key: ServiceContextKey {
    typealias Value = TraceContext
    static var nameOverride: String? { "w3c-trace-context" }
  }

  /// The trace that the work at hand belongs to; nil outside any.
  public var traceContext: TraceContext? {
    get { self[Key.self] }
    set { self[Key.self] = newValue }
  }
}

/// What a peer may make us hold on the level of calls, each quantity with its ceiling and reason.
///
/// Every transport keeps them, so that a service behaves alike behind each.
public struct CallLimits: Sendable, Hashable {
  /// Bytes of one message, without its prefix. 4 MiB is what every gRPC implementation starts with, so
  /// a peer may count on it; a declared length above it ends the call before a byte is kept (Q18).
  public var messageByteCountMax = 4 << 20

  /// Σ(name + value + 32) over one header list, `-bin` values counted after base64 (Q16). Twice the 8 KiB
  /// that the specification suggests to callers, so that nobody who keeps to it is refused.
  public var headerListByteCountMax = 16 << 10

  /// Fields of one header list. Each costs work beyond its bytes; real calls carry about twenty.
  public var headerFieldCountMax = 128

  /// The limits above.
  public init() {}
}

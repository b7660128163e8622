/// How much of a sender's message we are willing to hold.
///
/// libprotobuf-c has no limits of its own: 34 KB of nested tags overrun its stack and 4 MiB of empty
/// map entries become 180 MiB of heap. Every quantity that a sender can raise has its ceiling here.
public struct DecodingLimits: Hashable, Sendable {
  /// Deepest nesting of messages and groups; the outermost message is level 1. Never above 1,000,
  /// what a 512 KiB stack bears.
  public var depthMax: Int

  /// Longest input in bytes. Transports have a lower limit of their own.
  public var messageByteCountMax: Int

  /// Most fields, counted over all levels; a packed array counts as one.
  public var fieldCountMax: Int

  /// Most memory for the decoded image, in bytes.
  public var arenaByteCountMax: Int

  /// Every limit, given by name.
  public init(
    depthMax: Int, messageByteCountMax: Int, fieldCountMax: Int, arenaByteCountMax: Int
  ) {
    self.depthMax = min(depthMax, 1000)
    self.messageByteCountMax = messageByteCountMax
    self.fieldCountMax = fieldCountMax
    self.arenaByteCountMax = arenaByteCountMax
  }

  /// 100 levels (what every other implementation uses), 64 MiB of input, a million fields, 64 MiB
  /// of image.
  public static let standard = DecodingLimits(
    depthMax: 100,
    messageByteCountMax: 64 << 20,
    fieldCountMax: 1 << 20,
    arenaByteCountMax: 64 << 20)
}

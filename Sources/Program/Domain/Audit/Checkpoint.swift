/// A signed statement of how large the log is and what its root is: whoever has it notices when anything before it is
/// changed.
public struct Checkpoint: Hashable, Sendable, Codable {
  /// How many entries there were.
  public var size: Int64
  /// The root of the tree over them.
  public var root: Digest
  /// When it was made.
  public var time: Instant
  /// The signed note, as it was given away (C2SP tlog-checkpoint).
  public var note: String

  /// Every field as given; nothing is checked here.
  public init(size: Int64, root: Digest, time: Instant, note: String) {
    self.size = size
    self.root = root
    self.time = time
    self.note = note
  }
}

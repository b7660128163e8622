/// Why bytes could not be read as a message.
///
/// Always the sender's fault, never ours: a decoder that is wrong about its own state stops in debug
/// builds instead. The text names the place but never the content, so it may be sent to strangers.
public struct DecodingError: Error, Hashable, Sendable {
  /// The rule that the bytes broke.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// The bytes end inside a field.
    case truncated
    /// A varint is longer than 10 bytes, or is more than 64 bits wide.
    case malformedVarint
    /// A tag has field number 0, a number above 2^29 - 1, or a wire type that does not exist.
    case illegalTag
    /// A group ends that never began, or begins and never ends.
    case unbalancedGroup
    /// A `string` field holds bytes that are not UTF-8.
    case invalidUTF8
    /// Two keys of a map are different bytes but one text, such as `é` in one piece and as an `e`
    /// with its accent: `String` holds them to be equal, so one of the two values would be lost.
    case equivalentKeys
    /// Messages are nested deeper than ``DecodingLimits/depthMax``.
    case depthExceeded
    /// The input is longer than ``DecodingLimits/messageByteCountMax``.
    case sizeExceeded
    /// There are more fields than ``DecodingLimits/fieldCountMax``.
    case fieldCountExceeded
    /// Holding the message would take more than ``DecodingLimits/arenaByteCountMax``.
    case budgetExceeded
  }

  /// The rule that was broken.
  public let reason: Reason

  /// Where, as `full.message.Name: field.inner`, or empty when the place is not known.
  public internal(set) var path: String

  @usableFromInline
  init(_ reason: Reason, path: String = "") {
    self.reason = reason
    self.path = path
  }
}

extension DecodingError: CustomStringConvertible {
  /// One sentence for a log or a status message.
  public var description: String {
    let sentence =
      switch reason {
      case .truncated: "the bytes end inside a field"
      case .malformedVarint: "a varint is longer than 10 bytes or wider than 64 bits"
      case .illegalTag: "a field tag is not legal"
      case .unbalancedGroup: "a group is not balanced"
      case .invalidUTF8: "a string field is not UTF-8"
      case .equivalentKeys: "two keys of a map are one text in different bytes"
      case .depthExceeded: "messages are nested too deeply"
      case .sizeExceeded: "the message is too long"
      case .fieldCountExceeded: "the message has too many fields"
      case .budgetExceeded: "the message would take too much memory"
      }
    return path.isEmpty ? sentence : "\(sentence) (at \(path))"
  }
}

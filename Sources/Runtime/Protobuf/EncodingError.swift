/// Why a value could not be written as protobuf bytes. Always the caller's fault.
public struct EncodingError: Error, Hashable, Sendable {
  /// The rule that the value broke.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// Messages are nested deeper than any receiver would accept (100 levels).
    case depthExceeded
    /// The message would be longer than 2 GiB, the most the format allows.
    case sizeExceeded
  }

  /// The rule that was broken.
  public let reason: Reason

  @usableFromInline
  init(_ reason: Reason) {
    self.reason = reason
  }
}

extension EncodingError: CustomStringConvertible {
  /// One sentence for a log.
  public var description: String {
    switch reason {
    case .depthExceeded: "messages are nested more than \(DecodingLimits.standard.depthMax) deep"
    case .sizeExceeded: "the message would be longer than 2 GiB"
    }
  }
}

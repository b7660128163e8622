/// The number by which a server or a socket is asked for: positive, and never given twice by one
/// ``ServerDirectory``.
public struct IntrospectionID: RawRepresentable, Sendable, Hashable, Comparable {
  /// The number.
  public let rawValue: Int64

  /// Any number is taken; those that nobody has simply find nothing.
  public init(rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// The older is the smaller.
  public static func < (left: IntrospectionID, right: IntrospectionID) -> Bool {
    left.rawValue < right.rawValue
  }
}

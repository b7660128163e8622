/// One field in which what came is not what was recorded.
public struct FieldDifference: Hashable, Sendable {
  /// Where: `person.names[0].text`, `status.code`, `metadata x-node`.
  public var path: String
  /// What was recorded; nil for nothing.
  public var recorded: String?
  /// What came; nil for nothing.
  public var live: String?

  /// Every part as given.
  public init(_ path: String, recorded: String?, live: String?) {
    self.path = path
    self.recorded = recorded
    self.live = live
  }
}

extension FieldDifference: CustomStringConvertible {
  /// One line.
  public var description: String {
    "\(path): recorded \(recorded ?? "nothing"), now \(live ?? "nothing")"
  }
}

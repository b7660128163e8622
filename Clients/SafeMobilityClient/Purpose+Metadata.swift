internal import Protobuf
public import SafeMobilityAPI

extension SafeMobility.Purpose {
  /// The purpose as the metadata `pasarela-purpose` names it, such as `RESETTLEMENT`; nil for one
  /// that this version of the schema has no name for.
  public var metadataName: String? {
    guard self != .unspecified, let name = Self.descriptor.name(of: rawValue) else { return nil }
    return String(name.dropFirst("PURPOSE_".count))
  }

  /// The purpose of such a name; nil for any other text.
  public init?(metadataName: String) {
    guard let number = Self.descriptor.number(named: "PURPOSE_\(metadataName)"), number != 0 else {
      return nil
    }
    self.init(rawValue: number)
  }
}

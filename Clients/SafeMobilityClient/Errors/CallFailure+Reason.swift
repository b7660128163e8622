internal import Protobuf
public import SafeMobilityAPI

extension CallFailure {
  /// The domain of the programme's own reasons.
  static let programmeDomain = "safemobility"

  /// The reason as the contract's own type; nil when the failure did not come from the programme's
  /// services, or has a reason that this version of the contract does not know.
  public var errorReason: SafeMobility.ErrorReason? {
    guard let reason, domain == Self.programmeDomain,
      let number = SafeMobility.ErrorReason.descriptor.number(named: "ERROR_REASON_\(reason)"),
      number != 0
    else { return nil }
    return SafeMobility.ErrorReason(rawValue: number)
  }
}

/// A set of methods that a server offers under one name.
public protocol RPCService: Sendable {
  /// The full name with its package, "safemobility.v1.ReferralService".
  static var serviceName: String { get }

  /// The handlers of all its methods; asked once, when the router is made.
  func methods() -> [MethodHandler]
}

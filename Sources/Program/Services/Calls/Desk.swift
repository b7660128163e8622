public import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
public import Storage

/// Where every handler works: it checks the request, runs the unit of work, and sees to it that
/// idempotency record, status events and audit entry are committed with it.
///
/// One for the whole server; may be used from any thread.
public struct Desk: Sendable {
  let store: any Store
  let rules: MethodRules
  let validator: RequestValidator
  /// The rules above as data.
  let policy: AccessPolicy
  let limits: Limits
  let secrets: Secrets
  let watches: WatchBoard
  let partners = KnownPartners()
  let presenceChecks = PresenceLimit()

  /// A desk over a store.
  ///
  /// - Parameters:
  ///   - secrets: the deployment's keys, the same as the store's
  ///   - watching: what those who watch are granted
  /// - Throws: when the compiled schema lacks an annotation, which is a defect of the build.
  public init(
    store: any Store, secrets: Secrets, limits: Limits = .standard,
    watching: WatchLimits = WatchLimits()
  ) throws {
    self.store = store
    self.limits = limits
    self.secrets = secrets
    watches = WatchBoard(limits: watching)
    rules = try MethodRules()
    validator = try RequestValidator()
    policy = try AccessPolicy(methods: rules, fields: validator.rules)
  }

  /// What the interceptors have left for the handler: who calls, and what the log will say.
  func admission(of call: ServerCall) throws(RPCError) -> (caller: Caller, trail: AuditTrail) {
    guard let caller = call[CallerKey.self], let trail = call[AuditTrail.Key.self] else {
      throw RPCError(.internal, "the method is served without its access check")
    }
    return (caller, trail)
  }
}

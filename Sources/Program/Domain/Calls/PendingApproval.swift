/// A two-person move that one person has asked for and another must make.
public struct PendingApproval: Hashable, Sendable, Codable {
  /// Its id.
  public var id: PendingApprovalID
  /// The full method name.
  public var method: String
  /// The resource's name.
  public var resource: String
  /// The version the move was asked for.
  public var etag: Etag
  /// SHA-256 of the request without its `request_id`, which differs between the two.
  public var requestDigest: Digest
  /// Who asked.
  public var actor: Actor
  /// The government the first person acts for, where the two must be of different ones.
  public var actorKind: PartnerKind
  /// The first instant it no longer counts.
  public var expireTime: Instant
  /// Where it stands.
  public var state: PendingApprovalState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: PendingApprovalID, method: String, resource: String, etag: Etag, requestDigest: Digest,
    actor: Actor, actorKind: PartnerKind, expireTime: Instant, state: PendingApprovalState,
    revision: Revision
  ) {
    self.id = id
    self.method = method
    self.resource = resource
    self.etag = etag
    self.requestDigest = requestDigest
    self.actor = actor
    self.actorKind = actorKind
    self.expireTime = expireTime
    self.state = state
    self.revision = revision
  }

  /// Whether it still waits at `now`.
  public func isPending(at now: Instant) -> Bool { state == .pending && now < expireTime }
}

/// The states of a pending approval.
public enum PendingApprovalState: Int, CaseIterable, Codable, Sendable {
  case pending = 1
  case executed = 2
  case expired = 3
}

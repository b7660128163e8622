/// The rule for moves that two people must make.
///
/// The first call stores a pending approval; the same request by another authorised person
/// executes the move; by the same person it is refused. "The same request" is the same method,
/// resource, entity tag and request digest (taken without `request_id`): anything else, and
/// anything after the expiry, is a first call again.
public enum TwoPersonRule {
  /// Who may be the second person.
  public enum Second: Hashable, Sendable {
    /// Anybody authorised but the first.
    case anyOther
    /// Somebody of the other government: one of the two is US, the other Guatemalan.
    case otherGovernment
  }

  /// The move asked for.
  public struct Request: Hashable, Sendable {
    /// The full method name.
    public var method: String
    /// The resource's name.
    public var resource: String
    /// The version it is asked for.
    public var etag: Etag
    /// SHA-256 of the request without its `request_id`.
    public var requestDigest: Digest
    /// Who asks.
    public var actor: Actor
    /// What the actor's partner is.
    public var actorKind: PartnerKind
    /// Who may be the second.
    public var second: Second

    /// Every field as given; nothing is checked here.
    public init(
      method: String, resource: String, etag: Etag, requestDigest: Digest, actor: Actor,
      actorKind: PartnerKind, second: Second
    ) {
      self.method = method
      self.resource = resource
      self.etag = etag
      self.requestDigest = requestDigest
      self.actor = actor
      self.actorKind = actorKind
      self.second = second
    }
  }

  /// What to do now.
  public enum Outcome: Hashable, Sendable {
    /// Store this and answer with it; nothing moves yet.
    case await(PendingApproval)
    /// Store this (now EXECUTED) and make the move.
    case execute(PendingApproval)
  }

  /// Settles a call. `pending` is the stored approval for the same method and resource, if any.
  ///
  /// Refused with SECOND_PERSON_REQUIRED when the first person repeats the call, when the second is
  /// not of the other government where that is asked, or when neither government is asking.
  public static func settle(
    _ request: Request, pending: PendingApproval?, newID: PendingApprovalID, at now: Instant,
    limits: Limits = .standard
  ) throws(Refusal) -> Outcome {
    if request.second == .otherGovernment, !request.actorKind.isHostOrUnitedStates {
      throw Refusal(.secondPersonRequired)
    }
    guard var pending, pending.isPending(at: now), matches(pending, request) else {
      return .await(
        PendingApproval(
          id: newID, method: request.method, resource: request.resource, etag: request.etag,
          requestDigest: request.requestDigest, actor: request.actor,
          actorKind: request.actorKind, expireTime: now + limits.approvalDuration,
          state: .pending, revision: Revision(createdAt: now)))
    }
    guard request.actor.isAnotherPerson(than: pending.actor) else {
      throw Refusal(.secondPersonRequired)
    }
    if request.second == .otherGovernment, pending.actorKind == request.actorKind {
      throw Refusal(.secondPersonRequired)
    }
    pending.state = .executed
    pending.revision.advance(at: now)
    return .execute(pending)
  }

  private static func matches(_ pending: PendingApproval, _ request: Request) -> Bool {
    pending.method == request.method && pending.resource == request.resource
      && pending.etag == request.etag && pending.requestDigest == request.requestDigest
  }
}

extension PartnerKind {
  /// One of the two governments that run the programme.
  var isHostOrUnitedStates: Bool { self == .usGovernment || self == .gtGovernment }
}

import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension Writing {
  /// Settles a move that two persons must make: nil when this call is the second, and the move is to
  /// be stored; the approval to answer with when it is the first, and nothing moves yet.
  ///
  /// Call it after the machine has agreed to the move, so that nobody waits for one that cannot be.
  ///
  /// - Parameters:
  ///   - resource: the name of what moves
  ///   - etag: its version, as loaded
  /// - Throws: SECOND_PERSON_REQUIRED when the first person calls again, or when it is not said who
  ///   calls: a role's certificate alone cannot show that two calls are two persons'
  mutating func awaitSecondPerson(
    for resource: String, at etag: Etag, _ second: TwoPersonRule.Second
  ) throws -> SafeMobility.PendingApproval? {
    // Two governments' certificates are two persons' already.
    if second != .otherGovernment { try demandNamedCaller() }
    let request = TwoPersonRule.Request(
      method: trail.method, resource: resource, etag: etag, requestDigest: requestDigest,
      actor: caller.actor, actorKind: try found(caller.kind), second: second)
    let pending = try tx.pendingApproval(method: trail.method, resource: resource)
    let outcome = try TwoPersonRule.settle(
      request, pending: pending, newID: makeID(), at: now, limits: limits)
    switch outcome {
    case .await(let approval):
      guard rule?.roles.contains(caller.role) ?? false else {
        throw Refusal.denied(.secondPersonOnly)
      }
      try expire(pending)
      try tx.insert(approval)
      try note(
        .pendingApproval, approval.id, .created(approval.revision), state: approval.state.rawValue)
      return SafeMobility.PendingApproval(
        approval, request: requestSHA256, requestedBy: secrets.pseudonym(of: approval.actor))
    case .execute(let approval):
      guard let pending, rule?.admitsSecond(caller.role) ?? false else {
        throw Refusal(.secondPersonRequired)
      }
      try tx.update(approval, from: pending.revision.version)
      try note(
        .pendingApproval, approval.id, .updated(approval.revision), from: pending.state.rawValue,
        state: approval.state.rawValue)
      return nil
    }
  }

  /// Refuses a caller of whom it is not said who it is, where another person has a part in the matter.
  func demandNamedCaller() throws(Refusal) {
    guard caller.actor.user != nil else {
      throw Refusal(
        .secondPersonRequired, "Two persons must do this: name yours in \(EndUser.metadata).")
    }
  }

  /// One that nobody has followed, or whose request was another, gives way to a new one.
  private mutating func expire(_ approval: PendingApproval?) throws {
    guard var approval else { return }
    let (version, state) = (approval.revision.version, approval.state)
    approval.state = .expired
    approval.revision.advance(at: now)
    try tx.update(approval, from: version)
    try note(
      .pendingApproval, approval.id, .updated(approval.revision), from: state.rawValue,
      state: approval.state.rawValue)
  }
}

extension SafeMobility.PendingApproval {
  /// What the first person is answered.
  init(_ approval: PendingApproval, request: Digest, requestedBy pseudonym: Digest) {
    self.init()
    method = approval.method
    resource = approval.resource
    resourceEtag = approval.etag.text
    requestSha256 = request.bytes
    requestedBy = pseudonym.description
    createTime = .init(approval.revision.createTime)
    expireTime = .init(approval.expireTime)
  }
}

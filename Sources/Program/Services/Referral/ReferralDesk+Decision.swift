import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ReferralDesk {
  public func recordDecision(
    _ request: SafeMobility.RecordDecisionRequest, call: ServerCall
  ) async throws -> SafeMobility.RecordDecisionResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let referral = try work.referral(named: request.parent, etag: request.etag)
      let decision = try work.decision(request.decision ?? .init(), on: referral)
      var machine = ReferralMachine(referral, limits: work.limits)
      let change = try machine.recordDecision(decision, by: work.caller.partner, at: work.now)
      try work.tx.insert(decision)
      try work.note(.decision, decision.id, .created(Revision(createdAt: work.now)))
      try work.store(change)
      return try .with {
        $0.referral = try work.message(for: change.entity)
        $0.decision = $0.referral?.decisions.last
      }
    }
  }
}

extension Writing {
  /// A new decision of the caller's partner, numbered after those before it.
  fileprivate mutating func decision(
    _ message: SafeMobility.Decision, on referral: Referral
  ) throws -> Decision {
    let path = "decision"
    let earlier = try tx.decisions(of: referral.id)
    let date = try message.decisionDate.flatMap { CivilDate($0) }.known("\(path).decision_date")
    return Decision(
      id: makeID(), referral: referral.id, number: earlier.count + 1,
      authority: caller.partner, kind: try DecisionKind(message.kind, field: "\(path).kind"),
      date: date,
      validFrom: try message.validFromDate.map {
        try CivilDate($0).known("\(path).valid_from_date")
      },
      validUntil: try message.validUntilDate.map {
        try CivilDate($0).known("\(path).valid_until_date")
      },
      reason: DecisionReason(message.reason),
      supersedes: try superseded(message.supersedes, among: earlier, field: "\(path).supersedes"),
      createTime: now)
  }

  /// The decision on the same referral that a new one corrects.
  private func superseded(
    _ name: String, among earlier: [Decision], field: String
  ) throws -> DecisionID? {
    if name.isEmpty { return nil }
    guard let decision = earlier.first(where: { $0.name == name }) else {
      throw Refusal.field(field, "must be an earlier decision on the referral")
    }
    return decision.id
  }
}

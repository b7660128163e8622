import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What one subscriber of referrals sees: those in its reach that its request asks for.
struct ReferralView: WatchView {
  typealias Response = SafeMobility.WatchReferralsResponse

  static let kinds: Set<AggregateKind> = [.referral]

  /// Only referrals of this registration; nil for all.
  private let registration: RegistrationID?
  private let terms: ReferralTerms
  let narrowing: [String]

  /// - Throws: FIELD_INVALID for a filter that cannot be watched
  init(_ request: SafeMobility.WatchReferralsRequest) throws(Refusal) {
    registration =
      request.registration.isEmpty ? nil : try RegistrationID(name: request.registration)
    terms = try ReferralTerms(watching: request.filter)
    narrowing = [request.registration, request.filter]
  }

  func begin(_ work: inout Reading) throws {
    // Who asks about one case leaves a trace under it, whatever there is to see.
    if let registration { try work.concern(registration) }
  }

  func change(
    by event: StatusEvent, to caller: Caller, in reader: any StoreReader
  ) throws -> WatchedChange<Referral>? {
    guard let id = ReferralID(rawValue: event.uid), let referral = try reader.referral(id),
      registration == nil || registration == referral.registration,
      let after = ReferralState(rawValue: event.stateAfter)
    else { return nil }
    let before = event.stateBefore.flatMap { ReferralState(rawValue: $0) }
    return WatchedChange(
      record: referral, name: id.name, version: event.version,
      wasSeen: before.map { isSeen(referral, in: $0, by: caller) } ?? false,
      isSeen: isSeen(referral, in: after, by: caller), isMove: before != after,
      stateName: SafeMobility.ReferralState.descriptor.name(of: Int32(event.stateAfter)) ?? "")
  }

  /// Whether a referral that is in reach was in view in that state: for a receiver from SENT on, because
  /// what became of a draft before is the sender's affair.
  private func isSeen(_ referral: Referral, in state: ReferralState, by caller: Caller) -> Bool {
    (caller.role != .partnerOfficer || state != .draft) && terms.admit(referral, in: state)
  }

  func reaches(_ referral: Referral, in reach: Reach) throws -> Bool {
    try reach.includes(referral)
  }

  func concern(_ referral: Referral, in work: inout Reading) throws {
    try work.concern(referral.registration, by: referral.id)
  }

  func message(
    for sight: WatchSight<Referral>, by event: StatusEvent, in work: inout Reading
  ) throws -> SafeMobility.Referral {
    try work.message(for: sight.change.record)
  }
}

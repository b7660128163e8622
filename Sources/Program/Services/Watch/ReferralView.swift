import Domain
import Protobuf
import SafeMobilityAPI
import Storage

/// What one subscriber of referrals sees: those in its reach that its request asks for.
struct ReferralView: Sendable {
  /// Only referrals of this registration; nil for all.
  let registration: RegistrationID?
  private let terms: ReferralTerms

  /// What a subscriber is told of one event.
  struct Sight {
    /// What happened in the subscriber's eyes.
    var type: SafeMobility.EventType
    /// The referral as it is now. Of one that is REMOVED, nothing but the name is told.
    var referral: Referral
  }

  /// - Throws: FIELD_INVALID for a filter that cannot be watched
  init(_ request: SafeMobility.WatchReferralsRequest) throws(Refusal) {
    registration =
      request.registration.isEmpty ? nil : try RegistrationID(name: request.registration)
    terms = try ReferralTerms(watching: request.filter)
  }

  /// What to tell of an event; nil for nothing.
  ///
  /// The states before and after are the event's, so that it is the same whenever it is told. Access is
  /// that of the present. Once it has ended nothing tells the caller that the referral goes on, but
  /// for one REMOVED of what this stream has told of.
  func sight(
    of event: StatusEvent, to caller: Caller, told: ToldReferrals, in reader: any StoreReader
  ) throws -> Sight? {
    guard let id = ReferralID(rawValue: event.uid), let referral = try reader.referral(id),
      registration == nil || registration == referral.registration
    else { return nil }
    guard try Reach(caller: caller, reader: reader).includes(referral) else {
      return told.contains(id) ? Sight(type: .removed, referral: referral) : nil
    }
    let before = event.stateBefore.flatMap { ReferralState(rawValue: $0) }
    guard let after = ReferralState(rawValue: event.stateAfter) else { return nil }
    let wasSeen = before.map { isSeen(referral, in: $0, by: caller) } ?? false
    return switch (wasSeen, isSeen(referral, in: after, by: caller)) {
    case (false, false): nil
    case (false, true): Sight(type: .created, referral: referral)
    case (true, true):
      Sight(type: before == after ? .updated : .stateChanged, referral: referral)
    case (true, false): Sight(type: .removed, referral: referral)
    }
  }

  /// Whether a referral that is in reach was in view in that state: for a receiver from SENT on, because
  /// what became of a draft before is the sender's affair.
  private func isSeen(_ referral: Referral, in state: ReferralState, by caller: Caller) -> Bool {
    (caller.role != .partnerOfficer || state != .draft) && terms.admit(referral, in: state)
  }
}

/// Of which referrals a stream has told, so that it can take them back.
struct ToldReferrals: Sendable {
  private var ids: Set<ReferralID> = []
  private let countMax: Int

  init(countMax: Int) {
    self.countMax = countMax
  }

  func contains(_ id: ReferralID) -> Bool { ids.contains(id) }

  /// Notes what a stream tells.
  mutating func note(_ sight: ReferralView.Sight) {
    if sight.type == .removed {
      ids.remove(sight.referral.id)
    } else {
      // Over the limit one is forgotten, whichever: it only loses the notice of its removal.
      if ids.count >= countMax, !ids.contains(sight.referral.id) { ids.removeFirst() }
      ids.insert(sight.referral.id)
    }
  }
}

extension SafeMobility.ReferralEvent {
  /// An event as its subscriber sees it. A removal has neither reason nor resource.
  init(
    _ number: Int64, _ event: StatusEvent, _ sight: ReferralView.Sight,
    _ referral: SafeMobility.Referral?
  ) {
    self.init()
    eventNo = number
    status = .with {
      $0.uid = event.id.rawValue
      $0.resource = sight.referral.id.name
      $0.version = event.version.rawValue
      $0.type = sight.type
      $0.eventTime = .init(event.time)
      guard let referral else { return }
      let state = SafeMobility.ReferralState.descriptor
      $0.state = state.name(of: Int32(event.stateAfter)) ?? ""
      $0.actorClass = .init(event.actorClass)
      $0.diffSha256 = event.diffDigest?.bytes ?? []
      self.referral = referral
    }
  }
}

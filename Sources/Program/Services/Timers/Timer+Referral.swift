import Domain
import Storage

extension Timer<ReferralID> {
  /// A referral, or a request for withdrawal, without an answer at its due time is marked; it stays
  /// where it is.
  static var markOverdue: Self {
    Timer("MarkReferralOverdue") { reader, key, limit in
      try reader.referralsUnanswered(after: key, limit: limit)
    } move: { work, id in
      guard let referral = try work.tx.referral(id), !referral.isOverdue,
        Referral.Event.markOverdue.sources.contains(referral.state)
      else { return false }
      try work.concern(referral.registration, by: id)
      var machine = ReferralMachine(referral, limits: work.limits)
      guard let change = try machine.markOverdue(at: work.now) else { return false }
      try work.store(change)
      return true
    }
  }

  /// A referral that nobody has even acknowledged when its grace is over, too, is EXPIRED: it keeps
  /// no other from being sent.
  static func expireReferral(_ limits: Limits) -> Self {
    Timer("ExpireReferral") { reader, key, limit in
      try reader.referralsOverdue(
        since: reader.now - limits.referralGrace, after: key, limit: limit)
    } move: { work, id in
      guard let referral = try work.tx.referral(id), referral.state == .sent else { return false }
      try work.concern(referral.registration, by: id)
      var machine = ReferralMachine(referral, limits: work.limits)
      try work.store(try machine.expire(at: work.now))
      return true
    }
  }
}

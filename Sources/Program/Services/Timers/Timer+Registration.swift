import Domain
import Storage

extension Timer<ConsentID> {
  /// A consent whose time is over is EXPIRED.
  ///
  /// The referrals that rest on it stay where they are. INV-6 speaks of withdrawing: then the person
  /// asks for an end. Here the end was agreed with the consent, and what it promised keeps itself:
  /// nothing can be sent on it any more, and a receiver reads only what consents active at the
  /// moment of reading cover. That is so from the instant on, whenever this is written down.
  static var expireConsent: Self {
    Timer("ExpireConsent") { reader, key, limit in
      try reader.consentsToExpire(after: key, limit: limit)
    } move: { work, id in
      guard let consent = try work.tx.consent(id), consent.state == .active else { return false }
      try work.concern(consent.registration)
      var machine = ConsentMachine(consent)
      try work.store(try machine.expire(at: work.now))
      return true
    }
  }
}

extension Timer<RegistrationID> {
  /// A draft that nobody has touched for its time is EXPIRED.
  static func expireRegistration(_ limits: Limits) -> Self {
    Timer("ExpireRegistration") { reader, key, limit in
      try reader.draftsIdle(
        since: reader.now - limits.draftIdleDuration, after: key, limit: limit)
    } move: { work, id in
      guard let draft = try work.tx.registration(id), draft.state == .draft,
        try work.lastTouch(of: draft) + limits.draftIdleDuration <= work.now
      else { return false }
      try work.concern(id)
      var machine = RegistrationMachine(draft, limits: work.limits)
      try work.carryOut(try machine.expire(at: work.now))
      return true
    }
  }
}

extension Writing {
  /// When somebody last worked on a draft: people add papers and consents for weeks without a
  /// change of the registration itself.
  fileprivate func lastTouch(of draft: Registration) throws -> Instant {
    let persons = try tx.persons(of: draft.id)
    let papers = try persons.flatMap { try tx.documents(of: $0.id) }
    // Not the last change of a consent: that may be the clock's own.
    let consents = try tx.consents(of: draft.id).flatMap {
      [$0.revision.createTime, $0.grantTime, $0.withdrawTime].compactMap { $0 }
    }
    let times = persons.map(\.revision.updateTime) + papers.map(\.revision.updateTime) + consents
    return times.reduce(draft.revision.updateTime, max)
  }
}

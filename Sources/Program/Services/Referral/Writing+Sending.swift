import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension DeskWork {
  /// The referral of that id, if the caller is one of its sides.
  mutating func referral(_ id: ReferralID) throws -> Referral {
    let referral = try found(try reader.referral(id))
    try concern(referral.registration, by: id)
    guard try Reach(caller: trail.caller, reader: reader).includes(referral) else {
      throw Refusal.denied(.outOfReach)
    }
    return referral
  }

  /// The same, at the version the caller has read.
  mutating func referral(named name: String, etag: String) throws -> Referral {
    let referral = try referral(ReferralID(name: name))
    try referral.requireEtag(etag)
    return referral
  }

  /// What a referral releases now: the record cut down to the classes that its profile and every
  /// person's consent still allow; nil when a consent is gone.
  mutating func releasedRecord(
    of referral: Referral, rules: FieldRules
  ) throws -> SafeMobility.ReleasedRecord? {
    guard let release = referral.release else { return nil }
    let registration = try found(try reader.registration(referral.registration))
    let classes = ReleaseRule.classes(
      ReleaseRule.Facts(
        partner: referral.to, purpose: referral.purpose, registrationState: registration.state,
        referralState: referral.state, persons: referral.persons,
        consents: try reader.consents(of: registration.id), now: reader.now),
      profiles: ReferenceData.releaseProfiles
    ).intersection(release.classes)
    guard !classes.isEmpty else { return nil }
    // Only what was sent: a correction made since reaches the receiver with the next sending.
    let digests = try releaseDigests(of: referral, release.version, profile: release.profile)
    let released = try digests.unchanged(
      ReleasedView(classes, rules: rules).registration(
        message(for: registration, view: .full), persons: referral.persons,
        pathway: referral.pathway.name),
      since: release.fields)
    trail.release = AuditTrail.ReleaseTrail(
      profile: release.profile, fields: classes.bitmap,
      digest: try digests.digests(of: released).digest)
    return .with {
      $0.release = .init(release)
      $0.registration = released
    }
  }

  /// What a referral's release is digested with.
  func releaseDigests(
    of referral: Referral, _ version: Int, profile: String
  ) throws -> ReleaseDigests {
    var keys: [String: [UInt8]] = [:]
    for person in referral.persons { keys[person.rawValue] = try reader.personKey(of: person) }
    return ReleaseDigests(
      caseKey: try reader.caseKey(of: referral.registration), personKeys: keys,
      binding: [referral.id.name, "\(version)", profile])
  }
}

extension Writing {
  /// Makes a draft of a referral by the caller's partner.
  mutating func createReferral(_ message: SafeMobility.Referral) throws -> Referral {
    let registration = try heldNow(try registration(RegistrationID(name: message.registration)))
    let pathway = try found(try tx.pathway(PathwayID(name: message.pathway)))
    guard message.destinationRegionCode == pathway.region.rawValue else {
      throw Refusal.field("referral.destination_region_code", "is not where the pathway leads")
    }
    guard Purpose(message.purpose) == pathway.purpose else {
      throw Refusal.field("referral.purpose", "is not the pathway's")
    }
    let persons = try message.persons.enumerated().map { index, text in
      let name = try PersonName(text)
      guard name.registration == registration.id else {
        throw Refusal.field("referral.persons[\(index)]", "must be of the registration")
      }
      return name.person
    }
    let draft = Referral(
      id: makeID(), registration: registration.id,
      persons: persons.isEmpty ? registration.persons : persons, pathway: pathway.id,
      destination: pathway.region, from: caller.partner,
      to: message.toPartner.isEmpty
        ? try found(pathway.authorities.first) : try PartnerID(name: message.toPartner),
      purpose: pathway.purpose, priority: ReferralPriority(message.priority) ?? .routine,
      dueTime: try dueTime(message.dueTime), state: .draft, revision: Revision(createdAt: now))
    // From here on it is the referral's affair, under a pseudonym of its own.
    try concern(registration.id, by: draft.id)
    let change = try ReferralMachine.create(
      draft, registration: registration, pathway: pathway, at: now)
    try store(change)
    return change.entity
  }

  /// Until when an answer is asked for; nil for the time partners usually have.
  private func dueTime(_ time: GoogleProtobuf.Timestamp?) throws(Refusal) -> Instant? {
    guard let time else { return nil }
    guard let due = Instant(time), due > now else {
      throw Refusal.field("referral.due_time", "must be later than now")
    }
    return due
  }

  /// Sends a referral: the consent, the capacity and the release are all judged in this unit.
  ///
  /// - Returns: the referral as it stands, and what to wait for when a second person is needed
  mutating func send(
    _ referral: Referral, rules: FieldRules
  ) throws -> (Referral, SafeMobility.PendingApproval?) {
    let registration = try heldNow(try found(try tx.registration(referral.registration)))
    try registration.demandUnconfirmed()
    try registration.demandFree()
    let pathway = try found(try tx.pathway(referral.pathway))
    // Who may only be the second person has nothing to do where one is enough.
    guard pathway.isProtection || (rule?.roles.contains(caller.role) ?? false) else {
      throw Refusal.denied(.secondPersonOnly)
    }
    let profile = ReferenceData.releaseProfile(partner: referral.to, purpose: referral.purpose)
    let permitted = profile?.classes ?? []
    let partner = try found(try tx.partner(referral.to))
    guard !registration.isHidden(from: partner.kind) else {
      throw Refusal(
        .transitionNotAllowed, "A protection hold keeps the registration from this partner.")
    }
    let sending = ReferralMachine.Sending(
      pathway: pathway, consents: try tx.consents(of: registration.id),
      release: try release(
        of: referral, registration, permitted, profile: profile?.name ?? "", rules),
      permittedClasses: permitted,
      liveCount: try tx.liveReferralCount(to: referral.to, on: pathway.id),
      // Looked for here so that nobody waits for a second person in vain; the store's index, which
      // nobody can race, has the last word.
      liveCountMax: partner.capacity(for: pathway.id),
      hasLiveTwin: try hasLiveTwin(referral, on: pathway))
    var machine = ReferralMachine(referral, limits: limits)
    let change = try machine.send(sending, at: now)
    if pathway.isProtection {
      let pending = try awaitSecondPerson(for: referral.id.name, at: referral.etag, .anyOther)
      if let pending { return (referral, pending) }
    }
    var registrationMachine = RegistrationMachine(registration, limits: limits)
    if let moved = try registrationMachine.referralSent(at: now) {
      // By the referral: under the case's other pseudonym the two would be seen to be of one case.
      try withOwnEntry(about: registration.id, by: referral.id) { work in try work.store(moved) }
    }
    try store(change)
    if let release = change.entity.release {
      trail.release = AuditTrail.ReleaseTrail(
        profile: release.profile, fields: release.classes.bitmap, digest: release.digest)
    }
    return (change.entity, nil)
  }

  private func release(
    of referral: Referral, _ registration: Registration, _ classes: DataClassSet,
    profile: String, _ rules: FieldRules
  ) throws -> Release {
    let released = try ReleasedView(classes, rules: rules).registration(
      try message(for: registration, view: .full), persons: referral.persons,
      pathway: referral.pathway.name)
    let version = referral.nextReleaseVersion
    let (fields, digest) = try releaseDigests(of: referral, version, profile: profile)
      .digests(of: released)
    return Release(
      profile: profile, version: version, classes: classes, fields: fields, digest: digest,
      releaseTime: now)
  }

  /// Whether one of the persons has a live referral for the same pathway and destination, or in the
  /// same exclusive group (INV-5).
  private func hasLiveTwin(_ referral: Referral, on pathway: Pathway) throws -> Bool {
    let persons = Set(referral.persons)
    return try openReferrals(of: referral.registration).contains { other in
      guard other.id != referral.id, other.state.isLive, !persons.isDisjoint(with: other.persons)
      else { return false }
      if other.pathway == pathway.id, other.destination == pathway.region { return true }
      guard let group = pathway.exclusiveGroup else { return false }
      return try tx.pathway(other.pathway)?.exclusiveGroup == group
    }
  }
}

extension Partner {
  /// How many live referrals it takes on a pathway; nil for any number.
  func capacity(for pathway: PathwayID) -> Int? {
    capacities.first { $0.pathway == pathway }?.liveCountMax
  }
}

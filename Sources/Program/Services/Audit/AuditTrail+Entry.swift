import AuditProof
import Domain
import Storage

extension AuditTrail {
  /// The entry for an answer, or for a refusal whose true reason only the log may know.
  fileprivate func entry(
    _ id: AuditEntryID, _ verdict: AuditVerdict, response: Digest?, reason: String?,
    at now: Instant
  ) -> AuditEntry {
    let (key, pseudonymKey) = (key(of: id), pseudonymKey(of: id))
    return AuditEntry(
      log: Self.log, id: id, eventTime: now, partner: caller.partner,
      agency: caller.actor.agency, role: caller.role,
      userPseudonym: Hash.commitment(to: caller.actor.digest, key: pseudonymKey),
      purpose: caller.purpose,
      casePseudonym: namedCase.map { Hash.commitment(to: Hash.sha256($0), key: pseudonymKey) },
      method: method, verdict: verdict, policyVersion: Self.policyVersion,
      requestCommitment: Hash.commitment(to: requestDigest, key: key),
      responseCommitment: response, profile: release?.profile, releasedFields: release?.fields,
      // Under the case's own key, so that what was read can be seen to be what was sent.
      releaseCommitment: release.map { Hash.commitment(to: $0.digest, key: commitmentKey) },
      stateBefore: move?.stateBefore, versionBefore: move?.versionBefore,
      stateAfter: move?.stateAfter, versionAfter: move?.versionAfter, internalReason: reason,
      subject: subject.map {
        AuditSubject(registration: $0.registration, referral: $0.referral)
      })
  }

  /// What the pseudonym of the case stands for; where what is denied is not there, nothing that anybody has.
  private var namedCase: String? { subject?.registration.rawValue ?? (isDenied ? "" : nil) }

  /// What an entry's commitments are made with; nil where no person is involved.
  private func key(of entry: AuditEntryID) -> [UInt8]? {
    commitmentKey.map { Hash.entryKey($0, of: entry) }
  }

  /// The commitment to an answer, or to an item of one.
  fileprivate func commitment(to digest: Digest, of entry: AuditEntryID) -> Digest {
    Hash.commitment(to: digest, key: key(of: entry))
  }

  /// The same call as it concerns one item of a list.
  fileprivate func part(_ item: Item) -> AuditTrail {
    var part = undone
    part.subject = item.subject
    part.isDenied = item.digest == nil
    return part
  }

  /// The denial as reports count it: by partner, whatever it was that was denied. In the zone of the
  /// pilot's host, because a denied call is of no programme.
  func denial(at now: Instant) -> Fact {
    Fact.denial(
      of: caller.role == .anonymous ? nil : caller.partner, on: FixedZone.guatemala.local(now).date)
  }
}

extension StoreTransaction {
  /// Appends an entry and gives the receipt for it.
  func append(_ entry: AuditEntry) throws -> AuditReceipt {
    let entry = entry.withoutEmptyParts
    let digest = Hash.sha256(entry.canonicalBytes)
    try append(entry, digest: digest)
    return AuditReceipt(id: entry.id, digest: digest)
  }

  /// Appends the entry of a call, and one for each case that its answer tells of besides, or does not, so that
  /// each case's disclosures and denials can be found.
  ///
  /// - Parameter reason: why it failed, or what there is to say of an answer
  func append(
    _ trail: AuditTrail, _ verdict: AuditVerdict = .allow, response: [UInt8]?, reason: String? = nil
  ) throws -> AuditReceipt {
    var random = SystemRandomNumberGenerator()
    var items: [UInt8] = []
    for item in trail.items {
      let (part, id) = (trail.part(item), AuditEntryID(using: &random))
      let commitment = item.digest.map { part.commitment(to: $0, of: id) }
      items += commitment?.bytes ?? []
      let verdict: AuditVerdict = commitment == nil ? .deny : .allow
      _ = try append(part.entry(id, verdict, response: commitment, reason: item.reason, at: now))
      if commitment == nil { try append(trail.denial(at: now)) }
    }
    let id = AuditEntryID(using: &random)
    // A list's commitment is over those to its items, each under its own case's key: a plain digest of what it tells
    // of people could be guessed at for ever (domain § 12).
    let commitment = response.map { response in
      items.isEmpty
        ? trail.commitment(to: Hash.sha256(response), of: id) : Hash.sha256(items)
    }
    return try append(trail.entry(id, verdict, response: commitment, reason: reason, at: now))
  }
}

extension AuditEntry {
  /// The same with what is empty left out: the two have different digests, and the message that shows the entry
  /// cannot tell them apart.
  fileprivate var withoutEmptyParts: AuditEntry {
    var entry = self
    if agency?.isEmpty == true { entry.agency = nil }
    if profile?.isEmpty == true { entry.profile = nil }
    if releasedFields?.isEmpty == true { entry.releasedFields = nil }
    return entry
  }
}

extension Actor {
  /// What a person's pseudonyms are made from; the role's where no person is named.
  var digest: Digest { Hash.sha256("\(partner)/\(user ?? role.name)") }
}

import AuditProof
import Domain
import Storage

extension AuditTrail {
  /// The entry for an answer, or for a refusal whose true reason only the log may know.
  func entry(
    _ verdict: AuditVerdict, response: Digest?, reason: String?, at now: Instant
  ) -> AuditEntry {
    var random = SystemRandomNumberGenerator()
    let key = commitmentKey
    return AuditEntry(
      log: Self.log, id: AuditEntryID(using: &random), eventTime: now, partner: caller.partner,
      agency: caller.actor.agency, role: caller.role,
      userPseudonym: Hash.commitment(to: caller.actor.digest, key: pseudonymKey),
      purpose: caller.purpose,
      casePseudonym: subject.map {
        Hash.commitment(to: Hash.sha256($0.registration.rawValue), key: pseudonymKey)
      },
      method: method, verdict: verdict, policyVersion: Self.policyVersion,
      requestCommitment: Hash.commitment(to: requestDigest, key: key),
      responseCommitment: response, profile: release?.profile, releasedFields: release?.fields,
      releaseCommitment: release.map { Hash.commitment(to: $0.digest, key: key) },
      stateBefore: move?.stateBefore, versionBefore: move?.versionBefore,
      stateAfter: move?.stateAfter, versionAfter: move?.versionAfter, internalReason: reason,
      subject: subject.map {
        AuditSubject(registration: $0.registration, referral: $0.referral)
      })
  }

  /// The commitment to a whole answer.
  ///
  /// A list's is over the commitments to its items, each under its own case's key: a plain digest
  /// of what it tells of people could be guessed at for ever (domain § 12).
  fileprivate func commitment(to response: [UInt8]) -> Digest {
    guard disclosures.isEmpty else {
      return Hash.sha256(disclosures.flatMap(\.commitment.bytes))
    }
    return Hash.commitment(to: Hash.sha256(response), key: commitmentKey)
  }

  /// The same call as it concerns one case of a list.
  fileprivate func part(_ disclosure: Disclosure) -> AuditTrail {
    var part = undone
    part.subject = disclosure.subject
    return part
  }
}

extension StoreTransaction {
  /// Appends an entry and gives the receipt for it.
  func append(_ entry: AuditEntry) throws -> AuditReceipt {
    let digest = Hash.sha256(entry.canonicalBytes)
    try append(entry, digest: digest)
    return AuditReceipt(id: entry.id, digest: digest)
  }

  /// Appends the entry of a call, and one for each case that its answer tells of besides, so that
  /// each case's disclosures can be found.
  ///
  /// - Parameter reason: why it failed, or what there is to say of an answer
  func append(
    _ trail: AuditTrail, _ verdict: AuditVerdict = .allow, response: [UInt8]?, reason: String? = nil
  ) throws -> AuditReceipt {
    for disclosure in trail.disclosures {
      _ = try append(
        trail.part(disclosure).entry(
          .allow, response: disclosure.commitment, reason: nil, at: now))
    }
    let commitment = response.map { trail.commitment(to: $0) }
    return try append(trail.entry(verdict, response: commitment, reason: reason, at: now))
  }
}

extension Actor {
  /// What a person's pseudonyms are made from; the role's where no person is named.
  var digest: Digest { Hash.sha256("\(partner)/\(user ?? role.name)") }
}

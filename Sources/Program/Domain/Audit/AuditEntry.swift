/// What the log keeps of one call: who asked what, and what they got, without a word of content.
///
/// Pseudonyms and commitments are HMACs under keys that erasure destroys; the domain receives them
/// ready-made. The canonical bytes are in `AuditEntry+Canonical.swift`.
public struct AuditEntry: Hashable, Sendable, Codable {
  /// Which log.
  public var log: String
  /// The entry's id.
  public var id: AuditEntryID
  /// When the call was decided.
  public var eventTime: Instant
  /// Who called.
  public var partner: PartnerID?
  /// Which part of the partner.
  public var agency: String?
  /// In what role.
  public var role: Role
  /// The pseudonym of the user.
  public var userPseudonym: Digest?
  /// For what.
  public var purpose: Purpose?
  /// The pseudonym of the case.
  public var casePseudonym: Digest?
  /// The full method name: `safemobility.v1.ReferralService/SendReferral`.
  public var method: String
  /// What was answered.
  public var verdict: AuditVerdict
  /// The version of the policy that decided.
  public var policyVersion: String
  /// The commitment to the request.
  public var requestCommitment: Digest
  /// The commitment to the response; `nil` when none was made.
  public var responseCommitment: Digest?
  /// The release profile.
  public var profile: String?
  /// Which fields were released, one bit per field of the profile's list.
  public var releasedFields: [UInt8]?
  /// The commitment to the release.
  public var releaseCommitment: Digest?
  /// The resource's state before, by code.
  public var stateBefore: Int?
  /// Its version before.
  public var versionBefore: Version?
  /// Its state after.
  public var stateAfter: Int?
  /// Its version after.
  public var versionAfter: Version?
  /// The true reason of a denial or error; it is in the log only, never in an answer.
  /// Not part of the canonical form.
  public var internalReason: String?
  /// The case that the entry is about, where it is known; the server's own, never in an answer, and kept sealed. Not
  /// part of the canonical form.
  public var subject: AuditSubject?

  /// Every field as given; nothing is checked here.
  public init(
    log: String, id: AuditEntryID, eventTime: Instant, partner: PartnerID? = nil,
    agency: String? = nil, role: Role, userPseudonym: Digest? = nil, purpose: Purpose? = nil,
    casePseudonym: Digest? = nil, method: String, verdict: AuditVerdict, policyVersion: String,
    requestCommitment: Digest, responseCommitment: Digest? = nil, profile: String? = nil,
    releasedFields: [UInt8]? = nil, releaseCommitment: Digest? = nil, stateBefore: Int? = nil,
    versionBefore: Version? = nil, stateAfter: Int? = nil, versionAfter: Version? = nil,
    internalReason: String? = nil, subject: AuditSubject? = nil
  ) {
    self.log = log
    self.id = id
    self.eventTime = eventTime
    self.partner = partner
    self.agency = agency
    self.role = role
    self.userPseudonym = userPseudonym
    self.purpose = purpose
    self.casePseudonym = casePseudonym
    self.method = method
    self.verdict = verdict
    self.policyVersion = policyVersion
    self.requestCommitment = requestCommitment
    self.responseCommitment = responseCommitment
    self.profile = profile
    self.releasedFields = releasedFields
    self.releaseCommitment = releaseCommitment
    self.stateBefore = stateBefore
    self.versionBefore = versionBefore
    self.stateAfter = stateAfter
    self.versionAfter = versionAfter
    self.internalReason = internalReason
    self.subject = subject
  }
}

/// The case that a call was about: its key makes the entry's pseudonyms and commitments.
public struct AuditSubject: Hashable, Sendable, Codable {
  /// The registration.
  public var registration: RegistrationID
  /// The referral by which the caller reached it, where it was by one.
  public var referral: ReferralID?

  /// A case, and the referral by which it was reached.
  public init(registration: RegistrationID, referral: ReferralID? = nil) {
    self.registration = registration
    self.referral = referral
  }
}

/// What a call was answered with.
public enum AuditVerdict: Int, CaseIterable, Codable, Sendable {
  case allow = 1
  case deny = 2
  case error = 3

  /// The name in the canonical form.
  public var name: String {
    switch self {
    case .allow: "ALLOW"
    case .deny: "DENY"
    case .error: "ERROR"
    }
  }
}

/// An entry's place in the log.
public struct AuditLeaf: Hashable, Sendable, Codable {
  /// 0 for the first entry, without gaps.
  public var position: Int64
  /// When it was put there; only goes forward (INV-15).
  public var sequencedTime: Instant
  /// The entry.
  public var entry: AuditEntryID
  /// The digest of the entry's canonical bytes.
  public var entryDigest: Digest
  /// The leaf's hash in the tree.
  public var leafHash: Digest

  /// Every field as given; nothing is checked here.
  public init(
    position: Int64, sequencedTime: Instant, entry: AuditEntryID, entryDigest: Digest,
    leafHash: Digest
  ) {
    self.position = position
    self.sequencedTime = sequencedTime
    self.entry = entry
    self.entryDigest = entryDigest
    self.leafHash = leafHash
  }
}

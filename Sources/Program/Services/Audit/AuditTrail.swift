import Domain
import RPCCore
import Storage

/// What one call leaves in the audit log, gathered while it is answered.
///
/// An entry is appended in the unit of work of the change or disclosure it tells of, or, when that
/// unit was undone, in one of its own before the refusal leaves (INV-16).
struct AuditTrail: Sendable {
  /// Which log the entries belong to.
  static let log = "safemobility"
  /// The version of the access and release policy that this build enforces.
  static let policyVersion = "2023.1"

  /// The method called, `pkg.Service/Method`.
  let method: String
  /// Who called, for what.
  let caller: Caller
  /// SHA-256 of the request's bytes.
  let requestDigest: Digest
  /// The registration concerned, once known; its key makes pseudonyms and commitments.
  var subject: Subject?
  /// What a change did to the resource the call names.
  var move: Move?
  /// What a partner got by a referral.
  var release: ReleaseTrail?

  /// The case that an entry is about.
  struct Subject: Sendable {
    /// The registration.
    var registration: RegistrationID
    /// k_case; nil once erased.
    var key: [UInt8]?
  }

  /// A state and version before and after.
  struct Move: Sendable {
    var stateBefore: Int?
    var versionBefore: Version?
    var stateAfter: Int
    var versionAfter: Version
  }

  /// The profile and digest of a release.
  struct ReleaseTrail: Sendable {
    var profile: String
    var fields: [UInt8]
    var digest: Digest
  }

  init(method: String, caller: Caller, requestDigest: Digest) {
    self.method = method
    self.caller = caller
    self.requestDigest = requestDigest
  }

  init(call: ServerCall, caller: Caller) {
    // The access interceptor has hashed the bytes; without one there are none to commit to.
    self.init(
      method: call.method.fullName, caller: caller,
      requestDigest: call[RequestDigestKey.self] ?? Hash.sha256([]))
  }

  /// The entry for an answer, or for a refusal whose true reason only the log may know.
  func entry(
    _ verdict: AuditVerdict, response: [UInt8]?, reason: String?, at now: Instant
  ) -> AuditEntry {
    var random = SystemRandomNumberGenerator()
    let key = subject?.key
    func pseudonym(_ text: String) -> Digest { Hash.commitment(to: Hash.sha256(text), key: key) }
    return AuditEntry(
      log: Self.log, id: AuditEntryID(using: &random), eventTime: now, partner: caller.partner,
      agency: caller.actor.agency, role: caller.role,
      userPseudonym: pseudonym("\(caller.partner)/\(caller.actor.user)"),
      purpose: caller.purpose,
      casePseudonym: subject.map { pseudonym($0.registration.rawValue) },
      method: method, verdict: verdict, policyVersion: Self.policyVersion,
      requestCommitment: Hash.commitment(to: requestDigest, key: key),
      responseCommitment: response.map { Hash.commitment(to: Hash.sha256($0), key: key) },
      profile: release?.profile, releasedFields: release?.fields,
      releaseCommitment: release.map { Hash.commitment(to: $0.digest, key: key) },
      stateBefore: move?.stateBefore, versionBefore: move?.versionBefore,
      stateAfter: move?.stateAfter, versionAfter: move?.versionAfter, internalReason: reason)
  }
}

/// What a caller is told of its audit entry: enough to ask for its proof, too little to count calls.
struct AuditReceipt: Sendable {
  static let metadata = "pasarela-audit-entry"

  var id: AuditEntryID
  var digest: Digest

  /// `<uid>:<hex digest>`.
  var text: String { "\(id):\(digest)" }
}

extension StoreTransaction {
  /// Appends an entry and gives the receipt for it.
  func append(_ entry: AuditEntry) throws -> AuditReceipt {
    let digest = Hash.sha256(entry.canonicalBytes)
    try append(entry, digest: digest)
    return AuditReceipt(id: entry.id, digest: digest)
  }
}

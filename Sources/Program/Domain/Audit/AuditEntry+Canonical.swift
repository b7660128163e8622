extension AuditEntry {
  /// The first element, which names the form; another form gets another name.
  static let canonicalName = "pasarela-audit-v1"

  /// The bytes whose SHA-256 is the entry's digest. The order of the elements is the form: the
  /// name, log, uid, event time, partner, agency, role, user pseudonym, purpose, case pseudonym,
  /// method, verdict, policy version, request and response commitment, profile, released fields,
  /// release commitment, state and version before, state and version after.
  ///
  /// Names of roles, purposes and verdicts are texts, so that an entry can be read without our
  /// tables. ``internalReason`` stays out: it may be shortened by erasure.
  public var canonicalBytes: [UInt8] {
    var form = CanonicalBytes()
    form.append(Self.canonicalName)
    form.append(log)
    form.append(id.rawValue)
    form.append(eventTime.microseconds)
    form.append(partner?.rawValue)
    form.append(agency)
    form.append(role.name)
    form.append(userPseudonym)
    form.append(purpose?.name)
    form.append(casePseudonym)
    form.append(method)
    form.append(verdict.name)
    form.append(policyVersion)
    form.append(requestCommitment)
    form.append(responseCommitment)
    form.append(profile)
    form.append(releasedFields)
    form.append(releaseCommitment)
    form.append(stateBefore.map(Int64.init))
    form.append(versionBefore?.rawValue)
    form.append(stateAfter.map(Int64.init))
    form.append(versionAfter?.rawValue)
    return form.bytes
  }
}

package import Domain
import Protobuf
package import SafeMobilityAPI

extension SafeMobility.AuditEntry {
  /// An entry as the contract has it, with its place in the log.
  package init(_ sequenced: Domain.AuditEntry, at leaf: AuditLeaf) {
    self.init(sequenced, digest: leaf.entryDigest)
    position = leaf.position
    sequencedTime = .init(microsecondsSinceEpoch: leaf.sequencedTime.microseconds)
  }

  private init(_ entry: Domain.AuditEntry, digest: Domain.Digest) {
    self.init()
    name = "auditLogs/\(entry.log)/entries/\(entry.id)"
    uid = entry.id.rawValue
    eventTime = .init(microsecondsSinceEpoch: entry.eventTime.microseconds)
    partner = entry.partner.map { "partners/\($0)" } ?? ""
    agency = entry.agency ?? ""
    role = .init(rawValue: Int32(entry.role.rawValue))
    userPseudonym = entry.userPseudonym?.bytes ?? []
    purpose = .init(rawValue: Int32(entry.purpose?.rawValue ?? 0))
    casePseudonym = entry.casePseudonym?.bytes ?? []
    method = entry.method
    decision = .init(rawValue: Int32(entry.verdict.rawValue))
    policyVersion = entry.policyVersion
    requestCommitment = entry.requestCommitment.bytes
    responseCommitment = entry.responseCommitment?.bytes ?? []
    profile = entry.profile ?? ""
    releasedFields = entry.releasedFields ?? []
    releaseCommitment = entry.releaseCommitment?.bytes ?? []
    stateBefore = entry.stateBefore.map { StateNames.name(of: $0, movedBy: entry.method) } ?? ""
    versionBefore = entry.versionBefore?.rawValue
    stateAfter = entry.stateAfter.map { StateNames.name(of: $0, movedBy: entry.method) } ?? ""
    versionAfter = entry.versionAfter?.rawValue
    entrySha256 = digest.bytes
  }
}

extension Domain.AuditEntry {
  /// The entry that a message shows; nil when it shows none: a value is missing, or is none of this schema.
  package init?(_ message: SafeMobility.AuditEntry) {
    let path = message.name.split(separator: "/", omittingEmptySubsequences: false)
    guard path.count == 4, path[0] == "auditLogs", path[2] == "entries", path[3] == message.uid,
      let id = AuditEntryID(rawValue: message.uid),
      let time = message.eventTime?.microsecondsSinceEpoch,
      let role = Role(rawValue: Int(message.role.rawValue)),
      let verdict = AuditVerdict(rawValue: Int(message.decision.rawValue)),
      let requestCommitment = Domain.Digest(message.requestCommitment)
    else { return nil }
    self.init(
      log: String(path[1]), id: id, eventTime: Instant(microseconds: time), role: role,
      method: message.method, verdict: verdict, policyVersion: message.policyVersion,
      requestCommitment: requestCommitment)
    guard readOptionals(message) else { return nil }
  }

  /// Takes over what may be absent; false when something is there that is no such thing.
  private mutating func readOptionals(_ message: SafeMobility.AuditEntry) -> Bool {
    var isGood = true
    func read<Value>(_ text: String, _ make: (String) -> Value?) -> Value? {
      if text.isEmpty { return nil }
      let value = make(text)
      isGood = isGood && value != nil
      return value
    }
    func digest(_ bytes: [UInt8]) -> Domain.Digest? {
      if bytes.isEmpty { return nil }
      let digest = Domain.Digest(bytes)
      isGood = isGood && digest != nil
      return digest
    }
    partner = read(message.partner) { name in
      name.hasPrefix("partners/") ? PartnerID(rawValue: String(name.dropFirst(9))) : nil
    }
    agency = read(message.agency) { $0 }
    userPseudonym = digest(message.userPseudonym)
    if message.purpose != .unspecified {
      purpose = Purpose(rawValue: Int(message.purpose.rawValue))
      isGood = isGood && purpose != nil
    }
    casePseudonym = digest(message.casePseudonym)
    responseCommitment = digest(message.responseCommitment)
    profile = read(message.profile) { $0 }
    releasedFields = message.releasedFields.isEmpty ? nil : message.releasedFields
    releaseCommitment = digest(message.releaseCommitment)
    stateBefore = read(message.stateBefore, StateNames.number)
    stateAfter = read(message.stateAfter, StateNames.number)
    versionBefore = message.versionBefore.flatMap { Version(rawValue: $0) }
    versionAfter = message.versionAfter.flatMap { Version(rawValue: $0) }
    isGood = isGood && (versionBefore == nil) == (message.versionBefore == nil)
    return isGood && (versionAfter == nil) == (message.versionAfter == nil)
  }
}

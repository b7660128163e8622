import AuditProof
import Domain
import Protobuf
import RPCCore
import Storage

/// What one call leaves in the audit log, gathered while it is answered.
///
/// An entry is appended in the unit of work of the change or disclosure it tells of, or, when that
/// unit was undone, in one of its own before the refusal leaves (INV-16).
struct AuditTrail: Sendable {
  /// Which log the entries belong to.
  static let log = "safemobility"
  /// The log's name in the world, as its checkpoints have it.
  static let origin = "pasarela.dev/auditLogs/\(log)"
  /// The version of the access and release policy that this build enforces; see ``AccessPolicy``. Of a
  /// schema that has none no desk is opened.
  static let policyVersion = (try? AccessPolicy())?.version ?? ReferenceData.policyVersion

  /// The method called, `pkg.Service/Method`.
  let method: String
  /// SHA-256 of the request's bytes; of a stream of requests, of the first.
  var requestDigest: Digest
  /// Stands in for a case's key where the case is not known, or erased.
  private let logKey: [UInt8]
  /// Whether the method deals in personal data, so that nothing of it is in the log without a key.
  private let isPersonal: Bool
  /// Who called, for what; nobody known until the access check has looked.
  var caller = Caller.anonymous(at: Instant(microseconds: 0))
  /// The identity that a caller has shown, until it is known whose it is.
  var shownIdentity: String?
  /// The registration concerned, once known; its key makes pseudonyms and commitments.
  var subject: Subject?
  /// What a change did to the resource the call names.
  var move: Move?
  /// What a partner got by a referral.
  var release: ReleaseTrail?
  /// What a list, or a batch, has told of cases, in its order.
  private(set) var items: [Item] = []
  /// Whether the handler has denied what the call, or this part of it, names: then nothing in the entry may tell
  /// what is hidden from what is absent.
  var isDenied = false

  /// Where a call keeps it, for whoever has to write down how the call failed.
  enum Key: ServerCallKey {
    typealias Value = AuditTrail
  }

  /// The case that an entry is about.
  struct Subject: Sendable {
    /// The registration.
    var registration: RegistrationID
    /// The referral by which the caller reaches it, where it is by one.
    var referral: ReferralID?
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
    /// One bit for each class of data; nil for what is released without any, such as a report.
    var fields: [UInt8]?
    var digest: Digest
  }

  /// One item of a list, of one case, or one of a batch that was denied.
  struct Item: Sendable {
    /// Whose it is; nil where a name leads to none.
    var subject: Subject?
    /// SHA-256 of the item as it was told; nil of one that was denied.
    var digest: Digest?
    /// Why it was denied, for the log alone.
    var reason: String?
  }

  /// - Parameter isPersonal: whether the method deals in personal data
  init(method: String, requestDigest: Digest, isPersonal: Bool, secrets: Secrets) {
    self.method = method
    self.requestDigest = requestDigest
    self.isPersonal = isPersonal
    logKey = secrets.logKey
  }

  /// Notes which identity a caller has shown, before it is known whose it is.
  mutating func meet(_ identity: String?) {
    caller = .anonymous(at: Instant(microseconds: 0))
    shownIdentity = identity
  }

  /// Notes who has called, once that is known.
  mutating func know(_ caller: Caller) {
    self.caller = caller
    shownIdentity = nil
  }

  /// What commitments to messages are made with; nil where no person is involved (domain § 12).
  var commitmentKey: [UInt8]? { subject?.key ?? (isPersonal || isDenied ? logKey : nil) }
  /// What the pseudonyms of an entry are made with: whoever calls is a person.
  func pseudonymKey(of entry: AuditEntryID) -> [UInt8] {
    if isDenied { return PseudonymScope.denial(entry).key(from: caseKey) }
    guard let subject else { return logKey }
    let scope = subject.referral.map { PseudonymScope.referral($0) } ?? .partner(caller.partner)
    return scope.key(from: caseKey)
  }
  /// The key that stands in for the case in pseudonyms: its own, as long as it has not been erased.
  var caseKey: [UInt8] { subject?.key ?? logKey }

  /// Notes that an answer tells of a case beside the one it is about: an item of a list, or a receipt.
  mutating func disclose(_ subject: Subject, _ item: [UInt8]) {
    items.append(Item(subject: subject, digest: Hash.sha256(item)))
  }

  /// Notes that one item of a batch was denied.
  mutating func deny(_ subject: Subject?, _ reason: String) {
    items.append(Item(subject: subject, reason: reason))
  }

  /// The same call without what it would have done: for one that was undone.
  var undone: AuditTrail {
    var undone = self
    undone.move = nil
    undone.release = nil
    return undone
  }

  /// The same call without what it does and tells: for what it does to something else besides.
  var besides: AuditTrail {
    var besides = undone
    besides.items = []
    return besides
  }
}

/// What a caller is told of its audit entry: enough to ask for its proof, too little to count calls.
struct AuditReceipt: Sendable {
  static let metadata = "pasarela-audit-entry"

  var id: AuditEntryID
  var digest: Digest

  /// `<uid>:<hex digest>`.
  var text: String { "\(id):\(digest)" }

  /// Says it in a stream's headers, because its trailers come late, and in those too.
  func tell(_ call: ServerCall) throws {
    try call.responseMetadata.set(Self.metadata, text)
    try call.trailingMetadata.set(Self.metadata, text)
  }
}

/// A household handed over to a partner on a pathway.
public struct Referral: Hashable, Sendable, Codable {
  /// Its id.
  public var id: ReferralID
  /// The registration.
  public var registration: RegistrationID
  /// The persons handed over, one or more.
  public var persons: [PersonID]
  /// The pathway.
  public var pathway: PathwayID
  /// The country it leads to.
  public var destination: RegionCode
  /// Who refers.
  public var from: PartnerID
  /// Who receives.
  public var to: PartnerID
  /// For what the data may be used.
  public var purpose: Purpose
  /// The consents it rests on: one for every person.
  public var consents: [ConsentID]
  /// What was released; `nil` until it is sent.
  public var release: Release?
  /// What was released before, oldest first, with its receipts: a return and a new sending do not undo them.
  /// `nil` when there was none.
  public var earlierReleases: [Release]?
  /// How urgent.
  public var priority: ReferralPriority
  /// Until when the receiver should have answered.
  public var dueTime: Instant?
  /// Whether that time has passed without an answer.
  public var isOverdue: Bool
  /// The receiver's own number for the case.
  public var partnerCaseReference: String?
  /// Why it was returned, rejected, recalled or withdrawn.
  public var reason: ReferralReason?
  /// When the applicant was told of the decision.
  public var informTime: Instant?
  /// Where it stands.
  public var state: ReferralState
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: ReferralID, registration: RegistrationID, persons: [PersonID], pathway: PathwayID,
    destination: RegionCode, from: PartnerID, to: PartnerID, purpose: Purpose,
    consents: [ConsentID] = [], release: Release? = nil, earlierReleases: [Release]? = nil,
    priority: ReferralPriority,
    dueTime: Instant? = nil, isOverdue: Bool = false, partnerCaseReference: String? = nil,
    reason: ReferralReason? = nil, informTime: Instant? = nil, state: ReferralState,
    revision: Revision
  ) {
    self.id = id
    self.registration = registration
    self.persons = persons
    self.pathway = pathway
    self.destination = destination
    self.from = from
    self.to = to
    self.purpose = purpose
    self.consents = consents
    self.release = release
    self.earlierReleases = earlierReleases
    self.priority = priority
    self.dueTime = dueTime
    self.isOverdue = isOverdue
    self.partnerCaseReference = partnerCaseReference
    self.reason = reason
    self.informTime = informTime
    self.state = state
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }
}

extension Referral {
  /// The version of what is sent next.
  public var nextReleaseVersion: Int { (release?.version ?? 0) + 1 }
}

/// What a partner got: the profile's classes, and a digest of every field, so that the release can
/// be recomputed and compared (INV-7).
public struct Release: Hashable, Sendable, Codable {
  /// The policy row: `us-rsc/USRAP`.
  public var profile: String
  /// Counts up with every sending, from 1.
  public var version: Int
  /// The classes released.
  public var classes: DataClassSet
  /// Every released field, ordered by path.
  public var fields: [ReleasedField]
  /// The digest over all of them, signed by both sides.
  public var digest: Digest
  /// When it was released.
  public var releaseTime: Instant
  /// What the receiver has signed for it; nil until it acknowledges, and of one without keys.
  public var receipt: ReleaseReceipt?

  /// Every field as given; nothing is checked here.
  public init(
    profile: String, version: Int, classes: DataClassSet, fields: [ReleasedField], digest: Digest,
    releaseTime: Instant, receipt: ReleaseReceipt? = nil
  ) {
    self.profile = profile
    self.version = version
    self.classes = classes
    self.fields = fields
    self.digest = digest
    self.releaseTime = releaseTime
    self.receipt = receipt
  }
}

/// A receiver's signature over a release's digest, with all that is needed to check it.
public struct ReleaseReceipt: Hashable, Sendable, Codable {
  /// The key, as it was registered then.
  public var key: PartnerKey
  /// The signature over the digest's 32 bytes.
  public var signature: [UInt8]
  /// When it came, while the key was good.
  public var receiveTime: Instant

  /// Every field as given; nothing is checked here.
  public init(key: PartnerKey, signature: [UInt8], receiveTime: Instant) {
    self.key = key
    self.signature = signature
    self.receiveTime = receiveTime
  }
}

/// One released field.
public struct ReleasedField: Hashable, Sendable, Codable {
  /// Its path.
  public var path: String
  /// The keyed digest of its value.
  public var digest: Digest

  /// Every field as given; nothing is checked here.
  public init(path: String, digest: Digest) {
    self.path = path
    self.digest = digest
  }
}

/// How urgent a referral is.
public enum ReferralPriority: Int, CaseIterable, Codable, Sendable {
  case routine = 1
  case urgent = 2
  case emergency = 3
}

/// Why a referral was returned, rejected, recalled or withdrawn: a category, never a narrative.
public enum ReferralReason: Int, CaseIterable, Codable, Sendable {
  case incomplete = 1
  case inconsistent = 2
  case outOfScope = 3
  case duplicate = 4
  case capacity = 5
  case unreachable = 6
  case consentWithdrawn = 7
  case applicantRequest = 8
  case sentInError = 9
}

/// The states of a referral: 2 to 7 are live (INV-5), 9 to 13 terminal.
public enum ReferralState: Int, CaseIterable, Codable, Sendable {
  case draft = 1
  case sent = 2
  case received = 3
  case accepted = 4
  case returned = 5
  case inProcess = 6
  case withdrawalRequested = 7
  case decided = 8
  case completed = 9
  case rejected = 10
  case recalled = 11
  case withdrawn = 12
  case expired = 13

  /// Whether it keeps another like it from being sent.
  public var isLive: Bool { (2...7).contains(rawValue) }

  /// Whether nothing moves it any more.
  public var isTerminal: Bool { rawValue >= 9 }
}

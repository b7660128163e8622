/// A lawful way to another country, or to services in this one.
public struct Pathway: Hashable, Sendable, Codable {
  /// Its code: `US-H2A`.
  public var id: PathwayID
  /// The name people read.
  public var displayName: String
  /// The country it leads to.
  public var region: RegionCode
  /// The partners who may receive; the first is the usual one.
  public var authorities: [PartnerID]
  /// Who begins it.
  public var initiator: PathwayInitiator
  /// Whether it rests on a need for protection: its very existence is hidden from the host's
  /// bodies, and sending takes two people.
  public var isProtection: Bool
  /// At most one live referral per person in a group.
  public var exclusiveGroup: String?
  /// The purpose of its releases, and so of the consent it needs.
  public var purpose: Purpose
  /// The release profile: `us-rsc/USRAP`; `nil` where nothing is ever released.
  public var profile: String?

  /// Every field as given; nothing is checked here.
  public init(
    id: PathwayID, displayName: String, region: RegionCode, authorities: [PartnerID],
    initiator: PathwayInitiator, isProtection: Bool, exclusiveGroup: String? = nil,
    purpose: Purpose, profile: String? = nil
  ) {
    self.id = id
    self.displayName = displayName
    self.region = region
    self.authorities = authorities
    self.initiator = initiator
    self.isProtection = isProtection
    self.exclusiveGroup = exclusiveGroup
    self.purpose = purpose
    self.profile = profile
  }
}

/// Who begins a pathway.
public enum PathwayInitiator: Int, CaseIterable, Codable, Sendable {
  /// The office refers.
  case office = 1
  /// Only a petitioner abroad; the office advises.
  case petitionerOnly = 2
  /// An employer; the office passes candidates on.
  case employer = 3
}

/// A body that takes part.
public struct Partner: Hashable, Sendable, Codable {
  /// Its id.
  public var id: PartnerID
  /// The name people read.
  public var displayName: String
  /// What it is.
  public var kind: PartnerKind
  /// Its parts, where it has any.
  public var agencies: [String]
  /// The URI names of its client certificates: `spiffe://safemobility/partner/us-rsc`.
  public var identities: [String]
  /// Its signing keys.
  public var keys: [PartnerKey]
  /// The purposes it may call for.
  public var purposes: [Purpose]
  /// How many live referrals it takes per pathway; pathways not named have no limit.
  public var capacities: [PathwayCapacity]
  /// Whether it cosigns the audit log's checkpoints.
  public var isCosigner: Bool
  /// Its changes.
  public var revision: Revision

  /// Every field as given; nothing is checked here.
  public init(
    id: PartnerID, displayName: String, kind: PartnerKind, agencies: [String] = [],
    identities: [String], keys: [PartnerKey] = [], purposes: [Purpose],
    capacities: [PathwayCapacity] = [], isCosigner: Bool = false, revision: Revision
  ) {
    self.id = id
    self.displayName = displayName
    self.kind = kind
    self.agencies = agencies
    self.identities = identities
    self.keys = keys
    self.purposes = purposes
    self.capacities = capacities
    self.isCosigner = isCosigner
    self.revision = revision
  }

  /// The entity tag of this version.
  public var etag: Etag { Etag(uid: id.rawValue, version: revision.version) }
}

/// What a partner is.
public enum PartnerKind: Int, CaseIterable, Codable, Sendable {
  case usGovernment = 1
  case gtGovernment = 2
  case otherGovernment = 3
  case un = 4
  case ngo = 5
}

/// A public key of a partner.
public struct PartnerKey: Hashable, Sendable, Codable {
  /// The partner's name for it.
  public var keyId: String
  /// The algorithm: `ed25519`.
  public var algorithm: String
  /// The public key, raw.
  public var publicKey: [UInt8]
  /// The first instant it is good.
  public var validFrom: Instant
  /// The first instant it no longer is.
  public var validUntil: Instant?

  /// Every field as given; nothing is checked here.
  public init(
    keyId: String, algorithm: String, publicKey: [UInt8], validFrom: Instant,
    validUntil: Instant? = nil
  ) {
    self.keyId = keyId
    self.algorithm = algorithm
    self.publicKey = publicKey
    self.validFrom = validFrom
    self.validUntil = validUntil
  }
}

/// How many live referrals a partner takes on a pathway.
public struct PathwayCapacity: Hashable, Sendable, Codable {
  /// The pathway.
  public var pathway: PathwayID
  /// The limit, 0 or more.
  public var liveCountMax: Int

  /// Every field as given; nothing is checked here.
  public init(pathway: PathwayID, liveCountMax: Int) {
    self.pathway = pathway
    self.liveCountMax = liveCountMax
  }
}

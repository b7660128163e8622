/// A body that takes part.
public struct Partner: Hashable, Sendable, Codable {
  /// Its id.
  public var id: PartnerID
  /// The id the server made, the same for ever even if the name were given again.
  public var uid: ResourceUID
  /// The name people read.
  public var displayName: String
  /// What it is.
  public var kind: PartnerKind
  /// Its parts, where it has any.
  public var agencies: [PartnerAgency]
  /// The URI names of its client certificates, one per role:
  /// `spiffe://pasarela.dev/partner/us-rsc/role/PARTNER_OFFICER`.
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
    id: PartnerID, uid: ResourceUID, displayName: String, kind: PartnerKind,
    agencies: [PartnerAgency] = [], identities: [String], keys: [PartnerKey] = [],
    purposes: [Purpose], capacities: [PathwayCapacity] = [], isCosigner: Bool = false,
    revision: Revision
  ) {
    self.id = id
    self.uid = uid
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
  public var etag: Etag { Etag(uid: uid.rawValue, version: revision.version) }
}

/// What a partner is.
public enum PartnerKind: Int, CaseIterable, Codable, Sendable {
  case usGovernment = 1
  case gtGovernment = 2
  case otherGovernment = 3
  case un = 4
  case ngo = 5
}

/// A part of a partner.
public struct PartnerAgency: Hashable, Sendable, Codable {
  /// The partner's name for it.
  public var id: String
  /// The name people read.
  public var displayName: String

  /// Every field as given; nothing is checked here.
  public init(id: String, displayName: String) {
    self.id = id
    self.displayName = displayName
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

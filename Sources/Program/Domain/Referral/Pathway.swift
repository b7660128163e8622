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

  /// The id the contract gives it; made from the code, which is never given twice.
  public var uid: ResourceUID { ResourceUID(derivedFrom: "pathways/\(id)") }
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

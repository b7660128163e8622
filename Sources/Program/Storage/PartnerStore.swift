public import Domain

/// Reads partners and pathways.
public protocol PartnerReader {
  /// The partner of that id.
  func partner(_ id: PartnerID) throws -> Partner?
  /// The partner a certificate's URI name belongs to.
  func partner(identity: String) throws -> Partner?
  /// Every partner, by id; there are few.
  func partners() throws -> [Partner]
  /// The pathway of that code.
  func pathway(_ id: PathwayID) throws -> Pathway?
  /// Every pathway, by code; there are few.
  func pathways() throws -> [Pathway]
}

/// Changes partners and pathways.
public protocol PartnerWriter {
  /// Adds a partner.
  func insert(_ partner: Partner) throws
  /// Replaces a partner the caller read at `version`.
  func update(_ partner: Partner, from version: Version) throws
  /// Adds a pathway, or replaces the one of that code: reference data without versions.
  func put(_ pathway: Pathway) throws
}

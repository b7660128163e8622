public import Domain

/// Which referrals are asked for; every part given must hold.
public struct ReferralFilter: Hashable, Sendable {
  /// Of this registration.
  public var registration: RegistrationID?
  /// To this partner.
  public var to: PartnerID?
  /// From this partner.
  public var from: PartnerID?
  /// On this pathway.
  public var pathway: PathwayID?
  /// In one of these states; empty for all.
  public var states: [ReferralState]
  /// Of a registration of this applicant.
  public var owner: Actor?

  /// All fields; by default every referral.
  public init(
    registration: RegistrationID? = nil, to: PartnerID? = nil, from: PartnerID? = nil,
    pathway: PathwayID? = nil, states: [ReferralState] = []
  ) {
    self.registration = registration
    self.to = to
    self.from = from
    self.pathway = pathway
    self.states = states
  }
}

/// Reads referrals and decisions.
public protocol ReferralReader {
  /// The referral of that id.
  func referral(_ id: ReferralID) throws -> Referral?
  /// Referrals by the time they were created.
  func referrals(
    _ filter: ReferralFilter, after key: TimeKey<ReferralID>?, limit: Int
  ) throws -> Page<Referral>
  /// How many live referrals (states 2 to 7) a partner has on a pathway.
  ///
  /// Inside a transaction the partner's capacity is locked until the unit ends, so that two
  /// senders cannot both take the last place.
  func liveReferralCount(to partner: PartnerID, on pathway: PathwayID) throws -> Int
  /// A referral's decisions by number.
  func decisions(of referral: ReferralID) throws -> [Decision]
}

/// Changes referrals; decisions are only added (INV-10).
public protocol ReferralWriter {
  /// Adds a referral of persons that are stored, on a pathway that is stored.
  /// - Throws: `StoreError.conflict` as for `update`, if its state is live.
  func insert(_ referral: Referral) throws
  /// Replaces a referral the caller read at `version`. Its persons take their live places while
  /// its state is live.
  /// - Throws: `StoreError.conflict` with `.liveReferral` or `.exclusiveGroup` when one of the
  ///   persons has such a referral already (INV-5); either of them when both hold.
  func update(_ referral: Referral, from version: Version) throws
  /// Adds a decision; the number must be the referral's next.
  func insert(_ decision: Decision) throws
}

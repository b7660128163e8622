/// What an authority decided on a referral. Decisions are only added; a correction supersedes.
public struct Decision: Hashable, Sendable, Codable {
  /// Its id.
  public var id: DecisionID
  /// The referral.
  public var referral: ReferralID
  /// Counts up per referral, from 1.
  public var number: Int
  /// Who decided.
  public var authority: PartnerID
  /// What.
  public var kind: DecisionKind
  /// The day of the decision.
  public var date: CivilDate
  /// The first day it can be used, where it is later.
  public var validFrom: CivilDate?
  /// The last day it can be used, where it ends.
  public var validUntil: CivilDate?
  /// Why, as a category.
  public var reason: DecisionReason?
  /// The decision it corrects.
  public var supersedes: DecisionID?
  /// When it was recorded.
  public var createTime: Instant

  /// Every field as given; nothing is checked here.
  public init(
    id: DecisionID, referral: ReferralID, number: Int, authority: PartnerID, kind: DecisionKind,
    date: CivilDate, validFrom: CivilDate? = nil, validUntil: CivilDate? = nil,
    reason: DecisionReason? = nil, supersedes: DecisionID? = nil, createTime: Instant
  ) {
    self.id = id
    self.referral = referral
    self.number = number
    self.authority = authority
    self.kind = kind
    self.date = date
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.reason = reason
    self.supersedes = supersedes
    self.createTime = createTime
  }

  /// The entity tag; there is only ever one version.
  public var etag: Etag { Etag(uid: id.rawValue, version: .first) }
}

/// What was decided.
public enum DecisionKind: Int, CaseIterable, Codable, Sendable {
  case approved = 1
  case conditionallyApproved = 2
  case denied = 3
  case deferred = 4
  case administrativelyClosed = 5
}

/// Why, as a category; never a narrative.
public enum DecisionReason: Int, CaseIterable, Codable, Sendable {
  case criteriaMet = 1
  case criteriaNotMet = 2
  case security = 3
  case medical = 4
  case credibility = 5
  case noLongerAvailable = 6
  case applicantWithdrew = 7
  case other = 8
}

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
  /// The last day it can be used, where it ends.
  public var validUntil: CivilDate?
  /// Why, as a category.
  public var reason: DecisionReason?
  /// The number of the decision it corrects.
  public var supersedes: Int?
  /// When it was recorded.
  public var createTime: Instant

  /// Every field as given; nothing is checked here.
  public init(
    id: DecisionID, referral: ReferralID, number: Int, authority: PartnerID, kind: DecisionKind,
    date: CivilDate, validUntil: CivilDate? = nil, reason: DecisionReason? = nil,
    supersedes: Int? = nil, createTime: Instant
  ) {
    self.id = id
    self.referral = referral
    self.number = number
    self.authority = authority
    self.kind = kind
    self.date = date
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
  case closed = 5
}

/// Why, as a category; never a narrative.
public enum DecisionReason: Int, CaseIterable, Codable, Sendable {
  case criteriaMet = 1
  case criteriaNotMet = 2
  case inadmissible = 3
  case documentsMissing = 4
  case employerWithdrew = 5
  case applicantWithdrew = 6
  case programmeEnded = 7
  case other = 8
}

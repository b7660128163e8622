/// What a request did, kept so that its repetition does nothing and answers the same.
public struct IdempotencyRecord: Hashable, Sendable, Codable {
  /// How long it is kept.
  public static let retention: Duration = .days(14)

  /// Who asked.
  public var partner: PartnerID
  /// The full method name.
  public var method: String
  /// The caller's UUID, lower-case.
  public var requestID: String
  /// What the request is known again by, without its `request_id`; keyed.
  public var requestDigest: Digest
  /// The response's bytes, as first sent.
  public var response: [UInt8]
  /// The case it was about, whose reach a repetition needs too.
  public var registration: RegistrationID?
  /// The referral by which the case was reached, where it was by one.
  public var referral: ReferralID?
  /// When the change was made.
  public var createTime: Instant
  /// The first instant it may be forgotten.
  public var expireTime: Instant

  /// Every field as given; nothing is checked here.
  public init(
    partner: PartnerID, method: String, requestID: String, requestDigest: Digest,
    response: [UInt8], registration: RegistrationID? = nil, referral: ReferralID? = nil,
    createTime: Instant, expireTime: Instant
  ) {
    self.partner = partner
    self.method = method
    self.requestID = requestID
    self.requestDigest = requestDigest
    self.response = response
    self.registration = registration
    self.referral = referral
    self.createTime = createTime
    self.expireTime = expireTime
  }

  /// What a repetition of its request gets.
  public func replay(requestDigest: Digest) throws(Refusal) -> [UInt8] {
    guard requestDigest == self.requestDigest else { throw Refusal(.requestIdReused) }
    return response
  }
}

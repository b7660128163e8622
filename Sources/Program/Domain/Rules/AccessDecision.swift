/// An access decision on a described case, without any record (domain § 11): the very checks that a
/// call goes through, one after the other, and denial where nothing allows.
public struct AccessDecision: Hashable, Sendable {
  /// The profile that applies; nil for a call that no referral carries.
  public var profile: String?
  /// The classes of data that the receiver of a referral gets.
  public var classes: DataClassSet

  /// A case as somebody describes it.
  public struct Facts: Sendable {
    /// The record of the partner that would call.
    public var partner: Partner
    /// The name by which its certificate would prove the role.
    public var identity: String
    /// The role it would act in.
    public var role: Role
    /// The purpose it would name.
    public var purpose: Purpose
    /// What the schema says of the method.
    public var rule: MethodRule
    /// Whether the method gives what a referral releases.
    public var isRelease: Bool
    /// The referral by which it would come, as it would be; nil for none.
    public var referral: Referral?
    /// The registration's state.
    public var registrationState: RegistrationState
    /// The consents there would be.
    public var consents: [Consent]
    /// The time.
    public var now: Instant

    /// Every field as given; nothing is checked here.
    public init(
      partner: Partner, identity: String, role: Role, purpose: Purpose, rule: MethodRule,
      isRelease: Bool, referral: Referral?, registrationState: RegistrationState,
      consents: [Consent], now: Instant
    ) {
      self.partner = partner
      self.identity = identity
      self.role = role
      self.purpose = purpose
      self.rule = rule
      self.isRelease = isRelease
      self.referral = referral
      self.registrationState = registrationState
      self.consents = consents
      self.now = now
    }
  }

  /// What the caller would be allowed.
  ///
  /// - Throws: the refusal that it would meet first
  public static func decide(
    _ facts: Facts, profiles: [ReleaseProfile]
  ) throws(Refusal) -> AccessDecision {
    if facts.role == .anonymous, facts.rule.isAnonymous {
      return AccessDecision(profile: nil, classes: [])
    }
    // One that is not believed is refused even where none is needed, as at the door.
    guard facts.role.isCertified, facts.partner.identities.contains(facts.identity) else {
      throw .denied(.identityUnknown)
    }
    try facts.rule.check(facts.role, facts.purpose, permitted: facts.partner.purposes)
    guard facts.role == .partnerOfficer, let referral = facts.referral else {
      return AccessDecision(profile: nil, classes: [])
    }
    guard referral.isReceived(by: facts.partner.id, for: facts.purpose) else {
      throw .denied(.outOfReach)
    }
    let classes = ReleaseRule.classes(
      ReleaseRule.Facts(
        partner: referral.to, purpose: referral.purpose,
        registrationState: facts.registrationState, referralState: referral.state,
        persons: referral.persons, consents: facts.consents, now: facts.now), profiles: profiles)
    guard !facts.isRelease || !classes.isEmpty else { throw .denied(.nothingReleased) }
    let profile = profiles.first {
      $0.partner == referral.to && $0.purpose == referral.purpose
    }
    return AccessDecision(profile: classes.isEmpty ? nil : profile?.name, classes: classes)
  }
}

extension Referral {
  /// Whether a partner that calls for a purpose is the one it was sent to.
  ///
  /// Not by the state: a draft that was recalled, or only advised on, was never sent. And for its own
  /// purpose alone: what was sent for resettlement is not there for labour mobility.
  public func isReceived(by partner: PartnerID, for purpose: Purpose?) -> Bool {
    to == partner && release != nil && self.purpose == purpose
  }
}

/// A policy row: which classes of data a partner may get for a purpose, and when.
///
/// Profiles name classes, never fields, so that a new field is unreleased until it is classified.
public struct ReleaseProfile: Hashable, Sendable, Codable {
  /// Its name: `us-rsc/USRAP`.
  public var name: String
  /// Who may get.
  public var partner: PartnerID
  /// For what.
  public var purpose: Purpose
  /// What.
  public var classes: DataClassSet
  /// In which states of the registration.
  public var registrationStates: [RegistrationState]
  /// In which states of the referral.
  public var referralStates: [ReferralState]

  /// Every field as given; nothing is checked here.
  public init(
    name: String, partner: PartnerID, purpose: Purpose, classes: DataClassSet,
    registrationStates: [RegistrationState], referralStates: [ReferralState]
  ) {
    self.name = name
    self.partner = partner
    self.purpose = purpose
    self.classes = classes
    self.registrationStates = registrationStates
    self.referralStates = referralStates
  }
}

/// Whether and what a partner may get of one referral: a pure predicate (INV-7), default none.
public enum ReleaseRule {
  /// What the predicate looks at.
  public struct Facts: Hashable, Sendable {
    /// Who would get it.
    public var partner: PartnerID
    /// For what.
    public var purpose: Purpose
    /// The registration's state.
    public var registrationState: RegistrationState
    /// The referral's state as it is, or as it will be in the same transaction.
    public var referralState: ReferralState
    /// The persons of the referral.
    public var persons: [PersonID]
    /// Their consents, in any state.
    public var consents: [Consent]
    /// The time.
    public var now: Instant

    /// Every field as given; nothing is checked here.
    public init(
      partner: PartnerID, purpose: Purpose, registrationState: RegistrationState,
      referralState: ReferralState, persons: [PersonID], consents: [Consent], now: Instant
    ) {
      self.partner = partner
      self.purpose = purpose
      self.registrationState = registrationState
      self.referralState = referralState
      self.persons = persons
      self.consents = consents
      self.now = now
    }
  }

  /// The classes released: those of the profile that every person's active consent covers. Empty
  /// when there is no profile, the states do not fit, or one consent lacks.
  public static func classes(_ facts: Facts, profiles: [ReleaseProfile]) -> DataClassSet {
    guard
      let profile = profiles.first(where: {
        $0.partner == facts.partner && $0.purpose == facts.purpose
      }), profile.registrationStates.contains(facts.registrationState),
      profile.referralStates.contains(facts.referralState), !facts.persons.isEmpty
    else { return [] }
    var classes = profile.classes
    for person in facts.persons {
      let covered = facts.consents.filter {
        $0.person == person && $0.recipient == facts.partner && $0.purpose == facts.purpose
          && $0.isActive(at: facts.now)
      }
      // Two consents of one person for one recipient and purpose may each cover a part.
      classes.formIntersection(covered.reduce(into: []) { $0.formUnion($1.dataClasses) })
    }
    return classes
  }
}

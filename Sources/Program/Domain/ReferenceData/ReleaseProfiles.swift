extension ReferenceData {
  /// The release profiles.
  ///
  /// Those of MINTRAB for H-2 and the RSC are the ground plan's; Canada's and Spain's follow the RSC's, MINTRAB's for
  /// Canada and Spain its own for H-2. Who gives services where people are must know whom to call, and UNHCR
  /// what they need protection from. IGM has none: no pathway leads to it.
  public static let releaseProfiles: [ReleaseProfile] = [
    work("gt-mintrab/H2", .h2Recruitment),
    work("gt-mintrab/LABOUR", .labourMobility),
    refugee("us-rsc/USRAP", .usRsc),
    refugee("ca-gov/REFUGEE", .caGov),
    refugee("es-gov/REFUGEE", .esGov),
    local("unhcr/PROTECTION", .unhcr, [.protection]),
    local("iom/LOCAL", .iom),
    local("gt-mintrab/LOCAL", .gtMintrab),
  ]

  /// The profile by which a partner gets data for a purpose; `nil` when it gets none.
  public static func releaseProfile(partner: PartnerID, purpose: Purpose) -> ReleaseProfile? {
    releaseProfiles.first { $0.partner == partner && $0.purpose == purpose }
  }

  /// ELIGIBLE or later, as long as the registration runs or was resolved.
  private static let foundEligible: [RegistrationState] = [.eligible, .referred, .resolved]

  /// A receiver sees the record through its referral until that ends.
  private static let sentOrLater: [ReferralState] = [
    .sent, .received, .accepted, .inProcess, .withdrawalRequested, .decided,
  ]

  private static func work(_ name: String, _ purpose: Purpose) -> ReleaseProfile {
    ReleaseProfile(
      name: name, partner: .gtMintrab, purpose: purpose,
      classes: DataClassSet(classes: [.identity, .contact, .employment]),
      registrationStates: foundEligible, referralStates: sentOrLater)
  }

  private static func local(
    _ name: String, _ partner: PartnerID, _ more: [DataClass] = []
  ) -> ReleaseProfile {
    ReleaseProfile(
      name: name, partner: partner, purpose: .localServices,
      classes: DataClassSet(classes: [.identity, .contact] + more),
      registrationStates: foundEligible, referralStates: sentOrLater)
  }

  private static func refugee(_ name: String, _ partner: PartnerID) -> ReleaseProfile {
    ReleaseProfile(
      name: name, partner: partner, purpose: .resettlement,
      classes: DataClassSet(classes: [.identity, .document, .family, .protection]),
      registrationStates: foundEligible, referralStates: sentOrLater)
  }
}

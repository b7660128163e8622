extension ReferenceData {
  /// The release profiles.
  ///
  /// Those of MINTRAB for H-2, IGM, the RSC and UNHCR are the ground plan's; Canada's and Spain's
  /// follow the RSC's, MINTRAB's for Canada and Spain its own for H-2.
  public static let releaseProfiles: [ReleaseProfile] = [
    work("gt-mintrab/H2", .h2Recruitment),
    work("gt-mintrab/LABOUR", .labourMobility),
    // "Passport service facts only": the documents, and nothing of who else travels or why.
    ReleaseProfile(
      name: "gt-igm/PASSPORT", partner: .gtIgm, purpose: .passportServices,
      classes: DataClassSet(classes: [.document]), registrationStates: foundEligible,
      referralStates: sentOrLater),
    refugee("us-rsc/USRAP", .usRsc),
    refugee("ca-gov/REFUGEE", .caGov),
    refugee("es-gov/REFUGEE", .esGov),
    ReleaseProfile(
      name: "unhcr/PROTECTION", partner: .unhcr, purpose: .localServices,
      classes: DataClassSet(classes: [.protection]), registrationStates: foundEligible,
      referralStates: sentOrLater),
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

  private static func refugee(_ name: String, _ partner: PartnerID) -> ReleaseProfile {
    ReleaseProfile(
      name: name, partner: partner, purpose: .resettlement,
      classes: DataClassSet(classes: [.identity, .document, .family, .protection]),
      registrationStates: foundEligible, referralStates: sentOrLater)
  }
}

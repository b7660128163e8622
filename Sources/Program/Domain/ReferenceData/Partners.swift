extension PartnerID {
  /// The UN Refugee Agency.
  public static let unhcr = PartnerID(checked: "unhcr")
  /// The International Organization for Migration.
  public static let iom = PartnerID(checked: "iom")
  /// US Department of State, Bureau of Population, Refugees, and Migration.
  public static let usPrm = PartnerID(checked: "us-prm")
  /// The Resettlement Support Center.
  public static let usRsc = PartnerID(checked: "us-rsc")
  /// US Citizenship and Immigration Services.
  public static let usUscis = PartnerID(checked: "us-uscis")
  /// The National Visa Center.
  public static let usNvc = PartnerID(checked: "us-nvc")
  /// Guatemala's foreign ministry.
  public static let gtMinex = PartnerID(checked: "gt-minex")
  /// Guatemala's migration institute.
  public static let gtIgm = PartnerID(checked: "gt-igm")
  /// Guatemala's labour ministry.
  public static let gtMintrab = PartnerID(checked: "gt-mintrab")
  /// Canada.
  public static let caGov = PartnerID(checked: "ca-gov")
  /// Spain.
  public static let esGov = PartnerID(checked: "es-gov")
}

extension ReferenceData {
  /// The partners (sample), with the identities of the development certificates.
  ///
  /// UNHCR and IOM run the offices and so hold the office roles; the two governments administer.
  /// Purposes follow from what each does; none of the host's bodies may call for resettlement.
  public static func partners(
    at now: Instant, using random: inout some RandomNumberGenerator
  ) -> [Partner] {
    rows.map { row in
      Partner(
        id: row.id, uid: ResourceUID(using: &random), displayName: row.name, kind: row.kind,
        identities: row.roles.map { identity(of: row.id, as: $0) }, purposes: row.purposes,
        isCosigner: [.usPrm, .gtMinex].contains(row.id),
        revision: Revision(createdAt: now))
    }
  }

  /// The URI in a partner's client certificate for one role.
  public static func identity(of partner: PartnerID, as role: Role) -> String {
    "spiffe://pasarela.dev/partner/\(partner)/role/\(role.name)"
  }

  /// What a partner is; `nil` for one that is not in the list.
  public static func partnerKind(_ id: PartnerID) -> PartnerKind? {
    rows.first { $0.id == id }?.kind
  }

  private struct Row {
    var id: PartnerID
    var name: String
    var kind: PartnerKind
    var roles: [Role]
    var purposes: [Purpose]
  }

  private static let officeRoles: [Role] = [
    .applicant, .contactCentre, .screener, .interviewer, .reviewer, .scheduler, .frontDesk,
    .caseworker, .supervisor, .dpo, .auditor, .reportReader,
  ]

  private static let officePurposes: [Purpose] = [
    .processing, .resettlement, .familyReunification, .h2Recruitment, .labourMobility,
    .passportServices, .localServices, .programAdministration, .oversight, .reporting,
    .dataProtection,
  ]

  private static let governmentRoles: [Role] = [.programAdmin, .auditor, .reportReader]

  private static let governmentPurposes: [Purpose] = [
    .programAdministration, .oversight, .reporting,
  ]

  private static let rows: [Row] = [
    Row(
      id: .unhcr, name: "UNHCR", kind: .un, roles: officeRoles + [.partnerOfficer],
      purposes: officePurposes),
    Row(
      id: .iom, name: "IOM", kind: .un, roles: officeRoles + [.partnerOfficer],
      purposes: officePurposes),
    Row(
      id: .usPrm, name: "US Department of State, PRM", kind: .usGovernment,
      roles: governmentRoles, purposes: governmentPurposes),
    officer(.usRsc, "Resettlement Support Center", .usGovernment, [.resettlement]),
    officer(.usUscis, "USCIS", .usGovernment, [.resettlement, .familyReunification]),
    officer(.usNvc, "National Visa Center", .usGovernment, [.familyReunification]),
    Row(
      id: .gtMinex, name: "MINEX", kind: .gtGovernment, roles: governmentRoles,
      purposes: governmentPurposes),
    officer(.gtIgm, "IGM", .gtGovernment, [.passportServices]),
    officer(
      .gtMintrab, "MINTRAB", .gtGovernment, [.h2Recruitment, .labourMobility, .localServices]),
    officer(.caGov, "Canada", .otherGovernment, [.resettlement, .labourMobility]),
    officer(.esGov, "Spain", .otherGovernment, [.resettlement, .labourMobility]),
  ]

  private static func officer(
    _ id: PartnerID, _ name: String, _ kind: PartnerKind, _ purposes: [Purpose]
  ) -> Row {
    Row(id: id, name: name, kind: kind, roles: [.partnerOfficer], purposes: purposes)
  }
}

extension PathwayID {
  /// Refugee admission to the United States.
  public static let usrap = PathwayID(checked: "USRAP")
  /// Family Reunification Parole.
  public static let familyReunificationParole = PathwayID(checked: "US-FRP")
  /// Parole for Cubans, Haitians, Nicaraguans, Venezuelans.
  public static let chnv = PathwayID(checked: "US-CHNV")
  /// Temporary agricultural work in the United States.
  public static let h2a = PathwayID(checked: "US-H2A")
  /// Other temporary work in the United States.
  public static let h2b = PathwayID(checked: "US-H2B")
  /// Work in Canada.
  public static let canadaLabour = PathwayID(checked: "CA-LAB")
  /// Work in Spain.
  public static let spainLabour = PathwayID(checked: "ES-LAB")
  /// Refugee admission to Canada.
  public static let canadaRefugee = PathwayID(checked: "CA-REF")
  /// Refugee admission to Spain.
  public static let spainRefugee = PathwayID(checked: "ES-REF")
  /// Services where the person is.
  public static let local = PathwayID(checked: "LOCAL")
}

extension ReferenceData {
  /// The pathways. The exclusive groups are ours: a person is in one resettlement and in one H-2
  /// case at a time.
  public static let pathways: [Pathway] = [
    Pathway(
      id: .usrap, displayName: "US Refugee Admissions Program", region: .unitedStates,
      authorities: [.usRsc], initiator: .office, isProtection: true,
      exclusiveGroup: "resettlement", purpose: .resettlement, profile: "us-rsc/USRAP"),
    Pathway(
      id: .familyReunificationParole, displayName: "Family Reunification Parole",
      region: .unitedStates, authorities: [.usNvc], initiator: .petitionerOnly,
      isProtection: false, purpose: .familyReunification),
    Pathway(
      id: .chnv, displayName: "Parole for Cubans, Haitians, Nicaraguans and Venezuelans",
      region: .unitedStates, authorities: [.usUscis], initiator: .petitionerOnly,
      isProtection: false, purpose: .familyReunification),
    labour(.h2a, "H-2A temporary agricultural work", .unitedStates, group: "us-h2"),
    labour(.h2b, "H-2B temporary non-agricultural work", .unitedStates, group: "us-h2"),
    labour(.canadaLabour, "Temporary work in Canada", .canada, group: nil),
    labour(.spainLabour, "Temporary work in Spain", .spain, group: nil),
    resettlement(.canadaRefugee, "Resettlement to Canada", .canada, .caGov),
    resettlement(.spainRefugee, "Resettlement to Spain", .spain, .esGov),
    // An NGO or host body; of the sample partners, these give such services.
    Pathway(
      id: .local, displayName: "Regularisation, livelihoods and protection services",
      region: .guatemala, authorities: [.unhcr, .iom, .gtMintrab], initiator: .office,
      isProtection: false, purpose: .localServices),
  ]

  /// The pathway of that code.
  public static func pathway(_ id: PathwayID) -> Pathway? { pathways.first { $0.id == id } }

  private static func labour(
    _ id: PathwayID, _ name: String, _ region: RegionCode, group: String?
  ) -> Pathway {
    let isH2 = region == .unitedStates
    return Pathway(
      id: id, displayName: name, region: region, authorities: [.gtMintrab], initiator: .employer,
      isProtection: false, exclusiveGroup: group,
      purpose: isH2 ? .h2Recruitment : .labourMobility,
      profile: isH2 ? "gt-mintrab/H2" : "gt-mintrab/LABOUR")
  }

  private static func resettlement(
    _ id: PathwayID, _ name: String, _ region: RegionCode, _ authority: PartnerID
  ) -> Pathway {
    Pathway(
      id: id, displayName: name, region: region, authorities: [authority], initiator: .office,
      isProtection: true, exclusiveGroup: "resettlement", purpose: .resettlement,
      profile: "\(authority)/REFUGEE")
  }
}

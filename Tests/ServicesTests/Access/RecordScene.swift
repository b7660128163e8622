import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

/// One record of each kind that methods name, with callers to whose side they belong and callers who are strangers.
struct RecordScene: Sendable {
  /// Who has nothing to do with any of it, whatever certificates and purposes it has.
  static let stranger = PartnerID.caGov

  /// Who has received a referral of the same household, on another pathway.
  static let otherReceiver = PartnerID.gtMintrab

  let world: World
  let registration: RegistrationID
  let appointment: AppointmentID
  let referral: ReferralID
  /// The names of the records by their patterns.
  private(set) var names: [String: String]
  private(set) var receipt: String
  private(set) var visitCode: String
  /// Entries of the log that tell of the referral, by the partner whose call it was.
  private(set) var entries: [PartnerID: String] = [:]
  /// A checkpoint that covers them.
  private(set) var treeSize: Int64 = 0

  init(_ store: World.StoreKind = .memory, watching: WatchLimits? = nil) async throws {
    let marta = Actor(partner: .iom, role: .applicant, user: "marta")
    let visit = try await Visit(store: store, owner: marta, watching: watching)
    world = visit.world
    let (registration, offices) = (visit.registration, visit.slot.service.office)
    try await world.permitEverything(to: .iom)
    try await world.permitEverything(to: .unhcr)
    try await world.permitEverything(to: .usRsc)
    try await world.permitEverything(to: Self.stranger)
    try await world.permitEverything(to: Self.otherReceiver)
    // An appointment of today, so that the front desk expects the household.
    let today = try await world.slot(in: .hours(2))
    let booked = try await visit.offered(in: today)
    var random = SystemRandomNumberGenerator()
    var consents: [Consent] = []
    for person in registration.persons {
      consents.append(
        try await world.consent(of: person, in: registration.id, to: .usRsc, for: .resettlement))
    }
    let hold = Hold(
      id: HoldID(using: &random), slot: visit.slot.id, registration: registration.id, seats: 1,
      expireTime: world.clock.now + .minutes(10), fence: 1, state: .active,
      revision: Revision(createdAt: world.clock.now))
    let entry = WaitlistEntry(
      id: WaitlistEntryID(using: &random), registration: registration.id, kind: .documentCheck,
      offices: [offices], notice: .zero, seats: 2, rankTime: world.clock.now, state: .waiting,
      revision: Revision(createdAt: world.clock.now))
    let referral = try Self.referral(of: registration, at: world.clock.now)
    let other = Self.other(than: referral)
    let document = IdentityDocument(
      id: DocumentID(using: &random), person: registration.principal, kind: .passport,
      issuingRegion: .guatemala, number: "X1", revision: Revision(createdAt: world.clock.now))
    let twin = try await world.household(.single, in: .submitted, seed: 77).registration
    let (first, second) = try await world.store.read { reader in
      (try reader.person(registration.principal), try reader.person(twin.principal))
    }
    let candidate = DuplicateCandidate(
      id: DuplicateCandidateID(using: &random), program: registration.program,
      first: .init(try #require(first)), second: .init(try #require(second)), score: 30,
      isHolding: true, evidence: [], algorithmVersion: MatchingRule.standard.version, state: .open,
      revision: Revision(createdAt: world.clock.now))
    try await world.store.write { tx in
      var owned = registration
      owned.state = .referred
      owned.revision.advance(at: tx.now)
      try tx.update(
        owned, from: try #require(try tx.registration(registration.id)).revision.version)
      try tx.insert(hold)
      try tx.insert(entry)
      try tx.insert(referral)
      try tx.insert(other)
      try tx.insert(document)
      try tx.insert(candidate)
    }
    names = Self.names(visit, slotOffice: offices).merging([
      "registrations/*/documents/*": "\(visit.name)/documents/\(document.id)",
      "registrations/*/consents/*": "\(visit.name)/consents/\(consents[0].id)",
      "appointments/*": booked.name, "holds/*": "holds/\(hold.id)",
      "waitlistEntries/*": "waitlistEntries/\(entry.id)",
      "referrals/*": "referrals/\(referral.id)",
      "duplicateCandidates/*": "duplicateCandidates/\(candidate.id)",
    ]) { $1 }
    (receipt, visitCode) = (registration.receipt.rawValue, booked.visitCode)
    self.registration = registration.id
    self.referral = referral.id
    appointment = try #require(AppointmentID(rawValue: booked.uid))
    names["offices/*/schedules/*"] = try await SlotTests.schedule(world).name
    try await tellOfReferral()
  }

  /// A referral to the United States, of everybody, sent by UNHCR.
  private static func referral(of registration: Registration, at now: Instant) throws -> Referral {
    var random = SystemRandomNumberGenerator()
    let release = Release(
      profile: "us-rsc/USRAP", version: 1, classes: DataClassSet(classes: [.identity]), fields: [],
      digest: try #require(Digest([UInt8](repeating: 7, count: 32))),
      releaseTime: now)
    return Referral(
      id: ReferralID(using: &random), registration: registration.id,
      persons: registration.persons, pathway: .usrap, destination: .unitedStates, from: .unhcr,
      to: .usRsc, purpose: .resettlement, release: release, priority: .routine,
      dueTime: now + .days(14), state: .sent,
      revision: Revision(createdAt: now))
  }

  /// What another receiver has got of the same household.
  private static func other(than referral: Referral) -> Referral {
    var random = SystemRandomNumberGenerator()
    var other = referral
    (other.id, other.pathway, other.to) = (ReferralID(using: &random), .h2a, otherReceiver)
    other.release?.profile = "gt-mintrab/H2"
    return other
  }

  /// The two sides of the referral read it, which the log tells of.
  private mutating func tellOfReferral() async throws {
    for (partner, role) in [(PartnerID.unhcr, "CASEWORKER"), (.usRsc, "PARTNER_OFFICER")] {
      let caller = world.caller("\(partner)/\(role)", purpose: "RESETTLEMENT")
      _ = try await caller.referrals.getReferral(.with { $0.name = "referrals/\(referral)" })
      let entry = try #require(try await world.lastAuditEntries().last)
      entries[partner] = "auditLogs/\(AuditTrail.log)/entries/\(entry.id)"
    }
    treeSize = try #require(try await world.desk.makeCheckpoint()).size
  }

  private static func names(_ visit: Visit, slotOffice: OfficeID) -> [String: String] {
    [
      "registrations/*": visit.name, "registrations/*/persons/*": visit.persons[0],
      "offices/*": "offices/\(slotOffice)",
      "offices/*/services/*": visit.slot.service.name,
      "offices/*/schedules/*/slots/*": visit.slot.resourceName,
      "programs/*": "programs/\(visit.registration.program)", "partners/*": "partners/us-rsc",
      "pathways/*": "pathways/USRAP",
    ]
  }

  // MARK: Who calls

  /// Whose the record is, as the caller sees it.
  enum Side: CaseIterable {
    /// It is of the caller's own side.
    case own
    /// It is not, and nobody is nearer who has nothing to do with it: another applicant of the same portal, the desk of
    /// another organisation, another who has received a referral of the same household, another organisation's staff.
    case nearest
    /// The caller's partner has nothing to do with the programme's cases at all.
    case foreign
  }

  /// Somebody in a role, on one side of the records.
  func caller(_ role: Role, _ side: Side, on method: DescribedMethod) -> WorldCaller {
    let purpose =
      method.purposes.sorted().first ?? (role == .partnerOfficer ? "RESETTLEMENT" : "PROCESSING")
    return world.caller(
      "\(partner(role, side, isOfOffice: MethodPart(method) == .office))/\(role.name)",
      purpose: purpose, user: role == .applicant && side == .own ? "marta" : "somebody")
  }

  /// - Parameter isOfOffice: whether it is about an office, which IOM runs, and not about the case, which UNHCR refers
  private func partner(_ role: Role, _ side: Side, isOfOffice: Bool) -> PartnerID {
    let isIOMs = isOfOffice || role == .frontDesk
    return switch (side, role) {
    case (.foreign, _): Self.stranger
    case (_, .applicant): .iom
    case (.own, .partnerOfficer): .usRsc
    case (.nearest, .partnerOfficer): Self.otherReceiver
    case (.own, _): isIOMs ? .iom : .unhcr
    case (.nearest, _): isIOMs ? .unhcr : .iom
    }
  }
}

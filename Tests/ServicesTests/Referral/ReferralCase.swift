import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// A household that was found eligible for several pathways, and everybody who has to do with its
/// referrals. Every class of data has something in it, so that a release has something to cut.
struct ReferralCase: Sendable {
  let world: World
  let registration: RegistrationID
  let persons: [PersonID]

  static let pathways = ReferenceData.pathways.map(\.id)
    .filter { $0 != .familyReunificationParole }

  init(
    _ kind: World.StoreKind = .memory, seed: UInt64 = 1, owner: Actor? = nil,
    watching: WatchLimits? = nil
  ) async throws {
    let world = try await World(kind, watching: watching)
    let household = try await world.household(
      .stepAndAdopted, in: .eligible, seed: seed, owner: owner)
    self.world = world
    registration = household.registration.id
    persons = household.registration.persons
    let digest = try #require(Digest([UInt8](repeating: 9, count: 32)))
    try await world.store.write { tx in
      try Self.complete(household.registration, in: tx)
      for person in household.persons {
        try Self.complete(person, of: household.registration, digest, in: tx)
      }
      for document in household.documents {
        var filled = document
        filled.imageDigest = digest
        filled.verification = nil
        filled.revision.advance(at: tx.now)
        try tx.update(filled, from: document.revision.version)
      }
    }
  }

  private static func complete(_ registration: Registration, in tx: any StoreTransaction) throws {
    var filled = registration
    filled.findings = pathways.map { EligibilityFinding(pathway: $0, finding: .eligible) }
    filled.municipality = "Quetzaltenango"
    filled.answers.protectionNeeds = [.persecution]
    filled.answers.medicalNeeds = [.sight]
    filled.answers.hasRelativesInUS = true
    filled.answers.seeksTemporaryWork = true
    filled.answers.occupationCodes = ["9211"]
    filled.answers.leavingReasons = [.persecution]
    filled.answers.petitioners = [
      Petitioner(
        fullName: "Luz Xol", relation: .supporter, standing: .otherLawful,
        beneficiaries: registration.persons, region: .unitedStates)
    ]
    filled.revision.advance(at: tx.now)
    try tx.update(filled, from: registration.revision.version)
  }

  private static func complete(
    _ person: Person, of registration: Registration, _ photo: Digest,
    in tx: any StoreTransaction
  ) throws {
    var filled = person
    filled.photoDigest = photo
    if person.id != registration.principal {
      filled.guardian = registration.principal
      filled.parents = Array(registration.persons.filter { $0 != person.id }.suffix(2))
      filled.spouse = registration.principal
    }
    // So that a supporter can do something for them.
    if person.id == registration.principal { filled.nationalities = [.guatemala, .cuba] }
    filled.work = WorkFacts(
      occupationCodes: ["9211"], skills: [.fruit], drivingLicences: [.e],
      spokenLanguages: [.fallback], availableFrom: CivilDate(year: 2023, month: 9),
      availableUntil: CivilDate(year: 2024), seasons: [WorkSeason(region: .canada, year: 2019)])
    filled.email = EmailAddress(rawValue: "somebody@example.org")
    filled.revision.advance(at: tx.now)
    try tx.update(filled, from: person.revision.version)
  }

  // MARK: Who calls

  var caseworker: SafeMobility.ReferralServiceClient { client("unhcr/CASEWORKER") }
  var reviewer: SafeMobility.ReferralServiceClient { client("unhcr/REVIEWER") }
  var rsc: SafeMobility.ReferralServiceClient { client("us-rsc/PARTNER_OFFICER") }
  var mintrab: SafeMobility.ReferralServiceClient { client("gt-mintrab/PARTNER_OFFICER") }

  func client(_ identity: String) -> SafeMobility.ReferralServiceClient {
    world.caller(identity).referrals
  }

  /// An authority of a pathway, the usual one if none is named, asking for what the pathway is for.
  func receiver(
    on id: PathwayID, _ partner: PartnerID? = nil
  ) throws -> SafeMobility.ReferralServiceClient {
    let pathway = try #require(ReferenceData.pathway(id))
    let identity = "\(partner ?? pathway.authorities[0])/PARTNER_OFFICER"
    return world.caller(identity, purpose: pathway.purpose.name).referrals
  }

  // MARK: What happens

  /// A draft to an authority of the pathway, the usual one if none is named.
  func draft(
    on id: PathwayID = .usrap, persons some: [PersonID]? = nil, to partner: PartnerID? = nil
  ) async throws -> SafeMobility.Referral {
    let pathway = try #require(ReferenceData.pathway(id))
    let answer = try await caseworker.createReferral(
      .with {
        $0.referral = .with {
          $0.registration = "registrations/\(registration)"
          $0.persons = (some ?? persons).map { "registrations/\(registration)/persons/\($0)" }
          $0.pathway = "pathways/\(id)"
          $0.destinationRegionCode = pathway.region.rawValue
          $0.toPartner = "partners/\(partner ?? pathway.authorities[0])"
          $0.purpose = .init(rawValue: Int32(pathway.purpose.rawValue))
        }
        $0.requestId = requestID()
      })
    return try #require(answer.referral)
  }

  /// Everybody agrees that an authority of the pathway, the usual one if none is named, gets these classes.
  func consent(
    to id: PathwayID = .usrap, _ partner: PartnerID? = nil,
    classes: [DataClass] = DataClass.allCases
  ) async throws {
    let pathway = try #require(ReferenceData.pathway(id))
    for person in persons {
      _ = try await world.consent(
        of: person, in: registration, to: partner ?? pathway.authorities[0], for: pathway.purpose,
        classes: DataClassSet(classes: classes))
    }
  }

  /// Sends a draft, with the second person where two are needed.
  func send(_ draft: SafeMobility.Referral) async throws -> SafeMobility.Referral {
    let request = SafeMobility.SendReferralRequest.with {
      $0.name = draft.name
      $0.etag = draft.etag
      $0.requestId = requestID()
    }
    let first = try await caseworker.sendReferral(request)
    if first.pendingApproval == nil { return try #require(first.referral) }
    #expect(first.referral?.state == .draft)
    var again = request
    again.requestId = requestID()
    return try #require(try await reviewer.sendReferral(again).referral)
  }

  /// A referral that its receiver may read.
  func sent(
    on id: PathwayID = .usrap, to partner: PartnerID? = nil
  ) async throws -> SafeMobility.Referral {
    try await consent(to: id, partner)
    return try await send(try await draft(on: id, to: partner))
  }

  func release(
    _ referral: SafeMobility.Referral, as client: SafeMobility.ReferralServiceClient
  ) async throws -> SafeMobility.ReleasedRecord {
    let answer = try await client.getRelease(.with { $0.name = referral.name })
    return try #require(answer.record)
  }

  /// The referral as stored.
  func stored(_ referral: SafeMobility.Referral) async throws -> Referral? {
    guard let id = ReferralID(rawValue: referral.uid) else { return nil }
    return try await world.store.read { try $0.referral(id) }
  }

  /// The registration as stored.
  func storedRegistration() async throws -> Registration {
    let found = try await world.store.read { [registration] in try $0.registration(registration) }
    return try #require(found)
  }
}

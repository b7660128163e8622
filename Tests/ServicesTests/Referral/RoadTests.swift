import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// The whole road, every step by a call: a household registers, is interviewed, found eligible and
/// referred, and the partner decides.
@Suite("The road from registration to decision")
struct RoadTests {
  @Test("a household of three goes all the way", arguments: World.StoreKind.allCases)
  func road(_ kind: World.StoreKind) async throws {
    let traveller = try await Traveller(kind)
    try await traveller.register()
    #expect(try await traveller.state() == .submitted)
    try await traveller.screen()
    #expect(try await traveller.state() == .invited)
    try await traveller.attendInterview()
    #expect(try await traveller.state() == .interviewed)
    try await traveller.findEligible()
    #expect(try await traveller.state() == .eligible)
    let sent = try await traveller.refer()
    #expect(try await traveller.state() == .referred)
    let decided = try await traveller.decide(sent)
    #expect(decided.state == .decided)
    #expect(decided.partnerCaseRef == "RSC-2023-0001")
    let decision = try #require(decided.decisions.first)
    #expect(decided.decisions.count == 1)
    #expect(decision.name == "\(decided.name)/decisions/1")
    #expect(decision.kind == .approved)
    #expect(decision.authority == "partners/us-rsc")
    let closed = try await traveller.close(decided)
    #expect(closed.state == .completed)
    #expect(closed.decisions == decided.decisions)
    try await Self.checkEvents(traveller, closed)
  }

  @Test(
    "a household is referred to MINTRAB for services where it is, and handed over",
    arguments: World.StoreKind.allCases)
  func local(_ kind: World.StoreKind) async throws {
    let traveller = try await Traveller(kind)
    try await traveller.register()
    try await traveller.screen()
    try await traveller.attendInterview()
    try await traveller.findEligible(for: "LOCAL")
    for person in traveller.persons {
      try await traveller.consent(
        person, to: "partners/gt-mintrab", .localServices, [.identity, .contact])
    }
    let caseworker = traveller.world.caller("unhcr/CASEWORKER").referrals
    let draft = try #require(
      try await caseworker.createReferral(
        .with {
          $0.referral = .with {
            ($0.registration, $0.persons) = (traveller.name, traveller.persons)
            ($0.pathway, $0.destinationRegionCode) = ("pathways/LOCAL", "GT")
            ($0.toPartner, $0.purpose) = ("partners/gt-mintrab", .localServices)
          }
          $0.requestId = requestID()
        }
      ).referral)
    let sent = try #require(
      try await caseworker.sendReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID()) }
      ).referral)
    #expect(sent.state == .sent && sent.release?.profile == "gt-mintrab/LOCAL")
    let officer = traveller.world.caller("gt-mintrab/PARTNER_OFFICER", purpose: "LOCAL_SERVICES")
    let record = try #require(
      try await officer.referrals.getRelease(.with { $0.name = sent.name }).record)
    let persons = try #require(record.registration?.persons)
    #expect(persons.map(\.fullName) == ["Marta Xol Caal", "Juan Quej Tzoc", "Ana Caal Xol"])
    #expect(persons.allSatisfy { $0.phone == "+50255550100" && $0.documents.isEmpty })
    #expect(record.registration?.answers?.leavingReasons == [])
  }

  /// One event per version, of the case and of the referral.
  private static func checkEvents(
    _ traveller: Traveller, _ referral: SafeMobility.Referral
  ) async throws {
    let moves = try await traveller.world.events(of: .referral, referral.uid)
    #expect(
      moves.map(\.type) == [
        "Create", "Send", "Acknowledge", "Accept", "Advance", "RecordDecision", "Close",
      ])
    #expect(moves.map(\.version.rawValue) == Array(1...7))
    let uid = try await traveller.registration().uid
    let events = try await traveller.world.events(of: .registration, uid)
    #expect(events.map(\.version.rawValue) == Array(1...Int64(events.count)))
    #expect(
      events.map(\.type).suffix(6) == [
        "Submit", "StartScreening", "Invite", "InterviewFulfilled", "RecordEligibility",
        "ReferralSent",
      ])
  }
}

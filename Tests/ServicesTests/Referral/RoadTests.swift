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

import Domain
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Referrals and the clock")
struct ReferralTimerTests {
  private let due = World.opening + .days(14)

  /// A referral of a household of its own, in a state, with a due time.
  private func referral(
    in state: ReferralState, _ world: World, due: Instant?
  ) async throws -> Referral {
    let household = try await world.household(.single, in: .referred)
    var random = SystemRandomNumberGenerator()
    let referral = Referral(
      id: ReferralID(using: &random), registration: household.registration.id,
      persons: household.registration.persons, pathway: .usrap, destination: .unitedStates,
      from: .unhcr, to: .usRsc, purpose: .resettlement, priority: .routine, dueTime: due,
      state: state, revision: Revision(createdAt: world.clock.now))
    try await world.store.write { try $0.insert(referral) }
    return referral
  }

  private func stored(_ referral: Referral, _ world: World) async throws -> Referral? {
    try await world.store.read { try $0.referral(referral.id) }
  }

  @Test(
    "a referral is overdue at its due time, and expires when the grace is over too",
    arguments: World.StoreKind.allCases)
  func sent(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let referral = try await referral(in: .sent, world, due: due)
    let marked = try await world.expectMove(
      "MarkReferralOverdue", "MarkOverdue", of: .referral, referral.id.rawValue, at: due)
    #expect(marked.casePseudonym != nil)
    #expect(try await stored(referral, world)?.state == .sent)
    #expect(try await stored(referral, world)?.isOverdue == true)
    try await world.expectMove(
      "ExpireReferral", "Expire", of: .referral, referral.id.rawValue,
      at: due + Limits.standard.referralGrace)
    #expect(try await stored(referral, world)?.state == .expired)
  }

  @Test("a request for withdrawal becomes overdue, and then waits for the partner for ever")
  func withdrawal() async throws {
    let world = try await World()
    let referral = try await referral(in: .withdrawalRequested, world, due: due)
    try await world.expectMove(
      "MarkReferralOverdue", "MarkOverdue", of: .referral, referral.id.rawValue, at: due)
    world.clock.advance(by: .days(400))
    try await world.expectNothing()
    #expect(try await stored(referral, world)?.state == .withdrawalRequested)
  }

  @Test("when nobody has looked for long, one look marks and expires, each with its event")
  func longAbsence() async throws {
    let world = try await World()
    let referral = try await referral(in: .sent, world, due: due)
    world.clock.set(due + .days(60))
    let report = try await world.lookAtTheClock()
    #expect(
      report.moveCounts == [
        "safemobility.v1.Timer/MarkReferralOverdue": 1, "safemobility.v1.Timer/ExpireReferral": 1,
      ])
    let events = try await world.events(of: .referral, referral.id.rawValue)
    #expect(events.map(\.type) == ["MarkOverdue", "Expire"])
    try await world.expectNothing()
  }

  @Test("what was answered is never overdue", arguments: [ReferralState.received, .accepted])
  func answered(_ state: ReferralState) async throws {
    let world = try await World()
    _ = try await referral(in: state, world, due: due)
    world.clock.set(due + .days(60))
    try await world.expectNothing()
  }
}

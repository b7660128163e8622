import Domain
import RPCCore
import ServiceFixture
import Storage
import Testing

/// Every method of a registration from every state: the legal ones move, the others change nothing.
@Suite("Moves of a registration")
struct RegistrationMoveTests {
  @Test("the table has every event that a call can cause")
  func complete() {
    // Create makes one; interview, sending and review are moves of others; no call lets one expire.
    #expect(
      Set(RegistrationMove.all.map(\.event))
        == Set(Registration.Event.allCases)
        .subtracting([.create, .interviewFulfilled, .referralSent, .expire, .reviewDuplicates]))
    #expect(RegistrationState.allCases.map(\.rawValue) == Array(1...15))
  }

  @Test(
    "each method moves from its own states, and from any other changes nothing",
    arguments: RegistrationMove.all, World.StoreKind.allCases)
  func everyState(move: RegistrationMove, store: World.StoreKind) async throws {
    for state in RegistrationState.allCases {
      let scene = try await RegistrationScene(state, in: store, holds: move.holds)
      #expect(scene.registration.state == state)
      let before = try await scene.records()
      var refused: Refused?
      do throws(RPCError) {
        try await move.call(scene)
      } catch {
        refused = Refused(error)
      }
      let after = try await scene.records()
      if move.sources.contains(state) {
        #expect(refused == nil, "\(state)")
        expectMoved(move, before, after)
      } else {
        let reason = state == .frozen ? "PROGRAM_FROZEN" : "TRANSITION_NOT_ALLOWED"
        #expect(refused?.reason == reason, "\(state)")
        #expect(refused?.code == .failedPrecondition, "\(state)")
        #expect(after == before, "\(state)")
        let entry = try #require(try await scene.world.lastAuditEntries().last)
        #expect(entry.verdict == .deny, "\(state)")
        #expect(entry.internalReason?.hasPrefix(reason) == true, "\(state)")
      }
    }
  }

  /// One version and one event.
  private func expectMoved(
    _ move: RegistrationMove, _ before: RegistrationScene.Records,
    _ after: RegistrationScene.Records
  ) {
    guard let old = before.registration, let new = after.registration else {
      Issue.record("the registration is gone")
      return
    }
    #expect(new.state == move.target ?? old.state, "\(old.state)")
    #expect(new.revision.version == old.revision.version.next, "\(old.state)")
    #expect(
      after.window?.admitted == before.window.map { $0.admitted + (move.event == .submit ? 1 : 0) })
    #expect(after.events.count == before.events.count + 1, "\(old.state)")
    let event = after.events.last
    #expect(event?.type == move.event.rawValue)
    #expect(event?.stateBefore == old.state.rawValue)
    #expect(event?.stateAfter == new.state.rawValue)
    #expect(event?.version == new.revision.version)
  }

  @Test(
    "an etag that is not the stored one is refused before the state is looked at",
    arguments: RegistrationMove.all.filter { $0.target != nil }, RegistrationState.allCases)
  func staleEtag(move: RegistrationMove, state: RegistrationState) async throws {
    let scene = try await RegistrationScene(state, in: .memory, holds: move.holds)
    try await scene.world.store.write { tx in
      var touched = scene.registration
      touched.revision.advance(at: tx.now)
      try tx.update(touched, from: scene.registration.revision.version)
    }
    let before = try await scene.records()
    await expectRefusal("ETAG_MISMATCH", .aborted) { try await move.call(scene) }
    #expect(try await scene.records() == before)
  }
}

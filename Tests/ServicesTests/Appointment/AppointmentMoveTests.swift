import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Every method of an appointment from every state: the legal ones move, the others change nothing.
@Suite("Moves of an appointment")
struct AppointmentMoveTests {
  @Test("the table has every event that a call can cause")
  func complete() {
    // Offer and Book make an appointment, and no call lapses one.
    #expect(
      Set(AppointmentMove.all.map(\.event))
        == Set(Appointment.Event.allCases).subtracting([.offer, .book, .lapse]))
    #expect(AppointmentState.allCases.map(\.rawValue) == Array(1...11))
  }

  @Test(
    "each method moves from its own states, and from any other changes nothing",
    arguments: AppointmentMove.all, World.StoreKind.allCases)
  func everyState(move: AppointmentMove, store: World.StoreKind) async throws {
    for state in AppointmentState.allCases {
      let scene = try await AppointmentScene(state, in: store)
      #expect(scene.appointment.state == state)
      scene.world.clock.set(move.moment.time(of: scene.appointment))
      let before = try await scene.records()
      var refused: Refused?
      var etag: String?
      do throws(RPCError) {
        etag = try await move.call(client(scene, move.identity), scene)?.etag
      } catch {
        refused = Refused(error)
      }
      let after = try await scene.records()
      if move.sources.contains(state) {
        #expect(refused == nil, "\(state)")
        #expect(etag == after.etag, "\(state)")
        expectMoved(move, before, after)
      } else {
        #expect(refused?.reason == "TRANSITION_NOT_ALLOWED", "\(state)")
        #expect(refused?.code == .failedPrecondition, "\(state)")
        #expect(after == before, "\(state)")
        let entry = try #require(try await scene.world.lastAuditEntries().last)
        #expect(entry.verdict == .deny, "\(state)")
        #expect(entry.internalReason?.hasPrefix("TRANSITION_NOT_ALLOWED") == true, "\(state)")
      }
    }
  }

  @Test(
    "the office's address is shown while its appointment is agreed, and in no other state",
    arguments: World.StoreKind.allCases, AppointmentState.allCases)
  func address(store: World.StoreKind, state: AppointmentState) async throws {
    let scene = try await AppointmentScene(state, in: store)
    let shown = try await client(scene, "iom/CONTACT_CENTRE").getAppointment(
      .with { $0.name = "appointments/\(scene.appointment.id)" }
    ).appointment
    let isAgreed = [.confirmed, .checkedIn, .inProgress, .fulfilled].contains(state)
    #expect(shown?.officeAddressLines == (isAgreed ? ["SAMPLE, Quetzaltenango"] : []))
  }

  private func client(_ scene: AppointmentScene, _ identity: String) -> AppointmentMove.Client {
    scene.world.caller(identity).appointments
  }

  /// One version, one event, and the seats where the new state has them.
  private func expectMoved(
    _ move: AppointmentMove, _ before: AppointmentScene.Records, _ after: AppointmentScene.Records
  ) {
    guard let old = before.appointment, let new = after.appointment else {
      Issue.record("the appointment is gone")
      return
    }
    #expect(new.state == move.target, "\(old.state)")
    #expect(new.revision.version == old.revision.version.next, "\(old.state)")
    let seatsGivenBack =
      old.state.isLive && [.rescheduled, .cancelled, .noShow, .voided].contains(move.target)
    #expect(
      after.slot?.freeSeats == before.slot.map { $0.freeSeats + (seatsGivenBack ? old.seats : 0) },
      "\(old.state)")
    let isMoved = move.event == .reschedule
    #expect(
      after.other?.freeSeats == before.other.map { $0.freeSeats - (isMoved ? old.seats : 0) })
    #expect(after.count == before.count + (isMoved ? 1 : 0))
    let isInterviewed = move.event == .complete
    #expect(after.registration?.state == (isInterviewed ? .interviewed : .invited))
    #expect(after.events.count == before.events.count + 1, "\(old.state)")
    let event = after.events.last
    #expect(event?.type == move.event.rawValue)
    #expect(event?.stateBefore == old.state.rawValue)
    #expect(event?.stateAfter == move.target.rawValue)
    #expect(event?.version == new.revision.version)
  }

  @Test(
    "an etag that is not the stored one is refused before the state is looked at",
    arguments: AppointmentMove.all, AppointmentState.allCases)
  func staleEtag(move: AppointmentMove, state: AppointmentState) async throws {
    let scene = try await AppointmentScene(state, in: .memory)
    scene.world.clock.set(move.moment.time(of: scene.appointment))
    try await scene.world.store.write { tx in
      var touched = scene.appointment
      touched.revision.advance(at: tx.now)
      try tx.update(touched, from: scene.appointment.revision.version)
    }
    let before = try await scene.records()
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await move.call(client(scene, move.identity), scene)
    }
    #expect(try await scene.records() == before)
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Watching appointments", .timeLimit(.minutes(1)))
struct AppointmentWatchTests {
  typealias Stream = WatchedCall<SafeMobility.WatchAppointmentsResponse>

  private func watch(
    _ watched: KindCase, _ caller: WorldCaller? = nil, filter: String = "", office: String = ""
  ) async throws -> Stream {
    let caller = caller ?? watched.watcher
    let list = try await caller.appointments.listAppointments(
      .with {
        $0.filter = filter
        $0.office = office
      })
    let stream = try Stream(
      watched.world.router, caller, watched.method,
      SafeMobility.WatchAppointmentsRequest.with {
        $0.filter = filter
        $0.office = office
        $0.resumeToken = list.resumeToken
      })
    await stream.begun()
    return stream
  }

  @Test("an appointment comes as it is now", arguments: World.StoreKind.allCases)
  func follows(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.appointments, kind)
    let stream = try await watch(watched, office: KindCase.office)
    let offered = try await watched.visit.offered()
    let event = try await stream.change()
    #expect(event.appointment == offered)
    // Secret until agreed, here too.
    #expect(event.appointment?.officeAddressLines.isEmpty == true)
    #expect(event.status?.state == "APPOINTMENT_STATE_OFFERED")
    #expect(event.status?.type == .created)
    let confirmed = try await watched.visit.agent.confirmAppointment(
      .with {
        $0.name = offered.name
        $0.etag = offered.etag
        $0.requestId = requestID()
      }
    ).appointment
    let second = try await stream.change()
    #expect(second.appointment == confirmed)
    #expect(second.status?.type == .stateChanged)
    #expect(second.status?.version == 2)
    // A move tells of the one that was and the one that is.
    let old = try #require(confirmed)
    let other = try await watched.world.slot(in: .days(2))
    let moved = try await watched.visit.rescheduled(old, to: other)
    let told = [try await stream.change(), try await stream.change()]
    #expect(told.map(\.appointment) == [moved.predecessor, moved.appointment])
    #expect(told.map(\.status?.type) == [.stateChanged, .created])
  }

  @Test("only the office and the states asked for are told")
  func narrowed() async throws {
    let watched = try await KindCase(.appointments)
    let elsewhere = try await watch(watched, office: "offices/gt-gua-01")
    let stream = try await watch(watched, filter: "state = OFFERED", office: KindCase.office)
    try await watched.cycle()
    #expect(try await stream.change().status?.type == .created)
    let left = try await stream.change()
    #expect(left.status?.type == .removed)
    #expect(left.appointment == nil)
    let slot = try await watched.world.slot("gt-gua-01/interview")
    let there = try await watched.visit.offered(in: slot)
    let event = try await elsewhere.change()
    #expect(event.eventNo == 1)
    #expect(event.appointment == there)
  }

  @Test(
    "the front desk is told of its own offices' appointments, on the day",
    arguments: World.StoreKind.allCases)
  func frontDesk(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.appointments, kind)
    let desk = watched.caller("FRONT_DESK")
    let stream = try await watch(watched, desk)
    let stranger = try await watch(watched, watched.world.caller("unhcr/FRONT_DESK"))
    // Tomorrow's is nobody's business yet.
    try await watched.cycle()
    let today = try await watched.world.slot(in: .hours(2))
    let offered = try await watched.visit.offered(in: today)
    let event = try await stream.change()
    #expect(event.eventNo == 1)
    #expect(event.appointment?.name == offered.name)
    // What is no longer today's has left the view, though it goes on.
    watched.world.clock.advance(by: .days(1))
    _ = try await watched.visit.cancelled(offered, by: watched.visit.scheduler)
    let left = try await stream.change()
    #expect(left.status?.type == .removed)
    #expect(left.status?.resource == offered.name)
    watched.world.desk.endWatches()
    await #expect(throws: RPCError.self) { _ = try await stranger.next() }
  }

  @Test(
    "a filter that a stream cannot keep is refused",
    arguments: ["slot = offices/a/schedules/b/slots/c", "state", "start_time > X"])
  func badFilter(_ filter: String) async throws {
    let watched = try await KindCase(.appointments)
    let stream = try Stream(
      watched.world.router, watched.watcher, watched.method,
      SafeMobility.WatchAppointmentsRequest.with {
        $0.filter = filter
        $0.resumeToken = "00"
      })
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await stream.next()
    }
    #expect(refused?.fields.contains("filter") == true)
  }
}

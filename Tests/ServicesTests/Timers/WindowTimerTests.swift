import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("Intake windows and the clock")
struct WindowTimerTests {
  private func isAccepting(_ world: World) async throws -> Bool {
    try await world.stranger.programs.getIntakeStatus(
      .with {
        $0.name = ProgramDeskTests.name
        $0.channel = .self_
      }
    ).accepting
  }

  private func stored(
    _ window: SafeMobility.IntakeWindow, in world: World
  ) async throws -> IntakeWindow {
    let code = window.name.split(separator: "/").last ?? ""
    let id = try #require(IntakeWindowID(rawValue: "\(ReferenceData.pilotID)/\(code)"))
    let found = try await world.store.read { try $0.intakeWindow(id) }
    return try #require(found)
  }

  @Test(
    "a planned window opens at its time and closes at its time",
    arguments: World.StoreKind.allCases)
  func opensAndCloses(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let planned = try await IntakeWindowTests.create(world)
    let window = try await stored(planned, in: world)
    let entry = try await world.expectMove(
      "OpenIntakeWindow", "Open", of: .intakeWindow, planned.uid, at: window.openTime)
    #expect(entry.casePseudonym == nil)
    #expect(entry.purpose == .programAdministration)
    #expect(try await isAccepting(world))
    try await world.expectMove(
      "CloseIntakeWindow", "Close", of: .intakeWindow, planned.uid, at: window.closeTime)
    #expect(try await stored(planned, in: world).state == .closed)
    #expect(try await !isAccepting(world))
  }

  @Test("what an administrator has paused stays paused, until it closes")
  func paused() async throws {
    let world = try await World()
    let armed = try await IntakeWindowTests.open(world, try await IntakeWindowTests.create(world))
    let paused = try await IntakeWindowTests.pause(world, armed)
    let window = try await stored(paused, in: world)
    world.clock.set(window.openTime + .hours(1))
    try await world.expectNothing()
    #expect(try await stored(paused, in: world).state == .paused)
    try await world.expectMove(
      "CloseIntakeWindow", "Close", of: .intakeWindow, paused.uid, at: window.closeTime)
  }

  @Test("before the pilot a window waits, and one whose time passes meanwhile never opens")
  func beforeThePilot() async throws {
    let world = try await World(pilot: false)
    let planned = try await IntakeWindowTests.create(world)
    let window = try await stored(planned, in: world)
    world.clock.set(window.openTime + .days(1))
    try await world.expectNothing()
    try await world.expectMove(
      "CloseIntakeWindow", "Close", of: .intakeWindow, planned.uid, at: window.closeTime)
    #expect(
      try await world.events(of: .intakeWindow, planned.uid).map(\.type) == ["Create", "Close"])
  }
}

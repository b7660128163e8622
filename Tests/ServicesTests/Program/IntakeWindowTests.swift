import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("Intake windows")
struct IntakeWindowTests {
  static func create(
    _ world: World, _ id: String = "one", from open: Duration = .hours(1),
    to close: Duration = .days(10)
  ) async throws -> SafeMobility.IntakeWindow {
    let (opening, closing) = (world.clock.now + open, world.clock.now + close)
    let answer = try await world.usAdmin.programs.createIntakeWindow(
      .with {
        $0.parent = ProgramDeskTests.name
        $0.intakeWindowId = id
        $0.intakeWindow = .with {
          $0.openTime = .with { $0.seconds = opening.microseconds / 1_000_000 }
          $0.closeTime = .with { $0.seconds = closing.microseconds / 1_000_000 }
          $0.quota = 5
        }
        $0.requestId = requestID()
      })
    return try #require(answer.intakeWindow)
  }

  static func open(
    _ world: World, _ window: SafeMobility.IntakeWindow
  ) async throws -> SafeMobility.IntakeWindow {
    let answer = try await world.usAdmin.programs.openIntakeWindow(
      .with {
        $0.name = window.name
        $0.etag = window.etag
        $0.requestId = requestID()
      })
    return try #require(answer.intakeWindow)
  }

  static func pause(
    _ world: World, _ window: SafeMobility.IntakeWindow
  ) async throws -> SafeMobility.IntakeWindow {
    let answer = try await world.usAdmin.programs.pauseIntakeWindow(
      .with {
        $0.name = window.name
        $0.etag = window.etag
        $0.requestId = requestID()
      })
    return try #require(answer.intakeWindow)
  }

  static func close(
    _ world: World, _ window: SafeMobility.IntakeWindow
  ) async throws -> SafeMobility.IntakeWindow {
    let answer = try await world.usAdmin.programs.closeIntakeWindow(
      .with {
        $0.name = window.name
        $0.etag = window.etag
        $0.requestId = requestID()
      })
    return try #require(answer.intakeWindow)
  }

  static func status(_ world: World) async throws -> SafeMobility.GetIntakeStatusResponse {
    try await world.stranger.programs.getIntakeStatus(.with { $0.name = ProgramDeskTests.name })
  }

  @Test("a window goes its way, an event for each step", arguments: World.StoreKind.allCases)
  func road(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    var window = try await Self.create(world)
    #expect(window.state == .planned)
    let audit = try await world.auditCount()
    window = try await Self.open(world, window)
    window = try await Self.pause(world, window)
    window = try await Self.open(world, window)
    window = try await Self.close(world, window)
    #expect(window.state == .closed)
    let events = try await world.events(of: .intakeWindow, window.uid)
    #expect(events.map(\.type) == ["Create", "Open", "Pause", "Open", "Close"])
    #expect(try await world.auditCount() == audit + 4)
  }

  @Test(
    "how many a window has admitted is shown to administrators alone",
    arguments: World.StoreKind.allCases)
  func admitted(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    func windows(_ caller: WorldCaller) async throws -> [SafeMobility.IntakeWindow] {
      try await caller.programs.listIntakeWindows(.with { $0.parent = ProgramDeskTests.name })
        .intakeWindows
    }
    let world = dossier.world
    let others = [
      world.stranger, world.caller("iom/SCREENER"),
      world.caller("us-prm/AUDITOR", purpose: "OVERSIGHT"),
    ]
    let before = try await windows(world.stranger)
    #expect(before.count == 1)
    world.clock.advance(by: .minutes(1))
    _ = try await dossier.submitted(try await dossier.complete())
    #expect(try await windows(world.usAdmin).map(\.admitted) == [1])
    for caller in others { #expect(try await windows(caller) == before) }
  }

  @Test("a step that is not there is refused and leaves nothing")
  func illegal() async throws {
    let world = try await World()
    let planned = try await Self.create(world)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await Self.pause(world, planned)
    }
    let closed = try await Self.close(world, planned)
    for step in [Self.open, Self.pause, Self.close] {
      await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
        _ = try await step(world, closed)
      }
    }
    #expect(try await world.events(of: .intakeWindow, planned.uid).count == 2)
  }

  @Test("no window opens before the pilot has begun")
  func plannedProgram() async throws {
    let world = try await World(pilot: false)
    let window = try await Self.create(world)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await Self.open(world, window)
    }
  }

  @Test("the status follows the clock, to the second")
  func status() async throws {
    let world = try await World()
    #expect(try await Self.status(world).intakeWindow.isEmpty)
    let window = try await Self.open(world, Self.create(world))
    #expect(try await !Self.status(world).accepting)
    #expect(try await Self.status(world).intakeWindow == window.name)
    world.clock.advance(by: .hours(1))
    #expect(try await Self.status(world).accepting)
    world.clock.set(World.opening + .days(10) - .seconds(1))
    #expect(try await Self.status(world).accepting)
    world.clock.advance(by: .seconds(1))
    #expect(try await !Self.status(world).accepting)
  }

  @Test(
    "a window must end after it begins, and not be over",
    arguments: [
      (Duration.hours(2), Duration.hours(1)), (.hours(1), .hours(1)), (.hours(-3), .hours(-1)),
    ])
  func wrongTimes(_ open: Duration, _ close: Duration) async throws {
    let world = try await World()
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.create(world, from: open, to: close)
    }
  }
}

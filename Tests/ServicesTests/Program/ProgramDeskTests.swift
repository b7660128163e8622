import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("ProgramService")
struct ProgramDeskTests {
  static let name = "programs/gt-pilot-2023"

  static func program(_ world: World) async throws -> SafeMobility.Program {
    try #require(try await world.stranger.programs.getProgram(.with { $0.name = name }).program)
  }

  static func start(
    _ caller: WorldCaller, _ etag: String, id: String = requestID()
  ) async throws -> SafeMobility.StartPilotResponse {
    try await caller.programs.startPilot(
      .with {
        $0.name = name
        $0.etag = etag
        $0.requestId = id
      })
  }

  @Test("the pilot starts when both governments have asked", arguments: World.StoreKind.allCases)
  func startPilot(_ kind: World.StoreKind) async throws {
    let world = try await World(kind, pilot: false)
    let program = try await Self.program(world)
    #expect(program.state == .planned)
    let first = try await Self.start(world.usAdmin, program.etag)
    #expect(first.program == program)
    #expect(first.pendingApproval?.resource == Self.name)
    #expect(try await Self.program(world) == program)
    let second = try await Self.start(world.gtAdmin, program.etag)
    #expect(second.pendingApproval == nil)
    #expect(second.program?.state == .pilot)
    let events = try await world.events(of: .program, program.uid)
    #expect(events.map(\.type) == ["Create", "StartPilot"])
    #expect(events.map(\.version.rawValue) == [1, 2])
  }
}

extension ProgramDeskTests {
  @Test("one government alone does not start the pilot")
  func oneGovernment() async throws {
    let world = try await World(pilot: false)
    let program = try await Self.program(world)
    _ = try await Self.start(world.usAdmin, program.etag)
    let purpose = "PROGRAM_ADMINISTRATION"
    let others = [
      world.usAdmin, world.caller("us-prm/PROGRAM_ADMIN", purpose: purpose, user: "another"),
    ]
    for other in others {
      await expectRefusal("SECOND_PERSON_REQUIRED", .failedPrecondition) {
        _ = try await Self.start(other, program.etag)
      }
    }
    #expect(try await Self.program(world) == program)
  }

  @Test("a first request that nobody followed in time is forgotten")
  func approvalLapses() async throws {
    let world = try await World(pilot: false)
    let program = try await Self.program(world)
    _ = try await Self.start(world.usAdmin, program.etag)
    world.clock.advance(by: Limits.standard.approvalDuration)
    let late = try await Self.start(world.gtAdmin, program.etag)
    #expect(late.pendingApproval != nil)
    #expect(late.program?.state == .planned)
  }

  @Test("what has started does not start again, and nothing changes")
  func illegalMove() async throws {
    let world = try await World()
    let program = try await Self.program(world)
    let audit = try await world.auditCount()
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await Self.start(world.usAdmin, program.etag)
    }
    #expect(try await Self.program(world) == program)
    #expect(try await world.events(of: .program, program.uid).count == 2)
    #expect(try await world.auditCount() == audit + 1)
  }

  static func update(
    _ world: World, etag: String, mask: [String]?, _ change: (inout SafeMobility.Program) -> Void
  ) async throws -> SafeMobility.Program {
    var program = SafeMobility.Program()
    program.name = name
    change(&program)
    let sent = program
    let answer = try await world.usAdmin.programs.updateProgram(
      .with {
        $0.program = sent
        $0.updateMask = mask.map { .init(paths: $0) }
        $0.etag = etag
        $0.requestId = requestID()
      })
    return try #require(answer.program)
  }

  @Test("an update changes what its mask names, and one version")
  func update() async throws {
    let world = try await World()
    let program = try await Self.program(world)
    let updated = try await Self.update(world, etag: program.etag, mask: ["display_name"]) {
      $0.displayName = "Piloto"
      $0.timeZone = "UTC"
    }
    #expect(updated.displayName == "Piloto")
    #expect(updated.timeZone == program.timeZone)
    #expect(updated.pilotEndDate == program.pilotEndDate)
    #expect(updated.state == program.state)
    #expect(updated.etag != program.etag)
    let events = try await world.events(of: .program, program.uid)
    #expect(events.map(\.version.rawValue) == [1, 2, 3])
    #expect(events.last?.type == "Update")
  }

  @Test("once the pilot has begun its days are settled", arguments: World.StoreKind.allCases)
  func settledDays(_ kind: World.StoreKind) async throws {
    let changes: [(String, @Sendable (inout SafeMobility.Program) -> Void)] = [
      ("time_zone", { $0.timeZone = "UTC" }),
      ("pilot_start_date", { $0.pilotStartDate = Self.date(6, 13) }),
      ("pilot_end_date", { $0.pilotEndDate = Self.date(12, 10) }),
    ]
    for (field, change) in changes {
      let planned = try await World(kind, pilot: false)
      let program = try await Self.program(planned)
      let updated = try await Self.update(planned, etag: program.etag, mask: [field], change)
      #expect(updated != program)
      let world = try await World(kind)
      let begun = try await Self.program(world)
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await Self.update(world, etag: begun.etag, mask: [field], change)
      }
      #expect(refused?.fields == ["program.\(field)"])
      #expect(try await Self.program(world) == begun)
      // The same days once more are no change.
      let same = try await Self.update(world, etag: begun.etag, mask: [field]) {
        ($0.timeZone, $0.pilotStartDate) = (begun.timeZone, begun.pilotStartDate)
        $0.pilotEndDate = begun.pilotEndDate
      }
      #expect(same.pilotEndDate == begun.pilotEndDate)
    }
  }

  private static func date(_ month: Int32, _ day: Int32) -> SafeMobility.CivilDate {
    .with { ($0.year, $0.month, $0.day) = (2023, month, day) }
  }

  @Test("an update of a version that is no more is refused")
  func staleUpdate() async throws {
    let world = try await World()
    let program = try await Self.program(world)
    let updated = try await Self.update(world, etag: program.etag, mask: ["display_name"]) {
      $0.displayName = "Piloto"
    }
    for stale in [program.etag, "\"0123.1\""] {
      await expectRefusal("ETAG_MISMATCH", .aborted) {
        _ = try await Self.update(world, etag: stale, mask: ["display_name"]) {
          $0.displayName = "Otro"
        }
      }
    }
    #expect(try await Self.program(world) == updated)
  }

  @Test(
    "a mask must not name what is fixed or not there",
    arguments: [
      "state", "host_region_code", "uid", "no_such_field",
    ])
  func wrongMask(_ path: String) async throws {
    let world = try await World()
    let program = try await Self.program(world)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.update(world, etag: program.etag, mask: [path]) { _ in }
    }
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Days on the wire are last days; an extension moves the last of all.
@Suite struct ExtendTests {
  static func date(_ year: Int32, _ month: Int32, _ day: Int32) -> SafeMobility.CivilDate {
    .with { ($0.year, $0.month, $0.day) = (year, month, day) }
  }

  private func extend(
    _ caller: WorldCaller, _ etag: String, until: SafeMobility.CivilDate,
    reference: String = "Joint Statement of 2023-12-01"
  ) async throws -> SafeMobility.ExtendProgramResponse {
    try await caller.programs.extendProgram(
      .with {
        ($0.name, $0.etag, $0.requestId) = (ProgramDeskTests.name, etag, requestID())
        ($0.extendedEndDate, $0.extensionRef) = (until, reference)
      })
  }

  @Test(arguments: World.StoreKind.allCases)
  func `the pilot is prolonged when both governments have asked`(
    _ kind: World.StoreKind
  ) async throws {
    let world = try await World(kind)
    let program = try await ProgramDeskTests.program(world)
    // Six months from 2023-06-12 on: the contract names the last day.
    #expect(program.pilotEndDate == Self.date(2023, 12, 11))
    let until = Self.date(2024, 3, 31)
    let first = try await extend(world.usAdmin, program.etag, until: until)
    #expect(first.program == program)
    #expect(first.pendingApproval?.resource == ProgramDeskTests.name)
    // Another day is another request, which awaits its own second person.
    let other = try await extend(world.gtAdmin, program.etag, until: Self.date(2024, 4, 1))
    #expect(other.pendingApproval != nil)
    let second = try await extend(world.usAdmin, program.etag, until: Self.date(2024, 4, 1))
    #expect(second.pendingApproval == nil)
    #expect(second.program?.state == .extended)
    #expect(second.program?.extendedEndDate == Self.date(2024, 4, 1))
    #expect(second.program?.extensionRef == "Joint Statement of 2023-12-01")
    #expect(try await ProgramDeskTests.program(world) == second.program)
    let stored = try await world.store.read { try $0.program(ReferenceData.pilotID) }
    #expect(stored?.extendedEnd == CivilDate(year: 2024, month: 4, day: 2))
    let events = try await world.events(of: .program, program.uid)
    #expect(events.map(\.type) == ["Create", "StartPilot", "Extend"])
  }

  @Test func `an end that is none, or no later, is refused`() async throws {
    let world = try await World()
    let etag = try await ProgramDeskTests.program(world).etag
    for date in [Self.date(2023, 12, 11), Self.date(2023, 2, 30), Self.date(2024, 0, 0)] {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await extend(world.usAdmin, etag, until: date)
      }
      #expect(refused?.fields.first?.hasPrefix("extended_end_date") == true)
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await extend(world.usAdmin, etag, until: Self.date(2024, 1, 1), reference: "")
    }
  }

  @Test func `what has not begun is not prolonged`() async throws {
    let world = try await World(pilot: false)
    let etag = try await ProgramDeskTests.program(world).etag
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await extend(world.usAdmin, etag, until: Self.date(2024, 1, 1))
    }
  }
}

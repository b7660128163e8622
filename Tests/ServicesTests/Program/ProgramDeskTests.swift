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

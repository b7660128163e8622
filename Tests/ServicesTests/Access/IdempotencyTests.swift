import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Testing

@Suite("Idempotency by request_id")
struct IdempotencyTests {
  static func window(_ id: String, request: String) -> SafeMobility.CreateIntakeWindowRequest {
    .with {
      $0.parent = ProgramDeskTests.name
      $0.intakeWindowId = id
      $0.intakeWindow = .with {
        $0.openTime = .with { $0.seconds = 1_686_600_000 }
        $0.closeTime = .with { $0.seconds = 1_689_000_000 }
        $0.quota = 10
      }
      $0.requestId = request
    }
  }

  @Test(
    "the same request again has the same bytes for an answer and no further effect",
    arguments: World.StoreKind.allCases)
  func repeated(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let request = Self.window("first", request: requestID())
    let answers = try await [
      world.usAdmin.programs.createIntakeWindow(request),
      world.usAdmin.programs.createIntakeWindow(request),
    ]
    #expect(try answers[0].serializedBytes() == answers[1].serializedBytes())
    let uid = try #require(answers[0].intakeWindow?.uid)
    #expect(try await world.events(of: .intakeWindow, uid).count == 1)
  }

  @Test("many at once with one request_id make one change", arguments: World.StoreKind.allCases)
  func concurrent(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let request = Self.window("crowd", request: requestID())
    let admin = world.usAdmin
    let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<20 {
        group.addTask { try await admin.programs.createIntakeWindow(request).serializedBytes() }
      }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    #expect(answers.count == 1)
  }

  @Test("another request under the same id is refused, and so is none")
  func reused() async throws {
    let world = try await World()
    let id = requestID()
    _ = try await world.usAdmin.programs.createIntakeWindow(Self.window("one", request: id))
    await expectRefusal("REQUEST_ID_REUSED", .invalidArgument) {
      _ = try await world.usAdmin.programs.createIntakeWindow(Self.window("two", request: id))
    }
    for wrong in ["", "x", "00000000-0000-1000-8000-000000000000"] {
      await expectRefusal("REQUEST_ID_REQUIRED", .invalidArgument) {
        _ = try await world.usAdmin.programs.createIntakeWindow(Self.window("two", request: wrong))
      }
    }
  }

  @Test("a request_id is one in either case of its letters, and its partner's own")
  func spelling() async throws {
    let world = try await World()
    let id = requestID()
    let request = Self.window("spelt", request: id)
    let first = try await world.usAdmin.programs.createIntakeWindow(request)
    let again = try await world.usAdmin.programs.createIntakeWindow(
      Self.window("spelt", request: id.uppercased()))
    #expect(first == again)
    // The other government's request is another one, and finds the name taken.
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await world.gtAdmin.programs.createIntakeWindow(request)
    }
    #expect(refused?.fields == ["intake_window_id"])
  }
}

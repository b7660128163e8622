import Domain
import Foundation
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// Bytes and messages that mean no good, against the real server; after each the server serves on.
@Suite("bad input", .serialized, .timeLimit(.minutes(3)))
struct BadInputTests {
  private static let create = SafeMobility.ApplicantServiceMethods.createRegistration

  /// What was sent, and what must come back.
  private struct Case: Sendable {
    var name: String
    var bytes: [UInt8]
    var code: StatusCode
    var reason: String?
    var fields: [String] = []
  }

  private static func cases() throws -> [Case] {
    func request(
      _ change: (inout SafeMobility.CreateRegistrationRequest) -> Void
    ) throws -> [UInt8] {
      var request = Requests.registration(memberCount: 1)
      change(&request)
      return try request.serializedBytes()
    }
    let whole = try request { _ in }
    return [
      Case(
        name: "0 bytes", bytes: [], code: .invalidArgument, reason: "REQUEST_ID_REQUIRED",
        fields: ["request_id"]),
      // Groups of a field that the schema does not know, 200 deep: the limit is 100.
      Case(
        name: "100 levels over the limit",
        bytes: whole + [UInt8](repeating: 0x53, count: 200) + [UInt8](repeating: 0x54, count: 200),
        code: .internal),
      Case(name: "5 MiB", bytes: [UInt8](repeating: 0, count: 5 << 20), code: .resourceExhausted),
      // Field 15, request_id, with a byte that UTF-8 never has.
      Case(name: "invalid UTF-8", bytes: [0x7A, 2, 0xC3, 0x28], code: .internal),
      Case(name: "a truncated message", bytes: whole.dropLast(3), code: .internal),
      Case(
        name: "30 February", bytes: try request { $0.principal?.birthDate?.day = 30 },
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["principal.birth_date"]),
      Case(
        name: "a birth tomorrow", bytes: try request { $0.principal?.birthDate?.year = 2100 },
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["principal.birth_date"]),
      Case(
        name: "a household of 0", bytes: try request { $0.principal = nil },
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["principal"]),
      Case(
        name: "an enum number nobody knows",
        bytes: try request { $0.registration?.channel = .unrecognized(77) },
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["registration.channel"]),
      Case(
        name: "a request_id that is no UUID", bytes: try request { $0.requestId = "once" },
        code: .invalidArgument, reason: "REQUEST_ID_REQUIRED", fields: ["request_id"]),
      Case(
        name: "a telephone that is none",
        bytes: try request { $0.principal?.phone = "call me" },
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["principal.phone"]),
      Case(
        name: "a control character in a name",
        bytes: try request { $0.principal?.fullName = "Marta\u{0} Xol" },
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["principal.full_name"]),
      Case(
        name: "30 members", bytes: try Requests.registration(memberCount: 30).serializedBytes(),
        code: .invalidArgument, reason: "FIELD_INVALID", fields: ["members"]),
    ]
  }

  @Test("each has its status and its fields, and the server serves on")
  func badInput() async throws {
    let world = try await TrialWorld(
      seed: 2, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let metadata: Metadata = [
      "pasarela-dev-identity": "iom/CONTACT_CENTRE", "pasarela-purpose": "PROCESSING",
    ]
    for each in try Self.cases() {
      let failure = await Self.failure(channel, each.bytes, metadata)
      #expect(failure?.code == each.code, "\(each.name): \(failure?.message ?? "answered")")
      #expect(failure?.reason == each.reason, "\(each.name)")
      for field in each.fields {
        #expect(
          failure?.fieldViolations.contains { $0.field == field } == true,
          "\(each.name): \(failure?.fieldViolations.map(\.field) ?? [])")
      }
      try await Self.expectServing(world, each.name)
    }
    try await Self.expectNoise(channel, metadata)
    try await Self.expectServing(world, "random bytes")
    await channel.close()
    try world.stop()
  }

  @Test("slots in the past are refused by field, and a hold of none or too many seats too")
  func slots() async throws {
    let world = try await TrialWorld(
      seed: 3, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let scheduler = SafeMobility.OfficeServiceClient(
      TrialWorld.client(channel, as: "iom/SCHEDULER"))
    let past = await Self.failure {
      _ = try await scheduler.generateSlots(
        .with {
          $0.schedule = "offices/gt-xel-01/schedules/mornings"
          $0.startDate = .with { ($0.year, $0.month, $0.day) = (2022, 1, 3) }
          $0.endDate = .with { ($0.year, $0.month, $0.day) = (2022, 1, 7) }
          $0.requestId = Requests.id()
        })
    }
    #expect(past?.reason == "FIELD_INVALID")
    #expect(past?.fieldViolations.map(\.field).contains("start_date") == true)
    let agent = SafeMobility.AppointmentServiceClient(
      TrialWorld.client(channel, as: "iom/CONTACT_CENTRE"))
    for seats in [Int32(0), 3, -1] {
      let failure = await Self.failure {
        _ = try await agent.holdSlot(
          .with {
            $0.slot = Requests.name(of: world.slots[0])
            $0.registration = "registrations/\(world.households[0].registration.id)"
            $0.seats = seats
            $0.requestId = Requests.id()
          })
      }
      #expect(failure?.code == .invalidArgument, "\(seats) seats")
      #expect(failure?.fieldViolations.map(\.field) == ["seats"], "\(seats) seats")
    }
    await channel.close()
    try world.stop()
  }

  /// Three hundred times random bytes: refused, or taken for a message without a request_id.
  private static func expectNoise(
    _ channel: any ClientTransport, _ metadata: Metadata
  ) async throws {
    var random = SeededRandom(seed: 20_230_612)
    for number in 0..<300 {
      let bytes = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next())
      }
      let failure = await failure(channel, bytes, metadata)
      #expect(
        failure?.code == .internal || failure?.reason == "REQUEST_ID_REQUIRED",
        "noise \(number): \(failure?.message ?? "answered")")
    }
  }

  private static func failure(
    _ channel: any ClientTransport, _ bytes: [UInt8], _ metadata: Metadata
  ) async -> CallFailure? {
    await failure {
      _ = try await channel.unary(
        create, request: bytes, metadata: metadata, options: CallOptions(timeout: .seconds(20)))
    }
  }

  private static func failure(_ body: () async throws -> Void) async -> CallFailure? {
    do {
      try await body()
      return nil
    } catch let error as RPCError {
      return CallFailure(error)
    } catch {
      return CallFailure(RPCError(.unknown, "\(error)"))
    }
  }

  /// An honest call on a connection of its own.
  private static func expectServing(_ world: TrialWorld, _ after: String) async throws {
    let channel = try world.channel()
    let programs = SafeMobility.ProgramServiceClient(RPCClient(transport: channel))
    let program = try await programs.getProgram(
      .with { $0.name = "programs/gt-pilot-2023" }, options: CallOptions(timeout: .seconds(10))
    ).program
    #expect(program?.name == "programs/gt-pilot-2023", "after \(after)")
    await channel.close()
  }
}

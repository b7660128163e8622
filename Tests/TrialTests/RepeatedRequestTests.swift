import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// A change is made once, however often it is asked for (AIP-155), seen from the wire: the answers'
/// bytes, and the rows left behind.
@Suite("one request_id", .serialized, .timeLimit(.minutes(3)))
struct RepeatedRequestTests {
  private static let metadata: Metadata = [
    "pasarela-dev-identity": "iom/CONTACT_CENTRE", "pasarela-purpose": "PROCESSING",
  ]
  private static let create = SafeMobility.ApplicantServiceMethods.createRegistration
  private static let hold = SafeMobility.AppointmentServiceMethods.holdSlot

  @Test("again gives the same bytes and no second effect, also after a power cut")
  func again() async throws {
    let world = try await TrialWorld(
      seed: 11, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    var channel = try world.channel()
    let request = Requests.registration(memberCount: 2)
    let first = try await Self.send(Self.create, request, channel)
    #expect(try await Self.send(Self.create, request, channel) == first)
    await channel.close()
    world.kill()
    try world.start(minutesAfterOpening: 1)
    channel = try world.channel()
    #expect(try await Self.send(Self.create, request, channel) == first)
    await channel.close()
    try world.stop()
    // One is the world's own household.
    try Self.expectRows(world, registrations: 2, requests: 1)
  }

  @Test("with another body is refused, and changes nothing")
  func otherBody() async throws {
    let world = try await TrialWorld(
      seed: 12, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let request = Requests.registration(memberCount: 2)
    let first = try await Self.send(Self.create, request, channel)
    var others = [request, request, request]
    others[0].principal?.fullName = "Otra Persona"
    others[1].members.removeLast()
    // Even what the programme would not understand is another body.
    others[2].registration?.unknownFields = try UnknownFields(bytes: [0xF8, 0x7F, 1])
    for (number, other) in others.enumerated() {
      let refused = await failure { _ = try await Self.send(Self.create, other, channel) }
      #expect(refused?.code == .invalidArgument, "body \(number)")
      #expect(refused?.reason == "REQUEST_ID_REUSED", "body \(number)")
    }
    #expect(try await Self.send(Self.create, request, channel) == first)
    await channel.close()
    try world.stop()
    try Self.expectRows(world, registrations: 2, requests: 1)
  }

  @Test("fifty times at once has one effect and one answer")
  func twins() async throws {
    let world = try await TrialWorld(
      seed: 13, householdCount: 3, seatsPerSlot: 50, slotCount: 1)
    try world.start()
    let registration = Requests.registration(memberCount: 3)
    let household = world.households[2]
    let seats = SafeMobility.HoldSlotRequest.with {
      $0.slot = Requests.name(of: world.slots[0])
      $0.registration = "registrations/\(household.registration.id)"
      $0.seats = Int32(household.persons.count)
      $0.requestId = Requests.id()
    }
    #expect(try await Self.sendTwins(Self.create, registration, world).count == 1)
    #expect(try await Self.sendTwins(Self.hold, seats, world).count == 1)
    try world.stop()
    try Self.expectRows(world, registrations: 4, requests: 2)
    let store = try StoreInspection(path: world.storePath)
    #expect(try store.count("SELECT COUNT(*) FROM hold") == 1)
    let held = try store.count("SELECT COUNT(*) FROM seat WHERE hold_id IS NOT NULL")
    #expect(held == household.persons.count)
  }

  /// The different answers to fifty equal requests, sent at once on eight connections.
  private static func sendTwins(
    _ method: MethodDescriptor, _ request: some Message, _ world: TrialWorld
  ) async throws -> Set<[UInt8]> {
    let channels = try (0..<8).map { _ in try world.channel() }
    let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for number in 0..<50 {
        group.addTask { try await send(method, request, channels[number % channels.count]) }
      }
      return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
    }
    for channel in channels { await channel.close() }
    return answers
  }

  private static func send(
    _ method: MethodDescriptor, _ request: some Message, _ channel: HTTP2Channel
  ) async throws -> [UInt8] {
    try await channel.unary(
      method, request: request.serializedBytes(), metadata: metadata,
      options: CallOptions(timeout: .seconds(30))
    ).message
  }

  private static func expectRows(
    _ world: TrialWorld, registrations: Int, requests: Int
  ) throws {
    let store = try StoreInspection(path: world.storePath)
    #expect(try store.findings() == [])
    #expect(try store.count("SELECT COUNT(*) FROM registration") == registrations)
    #expect(try store.count("SELECT COUNT(*) FROM idempotency") == requests)
  }
}

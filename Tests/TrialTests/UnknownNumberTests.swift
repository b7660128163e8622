import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// What a newer client says and an older server does not know, and what is over by the clock.
@Suite(
  "numbers of another version, and slots of another time", .serialized, .timeLimit(.minutes(3)))
struct UnknownNumberTests {
  @Test("enum numbers nobody knows are kept where no rule refuses them")
  func kept() async throws {
    let world = try await TrialWorld(
      seed: 41, householdCount: 1, seatsPerSlot: 1, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let applicants = SafeMobility.ApplicantServiceClient(
      TrialWorld.client(channel, as: "iom/CONTACT_CENTRE"))
    var request = Requests.registration(memberCount: 0)
    request.principal?.nameSystem = .unrecognized(77)
    request.principal?.nameParts = [
      .with { ($0.text, $0.kind) = ("Marta", .unrecognized(-78)) },
      .with { ($0.text, $0.kind) = ("Xol", .paternal) },
    ]
    let made = try #require(try await applicants.createRegistration(request).registration)
    await channel.close()
    // From the disk, not from memory.
    world.kill()
    try world.start(minutesAfterOpening: 1)
    let second = try world.channel()
    let read = try await SafeMobility.ApplicantServiceClient(
      TrialWorld.client(second, as: "iom/CONTACT_CENTRE")
    ).getRegistration(.with { ($0.name, $0.view) = (made.name, .full) })
    let person = try #require(read.registration?.persons.first)
    #expect(person.nameSystem == .unrecognized(77))
    #expect(person.nameParts.map(\.kind) == [.unrecognized(-78), .paternal])
    await second.close()
    try world.stop()
  }

  @Test("a slot that has begun is refused by field and takes no seat")
  func past() async throws {
    let world = try await TrialWorld(
      seed: 42, householdCount: 1, seatsPerSlot: 5, slotCount: 2)
    // Half an hour into the first slot; the second begins half an hour later.
    let begun = 400 * 60 + 30
    try world.start(minutesAfterOpening: begun)
    let channel = try world.channel()
    let agent = SafeMobility.AppointmentServiceClient(
      TrialWorld.client(channel, as: "iom/CONTACT_CENTRE"))
    func hold(_ number: Int) async throws {
      _ = try await agent.holdSlot(
        .with {
          $0.slot = Requests.name(of: world.slots[number])
          $0.registration = "registrations/\(world.households[0].registration.id)"
          $0.seats = 1
          $0.requestId = Requests.id()
        })
    }
    let refused = await failure { try await hold(0) }
    #expect(refused?.code == .invalidArgument, "\(refused?.message ?? "answered")")
    #expect(refused?.fieldViolations.map(\.field) == ["slot"])
    await channel.close()
    try world.stop()
    let store = try StoreInspection(path: world.storePath)
    #expect(try store.count("SELECT COUNT(*) FROM seat WHERE hold_id IS NOT NULL") == 0)
  }
}

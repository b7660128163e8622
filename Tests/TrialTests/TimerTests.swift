import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import StoreSamples
import Testing
import Trials

/// A real server looks at the clock, and a rehearsal's clock is the one it looks at.
@Suite("a server that looks at the clock", .serialized)
struct TimerTests {
  private static let dayMinutes = 24 * 60

  @Test("an offer lapses while the server serves, and not when it was told never to look")
  func offer() async throws {
    let world = try await TrialWorld(seed: 23, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let name = try await offered(in: world)
    try world.stop()

    try world.start(minutesAfterOpening: Self.dayMinutes, timerSeconds: 0)
    try await Task.sleep(for: .seconds(1))
    #expect(try await state(of: name, in: world) == .offered)
    try world.stop()

    try world.start(minutesAfterOpening: Self.dayMinutes, timerSeconds: 1)
    try await wait { try await state(of: name, in: world) == .lapsed }
    try world.stop()

    let store = try StoreInspection(path: world.storePath)
    #expect(try store.findings() == [])
    #expect(try store.count("SELECT COUNT(*) FROM seat WHERE appointment_id IS NOT NULL") == 0)
    #expect(
      try store.count(
        """
        SELECT COUNT(*) FROM audit_entry WHERE method = 'safemobility.v1.Timer/LapseAppointment'
        """) == 1)
  }

  @Test("it looks again and again: a window opens and closes beside it")
  func window() async throws {
    let world = try await TrialWorld(seed: 24, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start(timerSeconds: 1)
    let window = try await planned(in: world)
    try await wait { try await state(ofWindow: window, in: world) == .closed }
    try world.stop()
    let store = try StoreInspection(path: world.storePath)
    #expect(try store.findings() == [])
    #expect(
      try store.count(
        "SELECT COUNT(*) FROM status_event WHERE aggregate = 2 AND actor_class = 5") == 2)
  }

  /// Asks until it is so, for half a minute.
  private func wait(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
      if try await condition() { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("it has not come about within half a minute")
  }

  private func offered(in world: TrialWorld) async throws -> String {
    let (household, slot) = (world.households[0], world.slots[0])
    let registration = "registrations/\(household.registration.id)"
    return try await call(world, as: "iom/SCHEDULER") { client in
      try await SafeMobility.AppointmentServiceClient(client).offerAppointment(
        .with {
          $0.slot = Requests.name(of: slot)
          $0.registration = registration
          $0.attendees = household.persons.map { "\(registration)/persons/\($0.id)" }
          $0.requestId = Requests.id()
        }
      ).appointment?.name ?? ""
    }
  }

  private func state(
    of appointment: String, in world: TrialWorld
  ) async throws -> SafeMobility.AppointmentState? {
    try await call(world, as: "iom/SCHEDULER") { client in
      try await SafeMobility.AppointmentServiceClient(client).getAppointment(
        .with { $0.name = appointment }
      ).appointment?.state
    }
  }

  /// A window that is open for two seconds, two seconds from now.
  private func planned(in world: TrialWorld) async throws -> String {
    try await call(world, as: "us-prm/PROGRAM_ADMIN", for: "PROGRAM_ADMINISTRATION") { client in
      let programs = SafeMobility.ProgramServiceClient(client)
      let now =
        try await programs.getIntakeStatus(.with { $0.name = "programs/gt-pilot-2023" })
        .serverTime?.seconds ?? 0
      return try await programs.createIntakeWindow(
        .with {
          $0.parent = "programs/gt-pilot-2023"
          $0.intakeWindowId = "short"
          $0.intakeWindow = .with {
            $0.openTime = .with { $0.seconds = now + 2 }
            $0.closeTime = .with { $0.seconds = now + 4 }
            $0.quota = 1
          }
          $0.requestId = Requests.id()
        }
      ).intakeWindow?.name ?? ""
    }
  }

  private func state(
    ofWindow name: String, in world: TrialWorld
  ) async throws -> SafeMobility.IntakeWindowState? {
    try await call(world, as: "us-prm/PROGRAM_ADMIN", for: "PROGRAM_ADMINISTRATION") { client in
      try await SafeMobility.ProgramServiceClient(client).listIntakeWindows(
        .with { $0.parent = "programs/gt-pilot-2023" }
      ).intakeWindows.first { $0.name == name }?.state
    }
  }

  private func call<Answer>(
    _ world: TrialWorld, as identity: String, for purpose: String = "PROCESSING",
    _ body: (RPCClient) async throws -> Answer
  ) async throws -> Answer {
    let channel = try world.channel()
    do {
      let answer = try await body(TrialWorld.client(channel, as: identity, purpose: purpose))
      await channel.close()
      return answer
    } catch {
      await channel.close()
      throw error
    }
  }
}

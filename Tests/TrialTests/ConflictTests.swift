import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// Changes to what has moved on meanwhile, and moves that the state does not allow: refused by name,
/// with nothing changed.
@Suite("conflicting changes", .serialized, .timeLimit(.minutes(3)))
struct ConflictTests {
  @Test("with a stale etag are ABORTED and change nothing")
  func staleEtag() async throws {
    let world = try await TrialWorld(
      seed: 21, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let agent = TrialWorld.client(channel, as: "iom/CONTACT_CENTRE")
    let applicants = SafeMobility.ApplicantServiceClient(agent)
    let draft = try #require(
      try await applicants.createRegistration(Requests.registration(memberCount: 1)).registration)
    let stale = Self.update(draft, language: "quc")
    let now = try #require(try await applicants.updateRegistration(stale).registration)
    #expect(now.etag != draft.etag)
    let before = try await Self.read(draft.name, agent)
    for wrong in [draft.etag, "\"nobody\"", now.etag.replacing("\"", with: "")] {
      var request = Self.update(draft, language: "mam")
      request.etag = wrong
      let refused = await failure { _ = try await applicants.updateRegistration(request) }
      let isForm = wrong.contains("\"")
      #expect(refused?.code == (isForm ? .aborted : .invalidArgument), "etag \(wrong)")
      #expect(refused?.reason == (isForm ? "ETAG_MISMATCH" : "FIELD_INVALID"), "etag \(wrong)")
    }
    #expect(try await Self.read(draft.name, agent) == before)
    await channel.close()
    try world.stop()
    try Self.expectVersions(world, of: draft.name, 2)
  }

  @Test("of twenty callers who read the same version one changes it")
  func racing() async throws {
    let world = try await TrialWorld(
      seed: 22, householdCount: 1, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let applicants = SafeMobility.ApplicantServiceClient(
      TrialWorld.client(channel, as: "iom/CONTACT_CENTRE"))
    let draft = try #require(
      try await applicants.createRegistration(Requests.registration(memberCount: 1)).registration)
    let told = await withTaskGroup(of: String.self) { group in
      for number in 0..<20 {
        let request = Self.update(draft, language: number % 2 == 0 ? "quc" : "mam")
        group.addTask {
          let refused = await failure { _ = try await applicants.updateRegistration(request) }
          return refused.map { "\($0.code.name) \($0.reason ?? "")" } ?? "changed"
        }
      }
      return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(told == ["changed": 1, "ABORTED ETAG_MISMATCH": 19])
    await channel.close()
    try world.stop()
    try Self.expectVersions(world, of: draft.name, 2)
  }

  @Test("that the state does not allow are FAILED_PRECONDITION and change nothing")
  func illegalMoves() async throws {
    let world = try await TrialWorld(
      seed: 23, householdCount: 2, seatsPerSlot: 5, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let agent = TrialWorld.client(channel, as: "iom/CONTACT_CENTRE")
    let cancelled = try await Self.cancelledAppointment(world, agent)
    let invited = try await Self.read(
      "registrations/\(world.households[1].registration.id)", agent)
    for (name, move) in Self.illegalMoves(channel, cancelled, invited) {
      let refused = await failure(move)
      #expect(refused?.code == .failedPrecondition, "\(name): \(refused?.message ?? "answered")")
      #expect(refused?.reason == "TRANSITION_NOT_ALLOWED", "\(name)")
    }
    let appointments = SafeMobility.AppointmentServiceClient(agent)
    let after = try await appointments.getAppointment(.with { $0.name = cancelled.name })
    #expect(after.appointment == cancelled)
    #expect(try await Self.read(invited.name, agent) == invited)
    await channel.close()
    try world.stop()
    let store = try StoreInspection(path: world.storePath)
    #expect(try store.findings() == [])
    // Booked and called off: the refused moves left no event behind.
    #expect(try store.count("SELECT COUNT(*) FROM status_event WHERE aggregate = 12") == 2)
    try Self.expectVersions(world, of: invited.name, 1)
  }

  private static func illegalMoves(
    _ channel: HTTP2Channel, _ cancelled: SafeMobility.Appointment,
    _ invited: SafeMobility.Registration
  ) -> [(String, () async throws -> Void)] {
    func client(_ role: String) -> RPCClient { TrialWorld.client(channel, as: "iom/\(role)") }
    let appointments = SafeMobility.AppointmentServiceClient(client("INTERVIEWER"))
    let screener = SafeMobility.ApplicantServiceClient(client("SCREENER"))
    let agent = client("CONTACT_CENTRE")
    let start = SafeMobility.StartAppointmentRequest.with {
      ($0.name, $0.etag, $0.requestId) = (cancelled.name, cancelled.etag, Requests.id())
    }
    let complete = SafeMobility.CompleteAppointmentRequest.with {
      ($0.name, $0.etag, $0.requestId) = (cancelled.name, cancelled.etag, Requests.id())
      $0.attendees = cancelled.attendees.map { attendee in
        .with { ($0.person, $0.attendance) = (attendee.person, .present) }
      }
    }
    let cancel = SafeMobility.CancelAppointmentRequest.with {
      ($0.name, $0.etag, $0.requestId) = (cancelled.name, cancelled.etag, Requests.id())
      $0.reason = .notWanted
    }
    let screen = SafeMobility.StartScreeningRequest.with {
      ($0.name, $0.etag, $0.requestId) = (invited.name, invited.etag, Requests.id())
    }
    let submit = SafeMobility.SubmitRegistrationRequest.with {
      ($0.name, $0.etag, $0.requestId) = (invited.name, invited.etag, Requests.id())
    }
    return [
      ("start what was called off", { _ = try await appointments.startAppointment(start) }),
      (
        "complete what was called off", { _ = try await appointments.completeAppointment(complete) }
      ),
      (
        "call it off again",
        { _ = try await SafeMobility.AppointmentServiceClient(agent).cancelAppointment(cancel) }
      ),
      ("screen who is invited", { _ = try await screener.startScreening(screen) }),
      (
        "submit again",
        { _ = try await SafeMobility.ApplicantServiceClient(agent).submitRegistration(submit) }
      ),
    ]
  }

  private static func cancelledAppointment(
    _ world: TrialWorld, _ agent: RPCClient
  ) async throws -> SafeMobility.Appointment {
    let appointments = SafeMobility.AppointmentServiceClient(agent)
    let household = world.households[0]
    let hold = try await appointments.holdSlot(
      .with {
        $0.slot = Requests.name(of: world.slots[0])
        $0.registration = "registrations/\(household.registration.id)"
        $0.seats = Int32(household.persons.count)
        $0.requestId = Requests.id()
      }
    ).hold
    let booked = try await appointments.bookAppointment(
      .with {
        $0.hold = hold?.name ?? ""
        $0.fence = hold?.fence ?? 0
        $0.attendees = household.persons.map {
          "registrations/\(household.registration.id)/persons/\($0.id)"
        }
        $0.requestId = Requests.id()
      }
    ).appointment
    let answer = try await appointments.cancelAppointment(
      .with {
        $0.name = booked?.name ?? ""
        $0.etag = booked?.etag ?? ""
        $0.reason = .cannotAttend
        $0.requestId = Requests.id()
      })
    return try #require(answer.appointment)
  }

  private static func update(
    _ draft: SafeMobility.Registration, language: String
  ) -> SafeMobility.UpdateRegistrationRequest {
    .with {
      $0.registration = .with { ($0.name, $0.languageCode) = (draft.name, language) }
      $0.updateMask = .with { $0.paths = ["language_code"] }
      $0.etag = draft.etag
      $0.requestId = Requests.id()
    }
  }

  /// Everything of a registration.
  private static func read(
    _ name: String, _ client: RPCClient
  ) async throws -> SafeMobility.Registration {
    let answer = try await SafeMobility.ApplicantServiceClient(client).getRegistration(
      .with { ($0.name, $0.view) = (name, .full) })
    return try #require(answer.registration)
  }

  /// A registration has so many versions, and as many events (INV-9).
  private static func expectVersions(_ world: TrialWorld, of name: String, _ count: Int) throws {
    let store = try StoreInspection(path: world.storePath)
    let id = String(name.dropFirst("registrations/".count))
    let version = try store.count("SELECT version FROM registration WHERE uid = ?", id)
    let events = try store.count("SELECT COUNT(*) FROM status_event WHERE aggregate_id = ?", id)
    #expect(version == count)
    #expect(events == count)
  }
}

import Domain
import PostgresFixture
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// How often a call waits for the database, which may be a network away from its node: once for all that it reads, and
/// once for all that it changes.
@Suite struct RoundTripTests {
  /// Round trips of the units of work that `calls` takes.
  private func trips<R>(
    in world: World, _ calls: () async throws -> R
  ) async throws -> (count: Int, answer: R) {
    let store = try #require(world.store as? SettledStore)
    let before = store.unitRoundTripCount
    let answer = try await calls()
    return (store.unitRoundTripCount - before, answer)
  }

  /// A visit at whose desks everybody is known.
  private func visit() async throws -> Visit {
    let visit = try await Visit(store: .postgres)
    for identity in ["iom/CONTACT_CENTRE", "iom/SCHEDULER", "iom/FRONT_DESK", "iom/INTERVIEWER"] {
      _ = try await visit.world.caller(identity).offices.getOffice(
        .with { $0.name = "offices/\(visit.slot.service.office)" })
    }
    return visit
  }

  @Test func `a hold takes two and its booking takes two`() async throws {
    let visit = try await visit()
    let booking = try await trips(in: visit.world) { try await visit.booked() }
    #expect(booking.count == 4)
    let told = try await trips(in: visit.world) {
      try await visit.agent.getAppointment(.with { $0.name = booking.answer.name })
    }
    // What is told of a person is written down.
    #expect(told.count == 2)
  }

  @Test func `a read of nobody's data takes one`() async throws {
    let visit = try await visit()
    let office = SafeMobility.GetOfficeRequest.with {
      $0.name = "offices/\(visit.slot.service.office)"
    }
    let read = try await trips(in: visit.world) {
      try await visit.world.caller("iom/SCHEDULER").offices.getOffice(office)
    }
    #expect(read.count == 1)
  }

  @Test func `a day's moves take few`() async throws {
    let visit = try await visit()
    let booked = try await visit.booked()
    visit.world.clock.set(visit.slot.start)
    let arrival = try await trips(in: visit.world) { try await visit.checkIn(booked) }
    // Who comes to the front desk is looked up by the day.
    #expect(arrival.count <= 3)
    let begin = try await trips(in: visit.world) { try await visit.started(arrival.answer) }
    #expect(begin.count == 2)
  }

  @Test func `what is hidden and what is absent are denied by the same work`() async throws {
    let visit = try await visit()
    let booked = try await visit.booked()
    let dossier = try await ReferralCase(.postgres)
    let sent = try await dossier.sent(on: .usrap)
    var random = SystemRandomNumberGenerator()
    let absent = "registrations/\(RegistrationID(using: &random))"
    let other = visit.world.caller("iom/APPLICANT", user: "other")
    let desk = visit.world.caller("iom/FRONT_DESK").applicants
    try await expectAlike(visit.world, [visit.name, absent]) { name in
      _ = try await other.applicants.getRegistration(.with { $0.name = name })
    }
    try await expectAlike(visit.world, [visit.name, absent]) { name in
      _ = try await desk.getRegistration(.with { $0.name = name })
    }
    let receipts = [visit.registration.receipt, Receipt(using: &random)].map(\.rawValue)
    try await expectAlike(visit.world, receipts) { receipt in
      _ = try await desk.lookupReceipt(.with { $0.receipt = receipt })
    }
    try await expectAlike(visit.world, [visit.name, absent]) { name in
      _ = try await other.applicants.withdrawRegistration(
        .with { ($0.name, $0.etag, $0.requestId) = (name, "\"x.1\"", requestID()) })
    }
    let appointment = "appointments/\(AppointmentID(using: &random))"
    try await expectAlike(visit.world, [booked.name, appointment]) { name in
      _ = try await other.appointments.getAppointment(.with { $0.name = name })
    }
    let referrals = [sent.name, "referrals/\(ReferralID(using: &random))"]
    for client in [dossier.mintrab, dossier.client("iom/CASEWORKER")] {
      try await expectAlike(dossier.world, referrals) { name in
        _ = try await client.getReferral(.with { $0.name = name })
      }
    }
    try await expectAlike(dossier.world, referrals) { name in
      _ = try await dossier.mintrab.rejectReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (name, "\"x.1\"", requestID())
          $0.reason = .outOfScope
        })
    }
  }

  /// Denies each of these by as many round trips as the others.
  private func expectAlike(
    _ world: World, _ names: [String], sourceLocation: SourceLocation = #_sourceLocation,
    _ call: (String) async throws -> Void
  ) async throws {
    var counts: [Int] = []
    // The first time the caller is not known yet.
    for name in names.prefix(1) + names {
      counts.append(
        try await trips(in: world) {
          await expectRefusal(
            "ACCESS_DENIED", .permissionDenied, sourceLocation: sourceLocation
          ) { try await call(name) }
        }.count)
    }
    #expect(Set(counts.dropFirst()).count == 1, "\(counts)", sourceLocation: sourceLocation)
    #expect(counts[1] > 0, sourceLocation: sourceLocation)
  }

  @Test func `a refusal takes one, and one to write it down`() async throws {
    let visit = try await visit()
    _ = try await visit.booked()
    let refused = try await trips(in: visit.world) {
      await #expect(throws: (any Error).self) { _ = try await visit.booked() }
    }
    // The second hold is taken; it is its booking that is refused.
    #expect(refused.count <= 5)
  }
}

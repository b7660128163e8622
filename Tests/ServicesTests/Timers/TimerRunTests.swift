import Domain
import ServiceFixture
import Services
import Storage
import Testing

/// How one look at the clock works off what is due.
@Suite("Looks at the clock")
struct TimerRunTests {
  private static let method = "safemobility.v1.Timer/LapseAppointment"

  /// Offers to as many households, all in one slot and due together.
  private func offers(_ count: Int, in world: World) async throws -> [Appointment] {
    let slot = try await world.slot(in: .days(2), seats: count)
    var random = SystemRandomNumberGenerator()
    var offers: [Appointment] = []
    for seed in 1...count {
      let registration = try await world.household(
        .single, in: .invited, seed: UInt64(seed)
      ).registration
      offers.append(
        Appointment(
          id: AppointmentID(using: &random), slot: slot.id, service: slot.service,
          registration: registration.id,
          attendees: [Attendee(person: registration.principal, attendance: .expected)], seats: 1,
          start: slot.start, end: slot.end, confirmBy: world.clock.now + .hours(23),
          visitCode: VisitCode(using: &random), state: .offered,
          revision: Revision(createdAt: world.clock.now)))
    }
    try await world.store.write { [offers] tx in
      for offer in offers {
        _ = try tx.claimSeats(1, of: slot.id, among: .anybody, for: .appointment(offer.id))
        try tx.insert(offer)
      }
    }
    return offers
  }

  private func freeSeats(_ offers: [Appointment], in world: World) async throws -> Int? {
    try await world.store.read { try $0.slotAvailability(offers[0].slot)?.freeSeats }
  }

  @Test(
    "what is more than a unit takes is worked off, each once",
    arguments: World.StoreKind.allCases)
  func manyUnits(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let offers = try await offers(120, in: world)
    world.clock.advance(by: .hours(23))
    let count = try await world.auditCount()
    let report = try await world.lookAtTheClock()
    #expect(report.moveCounts == [Self.method: 120])
    #expect(report.moveCount == 120)
    #expect(try await world.auditCount() == count + 120)
    #expect(try await freeSeats(offers, in: world) == 120)
    try await world.expectNothing()
  }

  @Test(
    "one thing that cannot be moved is told, and keeps no other from being moved",
    arguments: World.StoreKind.allCases)
  func oneFails(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let offers = try await offers(60, in: world)
    let stuck = offers[7]
    var random = SystemRandomNumberGenerator()
    let event = StatusEvent(
      id: StatusEventID(using: &random), aggregate: .appointment, uid: stuck.id.rawValue,
      version: stuck.revision.version.next, type: "Lapse", stateAfter: 8, actorClass: .system,
      time: world.clock.now)
    // The event of the version to come is there already, so that the move cannot have its own.
    try await world.store.write { try $0.append(event) }
    world.clock.advance(by: .hours(23))
    let report = try await world.lookAtTheClock()
    #expect(report.moveCounts == [Self.method: 59])
    #expect(report.failureCount == 1)
    #expect(report.failures.map(\.id) == [stuck.id.rawValue])
    #expect(report.failures.first?.description.contains("refused by identifier") == true)
    #expect(try await freeSeats(offers, in: world) == 59)
    #expect(try await world.store.read { try $0.appointment(stuck.id)?.state } == .offered)
    #expect(try await world.lookAtTheClock().failures.map(\.id) == [stuck.id.rawValue])
  }

  @Test("two looks at once move everything once", arguments: World.StoreKind.allCases)
  func atOnce(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let offers = try await offers(60, in: world)
    world.clock.advance(by: .hours(23))
    async let first = world.lookAtTheClock()
    async let second = world.lookAtTheClock()
    let reports = try await [first, second]
    #expect(reports.map(\.moveCount).reduce(0, +) == 60)
    #expect(reports.map(\.failureCount) == [0, 0])
    for offer in offers {
      #expect(try await world.events(of: .appointment, offer.id.rawValue).count == 1)
    }
  }

  @Test(
    "request ids are forgotten when their time is over", arguments: World.StoreKind.allCases)
  func requests(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let digest = try #require(Digest([UInt8](repeating: 1, count: 32)))
    let now = world.clock.now
    try await world.store.write { tx in
      for _ in 0..<120 {
        try tx.record(
          IdempotencyRecord(
            partner: .iom, method: "m/M", requestID: requestID(), requestDigest: digest,
            response: [], createTime: now, expireTime: now + IdempotencyRecord.retention))
      }
    }
    // The two calls that started the pilot are as old.
    world.clock.advance(by: IdempotencyRecord.retention - .microseconds(1))
    #expect(try await world.lookAtTheClock().forgottenCount == 0)
    world.clock.advance(by: .microseconds(1))
    #expect(try await world.lookAtTheClock().forgottenCount == 122)
    #expect(try await world.lookAtTheClock().forgottenCount == 0)
  }

  @Test("a store that is closed is told once per kind, and thrown at nobody")
  func closed() async throws {
    let world = try await World()
    try await world.store.close()
    let report = try await world.lookAtTheClock()
    #expect(report.moveCount == 0)
    #expect(report.failureCount == 10)
    #expect(report.failures.allSatisfy { $0.id == nil })
  }
}

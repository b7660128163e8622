import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// The opening minute over real connections: five hundred households, fifty seats (INV-1, INV-2).
///
/// Not every caller is a good one: some give up what they hold, some come with a wrong fence. None of
/// it may cost a seat.
@Suite("Five hundred callers for fifty seats", .serialized)
struct SeatRaceTests {
  static let callerCount = 500
  static let seatCount = 50
  static let channelCount = 8

  /// What a caller does with the hold it gets.
  enum Manner: CaseIterable {
    case books, givesUp, errsFirst
  }

  /// What became of a caller.
  enum Outcome: Equatable {
    case booked, full, gaveUp
    case other(String)
  }

  struct Answer: Equatable {
    var household: Int
    var outcome: Outcome
  }

  @Test(
    "nobody gets a seat twice or half a household, and no seat is lost", .timeLimit(.minutes(4)),
    arguments: [UInt64(20_230_612), UInt64.random(in: 1...UInt64.max)])
  func race(seed: UInt64) async throws {
    let world = try await World(.sqlite)
    var crowd = try await Crowd(world, seed: seed, count: Self.callerCount)
    let slot = try await world.slot(seats: Self.seatCount)
    let router = ProgrammeServices.router(at: try Desk(store: world.store, secrets: World.secrets))
    let callers = crowd
    let answers = try await Loopback.serve(router) { endpoint in
      try await Self.rush(callers, slot, seed: seed, endpoint)
    }
    #expect(answers.count == Self.callerCount)
    let strange = answers.filter { if case .other = $0.outcome { true } else { false } }
    #expect(strange == [], "seed \(seed)")
    var free = Self.seatCount
    for answer in answers where answer.outcome == .booked { free -= crowd.size(answer.household) }
    try await Self.checkSeats(world, slot, crowd, free: free, seed: seed)

    // Whoever was turned away comes again, now alone: booked exactly if the household still fits.
    let caller = world.caller("iom/CONTACT_CENTRE").appointments
    for answer in answers where answer.outcome == .full {
      let size = crowd.size(answer.household)
      let outcome = await Self.call(caller, crowd.households[answer.household], slot, .books)
      #expect(outcome == (size <= free ? .booked : .full), "seed \(seed): \(size) of \(free)")
      if outcome == .booked { free -= size }
    }
    // What is left is there to be had, seat by seat, and then no more.
    for _ in 0..<free {
      let single = try await crowd.add(world, of: 1)
      #expect(await Self.call(caller, single, slot, .books) == .booked, "seed \(seed)")
    }
    let late = try await crowd.add(world, of: 1)
    #expect(await Self.call(caller, late, slot, .books) == .full, "seed \(seed)")
    try await Self.checkSeats(world, slot, crowd, free: 0, seed: seed)
  }

  /// Everybody at once, spread over the connections.
  private static func rush(
    _ crowd: Crowd, _ slot: Slot, seed: UInt64, _ endpoint: Endpoint
  ) async throws -> [Answer] {
    var random = SplitMix64(seed: seed)
    let channels = (0..<channelCount).map { _ in
      HTTP2Channel(endpoint: endpoint, configuration: .init())
    }
    let order = crowd.households.indices.shuffled(using: &random)
    let answers = await withTaskGroup(of: Answer.self) { group in
      for (place, index) in order.enumerated() {
        let client = RPCClient(
          transport: channels[place % channelCount],
          metadata: [
            "pasarela-dev-identity": "iom/CONTACT_CENTRE", "pasarela-purpose": "PROCESSING",
          ])
        let draw = Int.random(in: 1...8, using: &random)
        let manner: Manner = draw == 1 ? .givesUp : draw == 2 ? .errsFirst : .books
        let household = crowd.households[index]
        group.addTask {
          Answer(household: index, outcome: await call(.init(client), household, slot, manner))
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for channel in channels { await channel.close() }
    return answers
  }

  private static func call(
    _ client: SafeMobility.AppointmentServiceClient, _ household: Crowd.Household, _ slot: Slot,
    _ manner: Manner
  ) async -> Outcome {
    do throws(RPCError) {
      let held = try await client.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = household.name
          $0.seats = Int32(household.persons.count)
          $0.requestId = requestID()
        })
      guard let hold = held.hold else { return .other("no hold") }
      switch manner {
      case .books: break
      case .givesUp:
        _ = try await client.releaseHold(
          .with {
            $0.name = hold.name
            $0.etag = hold.etag
            $0.requestId = requestID()
          })
        return .gaveUp
      case .errsFirst:
        guard await isStale(client, hold, household) else { return .other("a wrong fence booked") }
      }
      let booked = try await client.bookAppointment(booking(hold, hold.fence, household))
      let isWhole =
        booked.appointment?.attendees.map(\.person) == household.persons
        && Int(booked.appointment?.seats ?? 0) == household.persons.count
      return isWhole ? .booked : .other("half a household")
    } catch {
      let refused = Refused(error)
      let isFull = refused?.code == .failedPrecondition && refused?.reason == "SLOT_FULL"
      return isFull ? .full : .other(refused?.description ?? error.message)
    }
  }

  private static func isStale(
    _ client: SafeMobility.AppointmentServiceClient, _ hold: SafeMobility.Hold,
    _ household: Crowd.Household
  ) async -> Bool {
    do {
      _ = try await client.bookAppointment(booking(hold, hold.fence + 1, household))
      return false
    } catch {
      return Refused(error)?.reason == "HOLD_FENCE_STALE"
    }
  }

  private static func booking(
    _ hold: SafeMobility.Hold, _ fence: Int64, _ household: Crowd.Household
  ) -> SafeMobility.BookAppointmentRequest {
    .with {
      $0.hold = hold.name
      $0.fence = fence
      $0.attendees = household.persons
      $0.requestId = requestID()
    }
  }

  /// The store's own account: so many seats free, the others with whole households, one each.
  private static func checkSeats(
    _ world: World, _ slot: Slot, _ crowd: Crowd, free: Int, seed: UInt64
  ) async throws {
    let (available, live, held) = try await world.store.read { reader in
      (
        try reader.slotAvailability(slot.id)?.freeSeats, try reader.liveAppointments(in: slot.id),
        try reader.activeHolds(in: slot.id)
      )
    }
    #expect(available == free, "seed \(seed)")
    #expect(held == [], "seed \(seed): a failed attempt has kept seats")
    #expect(live.reduce(0) { $0 + $1.seats } == seatCount - free, "seed \(seed)")
    #expect(Set(live.map(\.registration)).count == live.count, "seed \(seed): booked twice")
    let sizes = Dictionary(uniqueKeysWithValues: crowd.households.map { ($0.id, $0.persons.count) })
    let parts = live.filter { $0.seats != sizes[$0.registration] || $0.attendees.count != $0.seats }
    #expect(parts == [], "seed \(seed): half a household")
  }
}

import Domain
import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Synchronization
import Testing

/// Only PostgreSQL has units side by side, which could wait for each other in a circle. Here one unit has something for
/// itself, another waits for that, and what the second must not have got hold of meanwhile is free for a third.
@Suite("Cases before slots, slots in order and before their seats", .timeLimit(.minutes(2)))
struct SlotOrderTests {
  /// A unit of work that has something for itself until it is told to end, or for twenty seconds.
  private final class Occupant: Sendable {
    private let release = DispatchSemaphore(value: 0)
    private let isOver = Atomic(false)
    private let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(
      in world: World, _ take: @escaping @Sendable (any StoreTransaction) throws -> Void
    ) async throws {
      let unit = Task { [self] in
        try await world.store.write { [self] tx in
          try take(tx)
          // What is only told goes out with the next question.
          _ = try tx.statusEventEnd()
          begin.yield()
          _ = release.wait(timeout: .now() + 20)
          isOver.store(true, ordering: .relaxed)
        }
      }
      task.withLock { $0 = unit }
      var iterator = begun.makeAsyncIterator()
      _ = await iterator.next()
    }

    /// Whether it has waited for nobody in vain.
    var isThere: Bool { !isOver.load(ordering: .relaxed) }

    func end() async throws {
      release.signal()
      try await task.withLock { $0 }?.value
    }
  }

  /// Time for a call to come to where it waits.
  private static func settle() async throws { try await Task.sleep(for: .milliseconds(300)) }

  private struct Undone: Error {}

  @Test("an offer passes over a household on whose case somebody is at work")
  func busyCase() async throws {
    let scene = try await WaitingCase(.postgres)
    let booked = try await scene.visit.booked()
    let busy = try await scene.waiting(.couple, seed: 2, rank: .days(3))
    let next = try await scene.waiting(.couple, seed: 3, rank: .days(2))
    let id = busy.registration.id
    let occupant = try await Occupant(in: scene.world) { _ = try $0.registration(id) }
    _ = try await scene.visit.cancelled(booked, by: scene.agent)
    #expect(occupant.isThere)
    try await occupant.end()
    #expect(try await scene.entry(busy).state == .waiting)
    #expect(try await scene.entry(next).state == .offered)
  }

  @Test("seats are given back by who has the slot")
  func seatsAfterSlot() async throws {
    let scene = try await WaitingCase(.postgres)
    let (world, slot) = (scene.world, scene.visit.slot)
    let answer = try await scene.agent.holdSlot(
      .with {
        $0.slot = slot.resourceName
        $0.registration = scene.visit.name
        $0.seats = 2
        $0.requestId = requestID()
      })
    let waiting = try await scene.waiting(seed: 2, rank: .days(3))
    let id = try #require(HoldID(rawValue: answer.hold?.uid ?? ""))
    let hold = try #require(try await world.store.read { try $0.hold(id) })
    let time = world.clock.now
    let occupant = try await Occupant(in: world) { try $0.keepStill(slot.id) }
    world.clock.advance(by: .minutes(10))
    async let report = world.desk.endWhatIsDue()
    try await Self.settle()
    // Whoever books what it holds has the seats without the slot.
    world.clock.set(time)
    await #expect(throws: Undone.self) {
      try await world.store.write { tx in
        try tx.takeSeats(of: hold, for: AppointmentID(checked: "a"))
        throw Undone()
      }
    }
    #expect(occupant.isThere)
    try await occupant.end()
    // A slow machine has not come to it before the clock was set back.
    let count = try await report.moveCount
    world.clock.advance(by: .minutes(10))
    #expect(try await count + world.desk.endWhatIsDue().moveCount == 1)
    #expect(try await scene.entry(waiting).state == .offered)
  }

  @Test(
    "who goes from one slot to another waits for the first before it has the second, whosever they are",
    arguments: ["gt-xel-01/interview", "gt-gua-01/interview"])
  func slotsInOrder(service: String) async throws {
    let scene = try await WaitingCase(.postgres)
    let world = scene.world
    let booked = try await scene.visit.booked()
    _ = try await scene.waiting(seed: 2, rank: .days(3))
    let low = scene.visit.slot
    var high = try await world.slot(service, in: .days(2))
    while high.id < low.id { high = try await world.slot(service, in: .days(2)) }
    let (first, second) = (low.id, high.id)
    let occupant = try await Occupant(in: world) { try $0.keepStill(first) }
    async let moved = scene.visit.rescheduled(booked, to: high)
    try await Self.settle()
    try await world.store.write { try $0.keepStill(second) }
    #expect(occupant.isThere)
    try await occupant.end()
    #expect(try await moved.appointment?.slot == high.resourceName)
  }

  @Test("who closes a slot, or marks who has not come, waits for the cases before it has the slot")
  func casesFirst() async throws {
    for isBlocked in [true, false] {
      let scene = try await WaitingCase(.postgres)
      let (world, slot) = (scene.world, scene.visit.slot)
      _ = try await scene.visit.booked()
      let id = scene.visit.registration.id
      let occupant = try await Occupant(in: world) { _ = try $0.registration(id) }
      if !isBlocked { world.clock.set(slot.end + .days(1)) }
      async let work: Void = Self.end(slot, in: world, isBlocked: isBlocked)
      try await Self.settle()
      try await world.store.write { try $0.keepStill(slot.id) }
      #expect(occupant.isThere)
      try await occupant.end()
      try await work
      #expect(try await scene.open(scene.visit.registration)?.state == .waiting)
    }
  }

  private static func end(_ slot: Slot, in world: World, isBlocked: Bool) async throws {
    guard isBlocked else {
      #expect(try await world.desk.endWhatIsDue().moveCount == 1)
      return
    }
    _ = try await world.caller("iom/SUPERVISOR").offices.blockSlots(
      .with {
        $0.parent = WaitingCase.office
        $0.slots = [slot.resourceName]
        $0.reason = .staff
        $0.requestId = requestID()
      })
  }
}

import Domain
import Foundation
import RPCCore
import RPCTransportHTTP2
import StoreSamples
import Testing
import Trials

/// "Acknowledged means durable": a power cut at any moment loses no answered write and leaves no half of one, in no
/// table; the log only grows, and who watches misses nothing.
@Suite("a server killed under mixed load", .serialized)
struct KillTests {
  static let isFull = ProcessInfo.processInfo.environment["PASARELA_FULL"] == "1"
  static let killCount = isFull ? 200 : 20

  static let seed: UInt64 =
    ProcessInfo.processInfo.environment["PASARELA_SEED"].flatMap(UInt64.init)
    ?? UInt64.random(in: 1...UInt64.max)

  /// Desks with a dozen households each; then those who wait, a few each.
  private static let deskCount = 3
  private static let householdsPerDesk = 12
  private static let waitingCount = 8

  @Test(
    "loses nothing it has answered, leaves nothing half done, and goes on in its log and its feed",
    .timeLimit(.minutes(isFull ? 30 : 10)))
  func killing() async throws {
    print(
      "seed \(Self.seed): PASARELA_SEED=\(Self.seed) repeats what was asked and when; not the races"
    )
    var random = SeededRandom(seed: Self.seed)
    let world = try await TrialWorld(
      seed: Self.seed, householdCount: Self.deskCount * Self.householdsPerDesk + Self.waitingCount,
      seatsPerSlot: 60, slotCount: 4, eligibleCount: 4)
    var log = try world.logGrowth()
    let watches = try await beginWatches(world)
    let start = try StoreInspection(copyOf: world.storePath)
    var (counts, idleKills, answered) = ([String: Int](), 0, [Acknowledged]())
    for kill in 1...Self.killCount {
      // Eleven minutes on, so that holds whose answer nobody heard have run out.
      try world.start(minutesAfterOpening: 11 * kill)
      try await expectAnswered(answered, world, kill: kill)
      let load = try await runUntilKilled(world, watches, random: &random)
      answered = load.all
      for write in answered { counts[write.name, default: 0] += 1 }
      if answered.isEmpty { idleKills += 1 }
      // A copy: the log of a killed server is the next server's to replay, not the inspection's.
      let store = try StoreInspection(copyOf: world.storePath)
      let findings = try await store.findings() + store.miscounts() + log.look(into: store)
      try #require(load.unexpected == [], "kill \(kill)")
      try #require(findings == [], "kill \(kill)")
      try #require(watches.flatMap(\.failures) == [], "kill \(kill)")
    }
    try world.start(minutesAfterOpening: 11 * (Self.killCount + 1))
    try await expectAnswered(answered, world, kill: Self.killCount)
    let told = try await expectTold(watches, since: start, world)
    try expectProven(log, world)
    try world.stop()
    let store = try StoreInspection(path: world.storePath)
    #expect(try await log.look(into: store) == [])
    #expect(try await log.isStill(in: store))
    report(counts, told, log)
    expectLoad(counts, idleKills: idleKills, log)
  }

  // MARK: One life

  /// Everybody works and watches; the server dies at a random moment.
  private func runUntilKilled(
    _ world: TrialWorld, _ watches: [LivingWatch], random: inout SeededRandom
  ) async throws -> WriteLoad {
    let load = WriteLoad()
    let moment = Duration.milliseconds(Int(random.next() % 500))
    let channels = try (0..<(Self.deskCount + 4)).map { _ in try world.channel() }
    let seeds = channels.map { _ in SeededRandom(seed: random.next()) }
    let clerks = channels.map { Clerk(channel: $0, identity: "iom/CONTACT_CENTRE") }
    let waiting = world.households.suffix(Self.waitingCount)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for desk in 0..<Self.deskCount {
        let own = (desk * Self.householdsPerDesk)..<((desk + 1) * Self.householdsPerDesk)
        group.addTask {
          await load.workOnSeats(
            world.households[own], world.slots, by: clerks[desk], random: seeds[desk])
        }
      }
      let rest = Self.deskCount
      group.addTask { await load.workOnWaiting(waiting, by: clerks[rest], random: seeds[rest]) }
      group.addTask { await load.workOnConsents(world.eligible[...], by: clerks[rest + 1]) }
      group.addTask { await load.workOnDuplicates(by: clerks[rest + 2], random: seeds[rest + 2]) }
      for watch in watches { group.addTask { await watch.live(over: channels[rest + 3]) } }
      // From the first answer on, or a slow machine would prove nothing.
      let limit = ContinuousClock.now + .seconds(10)
      while load.all.isEmpty, ContinuousClock.now < limit {
        try await Task.sleep(for: .milliseconds(1))
      }
      try await Task.sleep(for: moment)
      world.kill()
      group.cancelAll()
      try await group.waitForAll()
    }
    for channel in channels { await channel.close() }
    return load
  }

  private func expectAnswered(
    _ writes: [Acknowledged], _ world: TrialWorld, kill: Int
  ) async throws {
    let channel = try world.channel()
    await withTaskGroup(of: Void.self) { group in
      for write in writes {
        group.addTask {
          var told = "another answer"
          do {
            if try await write.isStillAnswered(channel) { return }
          } catch {
            told = "\(error)"
          }
          Issue.record(
            "kill \(kill): an acknowledged \(write.name) is lost or was changed: \(told)")
        }
      }
    }
    await channel.close()
  }

  // MARK: The watches

  private func beginWatches(_ world: TrialWorld) async throws -> [LivingWatch] {
    try world.start()
    let channel = try world.channel()
    let watches = LivingWatch.all()
    for watch in watches { try await watch.begin(channel) }
    await channel.close()
    world.kill()
    return watches
  }

  /// Lets them hear the rest, and compares all of it with the feed.
  private func expectTold(
    _ watches: [LivingWatch], since start: StoreInspection, _ world: TrialWorld
  ) async throws -> [String] {
    let channel = try world.channel()
    var lines: [String] = []
    for watch in watches {
      let store = try StoreInspection(copyOf: world.storePath)
      if watch.kind == .slot {
        try await expectSlotsTold(watch, since: start, store, over: channel)
      } else {
        let known = try start.events(of: watch.kind).count
        let feed = try store.events(of: watch.kind).dropFirst(known)
        try await hear(watch, until: feed.count, over: channel)
        #expect(watch.told.map(\.uid) == feed.map(\.uid), "\(watch.kind)")
        #expect(watch.told.map(\.version) == feed.map(\.version), "\(watch.kind)")
      }
      #expect(watch.failures == [], "\(watch.kind)")
    }
    for watch in watches {
      lines.append("\(watch.told.count) \(watch.kind) in \(watch.lifeCount) lives")
      #expect(watch.lifeCount > Self.killCount / 8, "\(watch.kind)")
    }
    await channel.close()
    return lines
  }

  /// Whose hold or visit moved a slot's seats is hidden from who watches slots, so each change is known by its slot.
  private func expectSlotsTold(
    _ watch: LivingWatch, since start: StoreInspection, _ store: StoreInspection,
    over channel: HTTP2Channel
  ) async throws {
    let known = try start.slotChanges(office: LivingWatch.officeID).count
    let changes = try store.slotChanges(office: LivingWatch.officeID).dropFirst(known)
    try await hear(watch, until: changes.count, over: channel)
    #expect(
      watch.told.map { String($0.resource.split(separator: "/").last ?? "") } == Array(changes))
    #expect(Set(watch.told.map(\.uid)).count == changes.count, "each is told of once")
  }

  /// Lets one hear of so many changes in all, within 20 seconds.
  private func hear(
    _ watch: LivingWatch, until count: Int, over channel: HTTP2Channel
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await watch.live(over: channel, until: count) }
      group.addTask { try await Task.sleep(for: .seconds(20)) }
      try await group.next()
      group.cancelAll()
    }
  }

  // MARK: The log

  /// The log as the server gives it out is the one that every checkpoint of every life was signed for.
  private func expectProven(_ log: LogGrowth, _ world: TrialWorld) throws {
    let folder = try TemporaryFolder()
    var kept: [String] = []
    for (size, note) in log.notes {
      let path = folder.file("\(size).note")
      try note.write(toFile: path, atomically: true, encoding: .utf8)
      kept += ["--checkpoint", path]
    }
    let auditor = LogAuditor(world, folder)
    let (code, words) = try auditor.verify(try auditor.export(), kept)
    #expect(code == 0, "\(words)")
    #expect(words.contains("entries are as they were signed"))
  }

  // MARK: What it was worth

  private func report(_ counts: [String: Int], _ told: [String], _ log: LogGrowth) {
    let writes = counts.values.reduce(0, +)
    let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    print(
      "\(Self.killCount) kills, \(writes) acknowledged writes: \(kinds.joined(separator: ", "))")
    print("\(log.size) entries under \(log.notes.count) checkpoints; told of \(told)")
  }

  private func expectLoad(_ counts: [String: Int], idleKills: Int, _ log: LogGrowth) {
    // What takes many calls may come to nothing in a few lives.
    var expected: Set = ["hold", "registration", "join", "propose", "withdraw", "form", "document"]
    if Self.isFull {
      expected.formUnion([
        "book", "cancel", "release", "leave", "confirm", "grant", "referral", "send", "submit",
        "resolve",
      ])
    }
    #expect(expected.subtracting(counts.keys) == [], "the load left something out")
    #expect(
      counts.values.reduce(0, +) > 5 * Self.killCount, "the load was too small to prove anything")
    #expect(idleKills == 0, "\(idleKills) kills met a server that had written nothing")
    #expect(log.notes.count > Self.killCount / 4, "too few checkpoints to compare")
  }
}

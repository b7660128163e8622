import Domain
import Foundation
import MemoryStore
import Storage
import StorageSQL
import StoreSamples
import Synchronization
import Testing

/// Acknowledged means durable, at the store itself; the whole server has its own trial.
@Suite struct CrashTests {
  @Test(.timeLimit(.minutes(2)), arguments: 1...10 as ClosedRange<UInt64>)
  func `a store killed while writing keeps every answered unit, whole`(seed: UInt64) async throws {
    let database = try TemporaryDatabase()
    let world = try StoredWorld()
    let first = try SQLStore.open(
      sqlite: database.path, environment: .test(now: { StoredWorld.opening }))
    try await first.write { try world.seed($0) }
    try await first.close()

    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = database.path as String, seed = seed as UInt64] in
      try await CrashingWriter(path: path, seed: seed).run()
    }

    let answered = try String(contentsOfFile: database.path + ".answered", encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    let store = try SQLStore.open(
      sqlite: database.path, environment: .test(now: { StoredWorld.opening }))
    let method = "safemobility.v1.AppointmentService/BookAppointment"
    let missing = try await store.read { reader in
      try answered.filter {
        try reader.idempotencyRecord(
          partner: world.referrer.id, method: method, requestID: $0) == nil
      }
    }
    #expect(!answered.isEmpty)
    #expect(missing == [], "seed \(seed): of \(answered.count) answered")
    // Each unit leaves one event and one entry: as many of the one as of the other, or a unit is
    // half there.
    let entries = try await store.read { try $0.auditLogSize() }
    let events = try await store.read { try $0.statusEvents(after: 0, limit: 1_000_000).items }
    #expect(entries == Int64(events.count))
    #expect(entries >= Int64(answered.count))
    #expect(events.map(\.position) == events.indices.map { Int64($0) + 1 })
    #expect(try await store.integrityProblems() == [])
    try await store.close()
  }
}

/// Writes from eight callers and notes each answer, until it kills its own process.
private struct CrashingWriter: Sendable {
  let path: String
  let seed: UInt64

  func run() async throws {
    let store = try SQLStore.open(
      sqlite: path, environment: .test(now: { StoredWorld.opening }))
    let world = try StoredWorld()
    let answers = try AnswerFile(path: path + ".answered")
    let delay = Duration.milliseconds(Int(seed * 37 % 250))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // The moment counts from the first answer, or a slow machine would prove nothing.
        while answers.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
        try await Task.sleep(for: delay)
        kill(getpid(), SIGKILL)
      }
      for caller in 0..<8 {
        group.addTask {
          var maker = SampleMaker(world, seed: seed << 8 | UInt64(caller))
          for number in 0..<1_000_000 {
            let id = "\(caller)-\(number)"
            let record = try maker.record(requestID: id)
            let event = maker.event(.appointment, uid: id)
            let (entry, digest) = (try maker.entry(), try maker.digest())
            try await store.write {
              try $0.append(event)
              try $0.append(entry, digest: digest)
              try $0.record(record)
            }
            answers.note(id)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

/// Lines that are in the kernel's hands when `note` returns, and so survive a SIGKILL.
private final class AnswerFile: Sendable {
  private let handle: Mutex<FileHandle>
  private let noted = Atomic<Int>(0)

  var count: Int { noted.load(ordering: .acquiring) }

  init(path: String) throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    handle = Mutex(try FileHandle(forWritingTo: URL(fileURLWithPath: path)))
  }

  func note(_ id: String) {
    handle.withLock { $0.write(Data((id + "\n").utf8)) }
    noted.wrappingAdd(1, ordering: .releasing)
  }
}

import Domain
import Foundation
import MemoryStore
import Storage
import StorageSQL
import StoreSamples
import Testing

@Suite struct StoreCheckTests {
  private static let environment = StoreEnvironment.test(now: { StoredWorld.opening })

  @Test(arguments: [
    ("UPDATE seat SET appointment_id = 'nobody' WHERE seat_no = 1", "a seat is of one appointment"),
    ("UPDATE registration SET version = 9", "INV-9: a registration's last version"),
    ("DELETE FROM person WHERE uid = (SELECT MIN(uid) FROM person)", "missing row"),
    ("INSERT INTO audit_checkpoint VALUES (0, zeroblob(32), 0, '')", "the checkpoint of 0 entries"),
    ("INSERT INTO audit_checkpoint VALUES (7, zeroblob(32), 0, '')", "the checkpoint of 7 entries"),
  ])
  func `a broken rule is found`(damage: String, finding: String) async throws {
    let database = try TemporaryDatabase()
    let store = try SQLStore.open(sqlite: database.path, environment: Self.environment)
    let world = try StoredWorld()
    var maker = SampleMaker(world, seed: 4)
    let slot = maker.slot(seats: 2)
    let household = maker.household(of: 2)
    let neighbour = maker.household(of: 1)
    let candidate = maker.candidate(of: household.persons[0], and: neighbour.persons[0])
    let created =
      [household, neighbour].map {
        maker.event(.registration, uid: $0.registration.id.rawValue, state: 1)
      }
      + [maker.event(.duplicateCandidate, uid: candidate.id.rawValue, state: 1)]
    let entry = try maker.entry(at: StoredWorld.opening)
    try await store.write { tx in
      try world.seed(tx)
      try tx.insert(slot)
      try household.insert(tx)
      try neighbour.insert(tx)
      try tx.insert(candidate)
      for event in created { try tx.append(event) }
      try tx.append(entry, digest: Self.environment.hash(entry.canonicalBytes))
    }
    // Looked at beside the server that has it open.
    let inspector = SQLStore.inspecting(sqlite: database.path, environment: Self.environment)
    #expect(try await inspector.check() == [])
    try await store.close()
    let engine = try SQLiteEngine(path: database.path)
    try engine.prepare { connection in
      try connection.script("PRAGMA foreign_keys = OFF")
      try connection.script(damage)
    }
    try await engine.close()
    let found = try await inspector.check()
    #expect(found.contains { $0.contains(finding) }, "\(found)")
    try await inspector.close()
  }

  @Test func `who checks a store needs no key of it`() async throws {
    let database = try TemporaryDatabase()
    let store = try SQLStore.open(sqlite: database.path, environment: Self.environment)
    let world = try StoredWorld()
    var maker = SampleMaker(world, seed: 4)
    var entry = try maker.entry(at: StoredWorld.opening)
    entry.subject = AuditSubject(registration: RegistrationID(checked: "r"), referral: nil)
    let logged = entry
    try await store.write { tx in
      try world.seed(tx)
      try tx.append(logged, digest: Self.environment.hash(logged.canonicalBytes))
    }
    try await store.close()
    var keyless = Self.environment
    keyless.vault.open = { _, _ in nil }
    let inspector = SQLStore.inspecting(sqlite: database.path, environment: keyless)
    #expect(try await inspector.check() == [])
    try await inspector.close()
  }

  @Test func `a backup is made beside a server, is whole, and never takes another's place`()
    async throws
  {
    let database = try TemporaryDatabase()
    let store = try SQLStore.open(sqlite: database.path, environment: Self.environment)
    let world = try StoredWorld()
    try await store.write { try world.seed($0) }
    let copy = database.path + ".backup"
    try SQLiteBackup.make(of: database.path, at: copy)
    let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(throws: StoreError.self) { try SQLiteBackup.make(of: database.path, at: copy) }
    #expect(throws: StoreError.self) {
      try SQLiteBackup.make(of: database.path + ".none", at: copy + "2")
    }
    try await store.close()
    let restored = try SQLStore.open(sqlite: copy, environment: Self.environment)
    #expect(try await restored.read { try $0.programs() } == [world.program])
    #expect(try await restored.check() == [])
    try await restored.close()
  }
}

import Domain
import Storage
import StoreSamples
import Testing

@Suite struct EntityTests {
  @Test(arguments: StoreUnderTest.allCases)
  func `every field of every entity reads back as it was stored`(_ kind: StoreUnderTest)
    async throws
  {
    try await kind.run { store, _, maker in
      let full = try FullSamples(&maker)
      try await store.write { try full.insert($0) }
      try await store.read { try full.expectStored($0) }
    }
  }

  @Test func `the full samples leave no field empty, so that a lost column is noticed`() throws {
    var maker = SampleMaker(try StoredWorld(), seed: 7)
    for (entity, value) in try FullSamples(&maker).all {
      for child in Mirror(reflecting: value).children {
        let text = String(describing: child.value)
        #expect(!["nil", "[]", ""].contains(text), "\(entity).\(child.label ?? "")")
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `an id is given once`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, _, maker in
      let full = try FullSamples(&maker)
      let world = maker.world
      try await store.write { try full.insert($0) }
      let again: [@Sendable (any StoreTransaction) throws -> Void] = [
        { try $0.insert(world.program) }, { try $0.insert(world.window) },
        { try $0.insert(world.office) }, { try $0.insert(world.offer) },
        { try $0.insert(world.schedule) }, { try $0.insert(world.referrer) },
        { try $0.insert(full.rule) }, { try $0.insert(full.slot) },
        { try $0.insert(full.document) },
        { try $0.insert(full.consent) }, { try $0.insert(full.referral) },
        { try $0.insert(full.decision) }, { try $0.append(full.event) },
        { try $0.append(full.entry, digest: full.digest) },
        { try $0.insert(full.person, key: []) },
      ]
      for unit in again {
        await #expect(throws: StoreError.conflict(.identifier)) { try await store.write(unit) }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `an update needs the version that is stored`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      let full = try FullSamples(&maker)
      try await store.write { try full.insert($0) }
      let later = clock.now + .seconds(1)
      let second = try #require(Version(rawValue: 2))
      for update in full.updates(at: later) {
        await #expect(throws: StoreError.versionMismatch) {
          try await store.write { try update($0, second) }
        }
        try await store.write { try update($0, .first) }
        await #expect(throws: StoreError.versionMismatch) {
          try await store.write { try update($0, .first) }
        }
      }
      try await store.read { try full.advanced(at: later).expectStored($0) }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `an update of nothing is not found`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, clock, maker in
      let full = try FullSamples(&maker)
      for update in full.updates(at: clock.now) {
        await #expect(throws: StoreError.notFound) {
          try await store.write { try update($0, .first) }
        }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a reference to nothing is refused`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, _, maker in
      let full = try FullSamples(&maker)
      var orphan = full.person
      orphan.registration = RegistrationID(using: &maker.random)
      let units: [@Sendable (any StoreTransaction) throws -> Void] = [
        { try $0.insert(full.document) }, { try $0.insert(full.consent) },
        { try $0.insert(full.referral) }, { try $0.insert(full.decision) },
        { [orphan] in try $0.insert(orphan, key: []) },
        { try $0.insert(full.hold) }, { try $0.insert(full.appointment) },
        { try $0.insert(full.candidate) },
        { try $0.setMatchKeys([full.digest], of: full.person.id) },
      ]
      for unit in units {
        await #expect(throws: StoreError.conflict(.reference)) { try await store.write(unit) }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a unit that throws leaves nothing`(_ kind: StoreUnderTest) async throws {
    struct Stop: Error {}
    try await kind.run { store, _, maker in
      let full = try FullSamples(&maker)
      await #expect(throws: Stop.self) {
        try await store.write {
          try full.insert($0)
          throw Stop()
        }
      }
      #expect(try await store.read { try $0.registration(full.registration.id) } == nil)
      #expect(try await store.read { try $0.auditLogSize() } == 0)
      #expect(try await store.read { try $0.statusEvents(after: 0, limit: 9).items } == [])
      try await store.write { try full.insert($0) }
      #expect(try await store.read { try $0.auditLogSize() } == 1)
    }
  }
}

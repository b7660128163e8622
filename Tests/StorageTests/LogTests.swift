import Domain
import Storage
import StoreSamples
import Testing

@Suite struct LogTests {
  @Test(arguments: StoreUnderTest.allCases)
  func `places in the log are dense and its time only goes forward, whatever the clock does`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let start = clock.now
      for step in [Duration.seconds(1), .zero, .seconds(-60), .seconds(70)] {
        clock.advance(by: step)
        let entries = [try maker.entry(at: clock.now), try maker.entry(at: clock.now)]
        let digest = try maker.digest()
        try await store.write {
          for entry in entries { try $0.append(entry, digest: digest) }
        }
      }
      let page = try await store.read { try $0.auditEntries(from: 0, limit: 8) }
      #expect(page.items.map(\.leaf.position) == Array(0..<8))
      #expect(!page.hasMore)
      let elapsed = page.items.map { ($0.leaf.sequencedTime - start) / .microseconds(1) }
      let second = 1_000_000.0
      #expect(
        elapsed == [
          second, second + 1, second + 2, second + 3, second + 4, second + 5, 11 * second,
          11 * second + 1,
        ])
      let hashes = try await store.read { try $0.auditHashes(0, 2..<5) }
      #expect(hashes == page.items[2..<5].map(\.leaf.leafHash))
      #expect(Set(page.items.map(\.leaf.leafHash)).count == 8)
      let later = try await store.read { try $0.auditEntries(from: 6, limit: 1) }
      #expect(later == Page(items: [page.items[6]], hasMore: true))
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a version has one event, and the feed has every event in order`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      let second = try #require(Version(rawValue: 2))
      let events = [
        maker.event(.hold, uid: "h"), maker.event(.slot, uid: "h"),
        maker.event(.hold, uid: "h", version: second),
      ]
      let again = maker.event(.hold, uid: "h", version: second)
      #expect(try await store.read { try $0.statusEventEnd() } == 0)
      try await store.write { for event in events { try $0.append(event) } }
      await #expect(throws: StoreError.conflict(.identifier)) {
        try await store.write { try $0.append(again) }
      }
      let own = try await store.read { try $0.statusEvents(of: .hold, uid: "h") }
      #expect(own == [events[0], events[2]])
      let feed = try await store.read { try $0.statusEvents(after: 1, limit: 1) }
      #expect(
        feed == Page(items: [SequencedEvent(position: 2, event: events[1])], hasMore: true))
      let holds = [1, 3].map { SequencedEvent(position: Int64($0), event: events[$0 - 1]) }
      let some = try await store.read { reader in
        try [0, 1, 2, 3].map { try reader.statusEvents(of: [.hold], after: $0, limit: 1) }
      }
      #expect(
        some == [
          Page(items: [holds[0]], hasMore: true), Page(items: [holds[1]], hasMore: false),
          Page(items: [holds[1]], hasMore: false), Page(items: [], hasMore: false),
        ])
      let both = try await store.read { reader in
        (
          try reader.statusEvents(of: [.hold, .slot], after: 1, limit: 5).items.map(\.position),
          try reader.statusEvents(of: [.hold, .office, .slot], after: 0, limit: 2).items
            .map(\.position),
          try reader.statusEvents(of: [.office, .person], after: 0, limit: 2).items
        )
      }
      #expect(both.0 == [2, 3])
      #expect(both.1 == [1, 2])
      #expect(both.2 == [])
      #expect(try await store.read { try $0.statusEventEnd() } == 3)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a request id is remembered until its time and given once`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let record = try maker.record(requestID: "r1")
      var again = try maker.record(requestID: "r1")
      try await store.write { try $0.record(record) }
      await #expect(throws: StoreError.conflict(.requestID)) {
        try await store.write { [again] in try $0.record(again) }
      }
      let find: @Sendable (any StoreReader) throws -> IdempotencyRecord? = {
        try $0.idempotencyRecord(
          partner: record.partner, method: record.method, requestID: "r1")
      }
      clock.advance(by: IdempotencyRecord.retention - .microseconds(1))
      #expect(try await store.read { try find($0) } == record)
      #expect(try await store.write { try $0.forgetIdempotencyRecords(limit: 9) } == 0)
      clock.advance(by: .microseconds(1))
      #expect(try await store.read { try find($0) } == nil)
      again.expireTime = clock.now + .hours(1)
      try await store.write { [again] in try $0.record(again) }
      #expect(try await store.read { try find($0) } == again)
      clock.advance(by: .hours(1))
      #expect(try await store.write { try $0.forgetIdempotencyRecords(limit: 9) } == 1)
      #expect(try await store.write { try $0.forgetIdempotencyRecords(limit: 9) } == 0)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `one approval waits per move until it is settled, also when its time is over`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let first = try FullSamples(&maker).approval
      let second = try FullSamples(&maker).approval
      let find: @Sendable (any StoreReader) throws -> PendingApproval? = {
        try $0.pendingApproval(method: second.method, resource: second.resource)
      }
      try await store.write { try $0.insert(first) }
      await #expect(throws: StoreError.conflict(.pendingApproval)) {
        try await store.write { try $0.insert(second) }
      }
      clock.advance(by: first.expireTime - clock.now)
      #expect(try await store.read { try find($0) } == first)
      try await store.write { tx in
        var settled = first
        settled.state = .expired
        settled.revision.advance(at: tx.now)
        try tx.update(settled, from: first.revision.version)
        try tx.insert(second)
      }
      #expect(try await store.read { try find($0) } == second)
    }
  }
}

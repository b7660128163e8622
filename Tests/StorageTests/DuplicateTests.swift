import Dispatch
import Domain
import Storage
import StoreSamples
import Testing

@Suite struct DuplicateTests {
  @Test(arguments: StoreUnderTest.allCases)
  func `a pair is there once, whoever is named first`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, _, maker in
      let (one, other) = (maker.household(of: 1), maker.household(of: 1))
      let candidate = maker.candidate(of: one.persons[0], and: other.persons[0])
      let again = maker.candidate(of: other.persons[0], and: one.persons[0])
      try await store.write { tx in
        try one.insert(tx)
        try other.insert(tx)
        try tx.insert(candidate)
      }
      await #expect(throws: StoreError.conflict(.duplicatePair)) {
        try await store.write { try $0.insert(again) }
      }
      let found = try await store.read { try $0.duplicateCandidate(of: again.pair) }
      #expect(found == candidate)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `lists give the highest score first, page by page, as far as the filter says`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      let people = (0..<8).map { _ in maker.household(of: 1) }
      let scores = [12.5, 40, 31.25, -3, 25, 24.999, 31.25]
      let candidates = scores.enumerated().map { index, score in
        maker.candidate(
          of: people[0].persons[0], and: people[index + 1].persons[0], score: score,
          state: index % 2 == 0 ? .open : .distinct)
      }
      try await store.write { tx in
        for household in people { try household.insert(tx) }
        for candidate in candidates { try tx.insert(candidate) }
      }
      let sorted = candidates.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
      func list(
        _ filter: DuplicateFilter, after key: DuplicateKey? = nil, limit: Int = 99
      ) async throws -> Page<DuplicateCandidate> {
        try await store.read {
          try $0.duplicateCandidates(filter, after: key, limit: limit)
        }
      }
      #expect(try await list(.init()) == Page(items: sorted, hasMore: false))
      let first = try await list(.init(), limit: 3)
      #expect(first == Page(items: Array(sorted.prefix(3)), hasMore: true))
      let rest = try await list(.init(), after: DuplicateKey(sorted[2]), limit: 4)
      #expect(rest == Page(items: Array(sorted.suffix(4)), hasMore: false))
      #expect(
        try await list(.init(state: .distinct)).items == sorted.filter { $0.state == .distinct })
      #expect(try await list(.init(isHolding: true)).items.map(\.score) == [40, 31.25, 31.25, 25])
      let middle = DuplicateFilter(
        rankMin: DuplicateCandidate.rank(of: 31.25), rankMax: DuplicateCandidate.rank(of: 24.999))
      #expect(try await list(middle).items.map(\.score) == [31.25, 31.25, 25, 24.999])
      let one = DuplicateFilter(registration: people[3].registration.id)
      #expect(try await list(one).items == [candidates[2]])
      let all = DuplicateFilter(registration: people[0].registration.id, state: .open)
      #expect(
        try await list(all, after: DuplicateKey(sorted[0]), limit: 2).items
          == Array(sorted.filter { $0.state == .open }.prefix(2)))
      let every = try await store.read {
        try $0.duplicateCandidates(of: people[0].registration.id)
      }
      #expect(every == sorted)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `people are found under their present keys while their registration is live`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, clock, maker in
      let keys = try (0..<150).map { _ in try maker.digest() }
      let live = maker.household(of: 2, state: .submitted)
      let ended = maker.household(of: 1, state: .withdrawn)
      let (first, second) = (live.persons[0].id, live.persons[1].id)
      try await store.write { tx in
        try live.insert(tx)
        try ended.insert(tx)
        try tx.setMatchKeys(Array(keys[..<100]), of: first)
        try tx.setMatchKeys([keys[99], keys[149]], of: second)
        try tx.setMatchKeys([keys[0]], of: ended.persons[0].id)
      }
      let program = maker.world.program.id
      func hits(_ keys: [Digest], in program: ProgramID = program) async throws -> Set<MatchHit> {
        // Inside a unit and outside of one.
        let inside = try await store.write { try $0.matchHits(keys, in: program, limit: 9) }
        let outside = try await store.read { try $0.matchHits(keys, in: program, limit: 9) }
        #expect(Set(inside) == Set(outside))
        #expect(Set(inside).count == inside.count)
        return Set(inside)
      }
      let all = Set(
        keys[..<100].map { MatchHit(key: $0, person: first) }
          + [keys[99], keys[149]].map { MatchHit(key: $0, person: second) })
      #expect(try await hits(keys) == all)
      #expect(try await hits([keys[0]]) == [MatchHit(key: keys[0], person: first)])
      #expect(try await hits([]) == [])
      #expect(try await hits(keys, in: ProgramID(checked: "another")) == [])
      try await store.write { try $0.setMatchKeys([keys[120]], of: first) }
      #expect(try await hits([keys[0], keys[120]]) == [MatchHit(key: keys[120], person: first)])
      var registration = live.registration
      registration.state = .withdrawn
      registration.revision.advance(at: clock.now)
      try await store.write { [registration] in try $0.update(registration, from: .first) }
      #expect(try await hits(keys) == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a key that many have crowds out nobody who is stored under another`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      let keys = try (0..<3).map { _ in try maker.digest() }
      let crowd = maker.household(of: 20, state: .submitted)
      let one = maker.household(of: 1, state: .submitted)
      try await store.write { tx in
        try crowd.insert(tx)
        try one.insert(tx)
        for person in crowd.persons { try tx.setMatchKeys([keys[0], keys[1]], of: person.id) }
        try tx.setMatchKeys([keys[2]], of: one.persons[0].id)
      }
      let program = maker.world.program.id
      let hits = try await store.read { try $0.matchHits(keys, in: program, limit: 5) }
      let first = crowd.persons.map(\.id).sorted().prefix(5)
      let expected = [keys[0], keys[1]].flatMap { key in
        first.map { MatchHit(key: key, person: $0) }
      }
      #expect(hits.count == 11)
      #expect(
        Set(hits) == Set(expected + [MatchHit(key: keys[2], person: one.persons[0].id)]))
    }
  }

  @Test func `nobody waits for a case that is only glimpsed at`() async throws {
    try await StoreUnderTest.postgres.run { store, _, maker in
      let household = maker.household(of: 1, state: .submitted)
      try await store.write { try household.insert($0) }
      let id = household.registration.id
      let (locked, lock) = AsyncStream.makeStream(of: Void.self)
      let seen = DispatchSemaphore(value: 0)
      async let holder = store.write { tx in
        _ = try tx.registration(id)
        lock.finish()
        return seen.wait(timeout: .now() + 30)
      }
      for await _ in locked {}
      let glimpse = try await store.write { try $0.glimpse(of: id) }
      seen.signal()
      #expect(glimpse == household.registration)
      #expect(try await holder == .success)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `of those who bring one number no more than a hundred are read`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      let number = try maker.digest()
      let households = (0..<102).map { _ in maker.household(of: 1, state: .submitted) }
      try await store.write { [maker] tx in
        var maker = maker
        for household in households {
          try household.insert(tx)
          try tx.insert(
            IdentityDocument(
              id: DocumentID(using: &maker.random), person: household.persons[0].id,
              kind: .passport, issuingRegion: .guatemala, number: "A1", numberIndex: number,
              revision: Revision(createdAt: tx.now)))
        }
      }
      let program = maker.world.program.id
      let found = try await store.read { try $0.holders(ofNumber: number, in: program) }
      let all = households.map { $0.persons[0] }.sorted { $0.id < $1.id }
      #expect(found == Array(all.prefix(100)))
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `persons are read by their ids, as many as there are`(_ kind: StoreUnderTest) async throws {
    try await kind.run { store, _, maker in
      let household = maker.household(of: 20)
      let stranger = PersonID(using: &maker.random)
      try await store.write { try household.insert($0) }
      let wanted = household.persons.dropFirst()
      let found = try await store.read { try $0.persons(wanted.map(\.id) + [stranger]) }
      #expect(found == wanted.sorted { $0.id < $1.id })
      #expect(try await store.read { try $0.persons([]) } == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `what is known of a person, and the keys, go with the person`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.run { store, _, maker in
      let key = try maker.digest()
      let households = (0..<3).map { _ in maker.household(of: 1, state: .submitted) }
      let persons = households.map { $0.persons[0] }
      let known = [
        maker.candidate(of: persons[0], and: persons[1]),
        maker.candidate(of: persons[2], and: persons[0]),
        maker.candidate(of: persons[1], and: persons[2]),
      ]
      try await store.write { tx in
        for household in households { try household.insert(tx) }
        for candidate in known { try tx.insert(candidate) }
        for person in persons { try tx.setMatchKeys([key], of: person.id) }
      }
      try await store.write { try $0.remove(persons[0].id, from: .first) }
      let program = maker.world.program.id
      try await store.read { reader in
        let left = try reader.duplicateCandidates(.init(), after: nil, limit: 9).items
        #expect(left == [known[2]])
        #expect(try reader.duplicateCandidates(of: persons[0].registration) == [])
        let hits = try reader.matchHits([key], in: program, limit: 9)
        #expect(Set(hits.map(\.person)) == [persons[1].id, persons[2].id])
      }
    }
  }
}

import Domain
import ServiceFixture
import Storage

/// Many invited households of one to five people, from a seed.
struct Crowd: Sendable {
  struct Household: Sendable {
    var id: RegistrationID
    /// Resource names, the principal's first.
    var persons: [String]
    var name: String { "registrations/\(id)" }
  }

  private(set) var households: [Household] = []
  private var random: SplitMix64

  init(_ world: World, seed: UInt64, count: Int) async throws {
    random = SplitMix64(seed: seed)
    var records: [Record] = []
    for _ in 0..<count {
      let size = Int.random(in: 1...5, using: &random)
      records.append(record(of: size, at: world.clock.now))
    }
    try await store(records, in: world)
  }

  /// One household more.
  mutating func add(_ world: World, of size: Int) async throws -> Household {
    let record = record(of: size, at: world.clock.now)
    try await store([record], in: world)
    return households[households.count - 1]
  }

  /// How many people the n-th household has.
  func size(_ index: Int) -> Int { households[index].persons.count }

  private struct Record: Sendable {
    var registration: Registration
    var persons: [Person]
  }

  private mutating func record(of size: Int, at now: Instant) -> Record {
    let id = RegistrationID(using: &random)
    let persons = (0..<size).map { _ in
      let person = PersonID(using: &random)
      return Person(
        id: person, registration: id, cluster: person, fullName: "Marta Xol",
        nameSystem: .twoSurnames, revision: Revision(createdAt: now))
    }
    let members = persons.dropFirst().map {
      Member(person: $0.id, relation: .child, standing: .active)
    }
    return Record(
      registration: Registration(
        id: id, program: ReferenceData.pilotID, window: nil, receipt: Receipt(using: &random),
        principal: persons[0].id, members: members, hostRegion: .guatemala, channel: .office,
        queueRankTime: now, state: .invited, revision: Revision(createdAt: now)),
      persons: persons)
  }

  private mutating func store(_ records: [Record], in world: World) async throws {
    try await world.store.write { tx in
      for record in records {
        try tx.insert(record.registration, caseKey: [UInt8](repeating: 1, count: 32))
        for person in record.persons {
          try tx.insert(person, key: [UInt8](repeating: 2, count: 32))
        }
      }
    }
    households += records.map { record in
      Household(
        id: record.registration.id,
        persons: record.persons.map { "registrations/\(record.registration.id)/persons/\($0.id)" })
    }
  }
}

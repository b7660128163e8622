import Domain
import Foundation
import Services
import Storage
import StorageSQL
import Testing
import Trials

@testable import StoreBench

/// What fills a store leaves one that no check can tell from a store of real calls.
@Suite struct FilledStoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let plan = FillPlan(count: 120)

  private var kept: KeptStore { KeptStore(Self.plan, in: folder.path) }

  @Test(arguments: StorePlace.Engine.allCases)
  func `a filled store has no findings`(engine: StorePlace.Engine) async throws {
    let copies = try await StoreCopies(engine, kept)
    try await copies.with { place in
      let store = try place.inspecting()
      #expect(try await store.check() == [])
      try await store.close()
    }
  }

  @Test func `whoever knows the plan knows every record`() async throws {
    let copies = try await StoreCopies(.sqlite, kept)
    let plan = Self.plan
    let households = try plan.households(0..<plan.count)
    #expect(Set(households.map(\.registration)).count == plan.count)
    try await copies.with { place in
      let store = try place.open { StorePlace.morning }
      for (number, household) in households.enumerated() {
        let id = try #require(
          RegistrationID(rawValue: String(household.registration.dropFirst(14))))
        let found = try await store.read { reader in
          (try reader.registration(id), try reader.persons(of: id).count)
        }
        #expect(found.0.map { HouseholdName($0).persons } == household.persons)
        #expect(found.1 == household.seatCount)
        #expect((found.0?.state == .invited) == (plan.stage(of: number) == .invited))
      }
      try await store.close()
    }
  }

  @Test func `everybody is found by their keys`() async throws {
    let copies = try await StoreCopies(.sqlite, kept)
    try await copies.with { place in
      let store = try place.open { StorePlace.morning }
      let secrets = try place.secrets(of: store)
      let window = FilledWindow(
        Self.plan, of: try #require(await store.read { try $0.program(ReferenceData.pilotID) }))
      for number in 0..<20 {
        let household = try FilledHousehold(number, of: Self.plan, in: window)
        for person in household.persons {
          let own = household.documents.filter { $0.person == person.id }
          let keys = secrets.matchIndexes(of: person, own, in: ReferenceData.pilotID)
          let hits = try await store.read {
            try $0.matchHits(keys, in: ReferenceData.pilotID, limit: 500)
          }
          #expect(Set(hits.filter { $0.person == person.id }.map(\.key)) == Set(keys))
        }
      }
      try await store.close()
    }
  }

  @Test func `a kept store is filled once and stays as it was`() async throws {
    let copies = try await StoreCopies(.sqlite, kept)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 1)
    let file = folder.file("\(names[0])/store.db")
    let before = try Data(contentsOf: URL(filePath: file))
    try await copies.with { place in
      _ = try await SlotsOnOffer.put(into: place, slotCount: 1, seatsPerSlot: 1)
    }
    _ = try await StoreCopies(.sqlite, kept)
    #expect(try Data(contentsOf: URL(filePath: file)) == before)
  }
}

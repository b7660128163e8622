import Domain
import Foundation
import Services
import Storage
import StorageSQL
import StoreSamples

/// Fills a store that has its reference data and nothing else, by a plan.
///
/// Everything goes through the store's own operations and is sealed as the server seals it. While one part is written
/// the next is made, so that there are never more than two in memory; a part is one transaction.
struct StoreFill: Sendable {
  /// Registrations in one part.
  private static let partCount = 4_000

  let plan: FillPlan
  let place: StorePlace

  init(_ plan: FillPlan, into place: StorePlace) {
    self.plan = plan
    self.place = place
  }

  /// - Parameter onProgress: is told how many registrations are stored
  func run(_ onProgress: (Int) -> Void) async throws {
    let shelf = try MatchKeyShelf(in: URL(filePath: place.keyFile).deletingLastPathComponent())
    try await fill(shelf, onProgress)
    try await place.prepare { try shelf.empty($0) }
  }

  private func fill(_ shelf: MatchKeyShelf, _ onProgress: (Int) -> Void) async throws {
    let store = try place.open { StoredWorld.opening }
    let secrets = try place.secrets(of: store)
    let samples = try StoredWorld()
    let window = FilledWindow(plan, of: samples.program)
    let environment = StoreEnvironment.programme(vault: secrets.vault) { StoredWorld.opening }
    try await store.write { tx in
      try samples.startPilot(in: tx)
      try window.insert(tx, hash: environment.hash)
    }
    try await withThrowingTaskGroup(of: [FilledHousehold].self) { group in
      var next = 0
      func makeNext() {
        let numbers = next..<min(next + Self.partCount, plan.count)
        next = numbers.upperBound
        if !numbers.isEmpty { group.addTask { try make(numbers, in: window, secrets) } }
      }
      makeNext()
      var done = 0
      while let part = try await group.next() {
        makeNext()
        try await store.write { tx in
          for household in part { try household.insert(tx, hash: environment.hash) }
        }
        for household in part { try shelf.add(household) }
        done += part.count
        onProgress(done)
      }
    }
    try await store.sequencePending()
    // Otherwise the first server that opens the store would have all of the log to sum up.
    _ = try await Desk(store: store, secrets: secrets).makeCheckpoint()
    try await store.close()
  }

  private func make(
    _ numbers: Range<Int>, in window: FilledWindow, _ secrets: Secrets
  ) throws -> [FilledHousehold] {
    try numbers.map { number in
      var household = try FilledHousehold(number, of: plan, in: window)
      for index in household.documents.indices {
        household.documents[index].numberIndex = household.documents[index].typedNumber.map {
          secrets.index(of: $0)
        }
      }
      household.matchKeys = household.persons.map { person in
        secrets.matchIndexes(
          of: person, household.documents.filter { $0.person == person.id },
          in: household.registration.program)
      }
      return household
    }
  }
}

import Domain
import Services
import Storage
import StorageSQL
import Synchronization
import Testing

/// A store goes from one key to another: nothing is lost, and the old key opens nothing of it any more.
@Suite struct StoreRotationTests {
  private struct Killed: Error {}

  private func expectWhole(_ store: RotatedStore, lasting: [UInt8]) async throws {
    let opened = try store.open(RotatedStore.new.vault)
    #expect(opened.lastingKey == lasting)
    let secrets = try #require(Secrets(key: RotatedStore.new, lasting: lasting))
    let indexes = secrets.change(from: RotatedStore.old.vault)
    let missing = try await opened.read { [samples = store.samples] reader in
      try samples.missing(from: reader, indexes)
    }
    #expect(missing == [])
    // What was found by the old indexes is found by them no more.
    let old = try #require(Secrets(key: RotatedStore.old, lasting: lasting))
      .change(from: RotatedStore.old.vault)
    let lost = try await opened.read { [samples = store.samples] reader in
      try samples.missing(from: reader, old)
    }
    #expect(lost.count { $0.hasPrefix("match") } == store.samples.households.count)
    #expect(lost.count { $0.hasPrefix("holder") } == store.samples.documents.count)
    try await opened.close()
  }

  private func refusal(_ store: RotatedStore, _ key: DeploymentKey) async throws -> StoreError? {
    do {
      try await store.open(key.vault).close()
      return nil
    } catch let error as StoreError {
      return error
    }
  }

  @Test(arguments: RotatedStore.Engine.allCases)
  func `everything is sealed anew, and the old key opens nothing`(
    _ engine: RotatedStore.Engine
  ) async throws {
    let store = try await RotatedStore(engine, households: 12)
    #expect(try await store.remains() > 100)
    let lasting = try #require(try await store.rotate())
    try await expectWhole(store, lasting: lasting)
    #expect(try await store.remains() == 0)
    guard case .wrongKey? = try await refusal(store, RotatedStore.old) else {
      Issue.record("the old key opens the store")
      return
    }
    // Once more changes nothing.
    #expect(try await store.rotate() == nil)
    try await expectWhole(store, lasting: lasting)
  }

  @Test(arguments: RotatedStore.Engine.allCases)
  func `one that was stopped anywhere is not served, and goes on where it was`(
    _ engine: RotatedStore.Engine
  ) async throws {
    // More than a page, so that some tables are half done.
    let store = try await RotatedStore(engine, households: 520)
    let pages = Mutex(0)
    var isDone = false
    var stops = 0
    while !isDone {
      stops += 1
      let count = stops
      pages.withLock { $0 = 0 }
      do {
        let lasting = try await store.rotate { _ in
          let page = pages.withLock { pages -> Int in
            pages += 1
            return pages
          }
          if page == 3 * count { throw Killed() }
        }
        isDone = true
        try await expectWhole(store, lasting: try #require(lasting))
      } catch is Killed {
        for key in [RotatedStore.old, RotatedStore.new] {
          guard case .halfRotated? = try await refusal(store, key) else {
            Issue.record("a store that is half way was opened")
            return
          }
        }
        // Not to a third key, nor from one.
        await #expect(throws: StoreError.self) {
          _ = try await store.rotate(to: RotatedStore.other)
        }
        await #expect(throws: StoreError.self) {
          _ = try await store.rotate(from: RotatedStore.other)
        }
      }
    }
    #expect(stops > 3)
    #expect(try await store.remains() == 0)
  }

  @Test(arguments: RotatedStore.Engine.allCases)
  func `with a wrong key nothing begins`(_ engine: RotatedStore.Engine) async throws {
    let store = try await RotatedStore(engine, households: 1)
    let error = await #expect(throws: StoreError.self) {
      _ = try await store.rotate(from: RotatedStore.other)
    }
    guard case .wrongKey? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try await refusal(store, RotatedStore.old) == nil)
  }

  @Test func `the keys that others hold something by outlive the deployment's`() throws {
    let lasting = [UInt8](repeating: 5, count: 32)
    let secrets = try [RotatedStore.old, RotatedStore.new].map {
      try #require(Secrets(key: $0, lasting: lasting))
    }
    #expect(secrets[0].checkpointKey == secrets[1].checkpointKey)
    let program = ReferenceData.pilotID
    #expect(
      secrets[0].presenceKey(of: program).bytes == secrets[1].presenceKey(of: program).bytes)
    // And are not to be had from the deployment's alone.
    let other = try #require(Secrets(key: RotatedStore.old, lasting: lasting.map { $0 + 1 }))
    #expect(other.checkpointKey != secrets[0].checkpointKey)
  }
}

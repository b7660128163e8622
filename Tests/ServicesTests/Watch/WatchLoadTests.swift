import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Watchers and writers", .timeLimit(.minutes(2)))
struct WatchLoadTests {
  @Test(
    "while many write, every watcher is told of every event in the feed's order, none lost or twice",
    arguments: World.StoreKind.allCases)
  func order(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let (scene, writerCount, draftCount) = (watched.scene, 4, 20)
    let office = try await watched.watch(watched.caseworker)
    let count = writerCount * draftCount * 2
    async let told = WatchResumeTests.items(office, count: count)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<writerCount {
        group.addTask {
          for _ in 0..<draftCount {
            let draft = try await scene.draft()
            _ = try await watched.caseworker.referrals.recallReferral(
              .with {
                $0.name = draft.name
                $0.etag = draft.etag
                $0.reason = .sentInError
                $0.requestId = requestID()
              })
          }
        }
      }
      try await group.waitForAll()
    }
    let feed = try await ChangeTraceTests.feed(watched.world).map(\.event)
      .filter { $0.aggregate == .referral }
    let seen = try await told
    #expect(feed.count == count)
    #expect(seen.map(\.told.uid) == feed.map(\.id.rawValue))
    #expect(seen.map(\.told.number) == (1...Int64(count)).map { $0 })
    let half = count / 2
    let rest = try await watched.watch(watched.caseworker, from: seen[half - 1].token)
    let resumed = try await WatchResumeTests.items(rest, count: half)
    #expect(resumed.map(\.told) == seen.suffix(half).map(\.told))
  }

  @Test("what another server commits is found by the poll", arguments: World.StoreKind.allCases)
  func otherServer(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    // This one has the same store, and nobody tells it of what the other does.
    let desk = try Desk(
      store: watched.world.store, secrets: World.secrets, watching: WatchCase.limits)
    let telling = Task { await desk.tellWatchers { _ in } }
    defer { telling.cancel() }
    let token = try await watched.token(watched.rsc)
    let stream = try WatchedStream(
      ProgrammeServices.router(at: desk), watched.rsc, token: token)
    await stream.begun()
    #expect(desk.watcherCount == 1)
    _ = try await watched.advance(sent, as: watched.rsc)
    #expect(try await stream.nextEvent().status?.state == "REFERRAL_STATE_RECEIVED")
  }

  @Test("a commit of the same server is told at once, without a poll")
  func atOnce() async throws {
    let watched = try await WatchCase { $0.pollInterval = .days(1) }
    let stream = try await watched.watch(watched.rsc)
    let sent = try await watched.scene.sent()
    #expect(try await stream.nextEvent().status?.resource == sent.name)
    // What the clock ends is a commit too.
    watched.world.clock.advance(by: .days(15))
    let report = try await watched.world.desk.endWhatIsDue()
    #expect(report.failures.isEmpty)
    let overdue = try await stream.nextEvent()
    #expect(overdue.status?.type == .updated)
    #expect(overdue.status?.actorClass == .system)
    #expect(overdue.referral?.overdue == true)
  }

  @Test("a slow client is waited for, and costs no more than a batch")
  func slow() async throws {
    let watched = try await WatchCase { $0.batchCountMax = 4 }
    let start = try await watched.token(watched.caseworker)
    for _ in 0..<12 { _ = try await watched.scene.draft() }
    let before = try await watched.world.auditCount()
    let stream = try await watched.watch(watched.caseworker, from: start, heldBack: true)
    #expect(try await stream.nextEvent().eventNo == 1)
    let quick = try await watched.watch(watched.caseworker, from: start)
    #expect(try await WatchResumeTests.items(quick, count: 12).count == 12)
    // Two that began, what the quick one was told, and the one batch of the slow one.
    #expect(try await watched.world.auditCount() == before + 2 + 12 + 4)
    for number in 2...12 {
      stream.takeOne()
      #expect(try await stream.nextEvent().eventNo == Int64(number))
    }
  }

  @Test(
    "who reads so slowly that little is sent of a batch gets small ones, and does not fill the log")
  func slowAndStale() async throws {
    let watched = try await WatchCase { $0.decisionAgeMax = .zero }
    let start = try await watched.token(watched.caseworker)
    for _ in 0..<16 { _ = try await watched.scene.draft() }
    let before = try await watched.world.auditCount()
    let stream = try await watched.watch(watched.caseworker, from: start, heldBack: true)
    for number in 1...16 {
      #expect(try await stream.nextEvent().eventNo == Int64(number))
      stream.takeOne()
    }
    await stream.cancel()
    // One that began, the first batch, and then three for every two that were told.
    #expect(try await watched.world.auditCount() <= before + 1 + 16 + 24)
  }

  @Test("who has waited long is decided about anew, by the access of then")
  func stale() async throws {
    let watched = try await WatchCase { $0.decisionAgeMax = .zero }
    let start = try await watched.token(watched.rsc)
    try await watched.walk()
    let stream = try await watched.watch(watched.rsc, from: start, heldBack: true)
    #expect(try await stream.nextEvent().eventNo == 1)
    try await watched.change(.usRsc) { $0.purposes = [.familyReunification] }
    stream.takeOne()
    await expectRefusal("PURPOSE_NOT_ALLOWED", .permissionDenied) { _ = try await stream.next() }
    let entry = try #require(try await watched.world.lastAuditEntries().last)
    #expect(entry.verdict == .deny)
  }

  @Test(
    "a certificate that leaves the partner's record ends its streams, idle ones at the next bookmark"
  )
  func revoked() async throws {
    let watched = try await WatchCase { $0.bookmarkInterval = .milliseconds(10) }
    let stream = try await watched.watch(watched.rsc)
    try await watched.change(.usRsc) { $0.identities = [] }
    let failure = await #expect(throws: RPCError.self) {
      while let item = try await stream.next() {
        guard case .bookmark = item.item else { throw RPCError(.internal, "\(item)") }
      }
    }
    #expect(failure?.code == .unauthenticated)
  }

  @Test("a change of what the partner may call for resets the stream")
  func reset() async throws {
    let watched = try await WatchCase()
    let stream = try await watched.watch(watched.rsc)
    try await watched.change(.usRsc) { $0.purposes.append(.familyReunification) }
    _ = try await watched.scene.sent()
    let item = try #require(try await stream.next())
    #expect(item.item == .reset(.init()))
    #expect(item.resumeToken == "")
    #expect(try await stream.next() == nil)
    #expect(watched.world.desk.watcherCount == 0)
  }

  @Test("a partner has so many streams and the server so many, and each that ends makes room")
  func caps() async throws {
    let watched = try await WatchCase {
      $0.watcherCountMaxPerPartner = 2
      $0.watcherCountMax = 3
    }
    let token = try await watched.token(watched.rsc)
    func expectFull(_ caller: WorldCaller, _ token: String) async throws {
      let stream = try WatchedStream(watched.world.router, caller, token: token)
      let before = try await watched.world.auditCount()
      await expectRefusal("OVERLOADED", .resourceExhausted) { _ = try await stream.next() }
      #expect(try await watched.world.auditCount() == before)
    }
    let first = try await watched.watch(watched.rsc, from: token)
    let second = try await watched.watch(watched.rsc, from: token)
    try await expectFull(watched.rsc, token)
    let other = try await watched.watch(watched.mintrab)
    try await expectFull(watched.caseworker, try await watched.token(watched.caseworker))
    await first.cancel()
    let third = try await watched.watch(watched.rsc, from: token)
    #expect(watched.world.desk.watcherCount == 3)
    for stream in [second, other, third] { await stream.cancel() }
    #expect(watched.world.desk.watcherCount == 0)
  }

  @Test("a server that drains ends its watches with UNAVAILABLE, and begins none")
  func drains() async throws {
    let watched = try await WatchCase()
    let stream = try await watched.watch(watched.rsc)
    let sent = try await watched.scene.sent()
    let token = try #require(try await stream.next()).resumeToken
    watched.world.desk.endWatches()
    let failure = await #expect(throws: RPCError.self) { _ = try await stream.next() }
    #expect(failure?.code == .unavailable)
    let again = try WatchedStream(watched.world.router, watched.rsc, token: token)
    let refused = await #expect(throws: RPCError.self) { _ = try await again.next() }
    #expect(refused?.code == .unavailable)
    // Elsewhere it goes on.
    _ = try await watched.advance(sent, as: watched.rsc)
    let router = ProgrammeServices.router(
      at: try Desk(store: watched.world.store, secrets: World.secrets))
    let elsewhere = try WatchedStream(router, watched.rsc, token: token)
    #expect(try await elsewhere.nextEvent().eventNo == 2)
  }
}

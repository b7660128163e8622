import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Resuming a watch", .timeLimit(.minutes(1)))
struct WatchResumeTests {
  /// So many items of a stream, all of them events.
  static func items(
    _ stream: WatchedStream, count: Int
  ) async throws -> [(told: Told, token: String)] {
    var items: [(told: Told, token: String)] = []
    while items.count < count {
      let item = try #require(try await stream.next())
      guard case .event(let event) = item.item else { continue }
      items.append((Told(event), item.resumeToken))
    }
    return items
  }

  @Test(
    "from every token of a recorded stream comes exactly the rest",
    arguments: World.StoreKind.allCases, ["", "state = RECEIVED"])
  func everyToken(_ kind: World.StoreKind, filter: String) async throws {
    let watched = try await WatchCase(kind)
    let rsc = watched.rsc
    let first = try await watched.token(rsc, filter: filter)
    for _ in 0..<2 {
      let last = try await watched.walk()
      try await Self.finish(watched, last)
    }
    let count = filter.isEmpty ? 12 : 4
    let recorded = try await Self.items(
      watched.watch(rsc, from: first, filter: filter), count: count)
    #expect(recorded.map(\.told.number) == (1...Int64(count)).map { $0 })
    let tokens = [first] + recorded.map(\.token)
    #expect(Set(tokens).count == tokens.count)
    #expect(Set(tokens.map(\.utf8.count)).count == 1)
    // Whatever comes later ends each of them in the same way.
    let later = try await watched.scene.sent()
    let moved = try await watched.advance(later, as: rsc)
    let all = try await Self.items(
      watched.watch(rsc, from: first, filter: filter), count: count + (filter.isEmpty ? 2 : 1))
    #expect(all.prefix(count).map(\.told) == recorded.map(\.told))
    for (index, token) in tokens.enumerated() {
      let stream = try await watched.watch(rsc, from: token, filter: filter)
      let rest = try await Self.items(stream, count: all.count - index)
      #expect(rest.map(\.told) == all.dropFirst(index).map(\.told), "from \(index)")
    }
    #expect(moved.state == .received)
  }

  /// Lets the case end, so that another may begin.
  private static func finish(
    _ watched: WatchCase, _ referral: SafeMobility.Referral
  ) async throws {
    let asked = try #require(
      try await watched.caseworker.referrals.requestWithdrawal(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.requestId = requestID()
        }
      ).referral)
    _ = try await watched.rsc.referrals.confirmWithdrawal(
      .with {
        $0.name = asked.name
        $0.etag = asked.etag
        $0.requestId = requestID()
      })
  }

  @Test("a change between two pages of a list is not lost to the stream behind it")
  func pages() async throws {
    let watched = try await WatchCase()
    let drafts = [try await watched.scene.draft(on: .h2a), try await watched.scene.draft()]
    let first = try await watched.caseworker.referrals.listReferrals(.with { $0.pageSize = 1 })
    #expect(first.resumeToken == "")
    try await watched.scene.consent(to: .h2a)
    _ = try await watched.scene.send(drafts[0])
    _ = try await watched.scene.consent()
    _ = try await watched.scene.send(drafts[1])
    let second = try await watched.caseworker.referrals.listReferrals(
      .with {
        $0.pageSize = 1
        $0.pageToken = first.nextPageToken
      })
    #expect(second.nextPageToken == "")
    let stream = try await watched.watch(watched.caseworker, from: second.resumeToken)
    let names = [try await stream.nextEvent(), try await stream.nextEvent()]
      .map { $0.status?.resource }
    #expect(names == drafts.map(\.name))
  }

  @Test(
    "a token of a store that was restored, and has gone on otherwise, has expired",
    arguments: World.StoreKind.allCases)
  func restored(_ kind: World.StoreKind) async throws {
    let (lost, restored) = (try await WatchCase(kind), try await WatchCase(kind))
    try await lost.walk()
    try await restored.walk()
    for _ in 0..<3 { _ = try await restored.scene.draft(on: .h2a) }
    let listed = try await lost.token(lost.rsc)
    let other = try WatchedStream(restored.world.router, restored.rsc, token: listed)
    await expectRefusal("RESUME_TOKEN_EXPIRED", .outOfRange) { _ = try await other.next() }
    await (try await lost.watch(lost.rsc, from: listed)).cancel()
  }

  @Test("a list whose pages are of two policies begins no stream")
  func twoPolicies() async throws {
    let watched = try await WatchCase()
    _ = [try await watched.scene.draft(on: .h2a), try await watched.scene.draft()]
    let first = try await watched.caseworker.referrals.listReferrals(.with { $0.pageSize = 1 })
    try await watched.change(.unhcr) { $0.purposes.append(.familyReunification) }
    let second = try await watched.caseworker.referrals.listReferrals(
      .with {
        $0.pageSize = 1
        $0.pageToken = first.nextPageToken
      })
    let stream = try WatchedStream(
      watched.world.router, watched.caseworker, token: second.resumeToken)
    await expectRefusal("RESUME_TOKEN_EXPIRED", .outOfRange) { _ = try await stream.next() }
    await (try await watched.watch(watched.caseworker)).cancel()
  }

  @Test("a token outlives the server", arguments: World.StoreKind.allCases)
  func restart(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let token = try await watched.token(watched.rsc)
    try await watched.walk()
    let secrets = try #require(Secrets(key: Array(0..<32)))
    let router = ProgrammeServices.router(
      at: try Desk(store: watched.world.store, secrets: secrets))
    let stream = try WatchedStream(router, watched.rsc, token: token)
    #expect(try await Self.items(stream, count: 4).map(\.told.number) == [1, 2, 3, 4])
  }

  @Test("a bookmark's token is where the stream is, and nothing is told twice behind it")
  func bookmarks() async throws {
    let watched = try await WatchCase { $0.bookmarkInterval = .milliseconds(10) }
    let stream = try await watched.watch(watched.rsc)
    let sent = try await watched.scene.sent()
    var token = ""
    var eventCount = 0
    while token.isEmpty || eventCount == 0 {
      let item = try #require(try await stream.next())
      switch item.item {
      case .event: eventCount += 1
      case .bookmark(let bookmark):
        #expect(bookmark.resumeToken == item.resumeToken)
        if eventCount > 0 { token = bookmark.resumeToken }
      default: Issue.record("\(item)")
      }
    }
    #expect(eventCount == 1)
    let again = try await watched.watch(watched.rsc, from: token)
    _ = try await watched.advance(sent, as: watched.rsc)
    let next = try await Self.items(again, count: 1)
    #expect(next.map(\.told.number) == [2])
    #expect(next.map(\.told.state) == ["REFERRAL_STATE_RECEIVED"])
  }

  @Test("a token that was touched is refused, whatever was changed in it", arguments: 0..<6)
  func touched(_ kind: Int) async throws {
    let watched = try await WatchCase()
    let whole = try await watched.token(watched.rsc)
    var token = Array(whole)
    let middle = token.count / 2
    switch kind {
    case 0: token[token.count - 1] = token[token.count - 1] == "0" ? "1" : "0"
    case 1: token[0] = token[0] == "0" ? "1" : "0"
    case 2: token[middle] = token[middle] == "0" ? "1" : "0"
    case 3: token.removeLast(2)
    case 4: token += Array("00")
    default: token = Array("no token")
    }
    try await Self.expectRefused(String(token), watched.rsc, watched)
  }

  private static func expectRefused(
    _ token: String, _ caller: WorldCaller, _ watched: WatchCase, filter: String = "",
    registration: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let stream = try WatchedStream(
      watched.world.router, caller, token: token, registration: registration, filter: filter)
    let refused = await expectRefusal(
      "FIELD_INVALID", .invalidArgument, sourceLocation: sourceLocation
    ) { _ = try await stream.next() }
    #expect(refused?.fields == ["resume_token"], sourceLocation: sourceLocation)
  }

  @Test("a token opens for no other partner, role, purpose, filter, registration or list")
  func bound() async throws {
    let watched = try await WatchCase()
    let (world, rsc) = (watched.world, watched.rsc)
    let token = try await watched.token(rsc)
    try await Self.expectRefused("", rsc, watched)
    try await Self.expectRefused(token, watched.mintrab, watched)
    try await Self.expectRefused(token, rsc, watched, filter: "state = SENT")
    let registration = "registrations/\(watched.scene.registration)"
    try await Self.expectRefused(token, rsc, watched, registration: registration)
    let canada = world.caller("ca-gov/PARTNER_OFFICER", purpose: "RESETTLEMENT")
    let token2 = try await watched.token(canada)
    let labour = world.caller("ca-gov/PARTNER_OFFICER", purpose: "LABOUR_MOBILITY")
    try await Self.expectRefused(token2, labour, watched)
    let token3 = try await watched.token(watched.caseworker)
    try await Self.expectRefused(token3, world.caller("unhcr/REVIEWER"), watched)
    // A page token is another thing, though sealed likewise.
    for _ in 0..<2 { _ = try await watched.scene.draft() }
    let page = try await watched.caseworker.referrals.listReferrals(.with { $0.pageSize = 1 })
    try await Self.expectRefused(page.nextPageToken, watched.caseworker, watched)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await watched.caseworker.referrals.listReferrals(.with { $0.pageToken = token3 })
    }
    // Whoever sits before the partner's system next goes on where the last one was.
    let colleague = world.caller("us-rsc/PARTNER_OFFICER", user: "a colleague")
    let stream = try await watched.watch(colleague, from: token)
    let sent = try await watched.scene.sent()
    #expect(try await stream.nextEvent().status?.resource == sent.name)
  }

  private static func expectExpired(
    _ token: String, _ caller: WorldCaller, _ watched: WatchCase,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let stream = try WatchedStream(watched.world.router, caller, token: token)
    await expectRefusal("RESUME_TOKEN_EXPIRED", .outOfRange, sourceLocation: sourceLocation) {
      _ = try await stream.next()
    }
  }

  @Test("a token is good for seven days, to the microsecond")
  func age() async throws {
    let watched = try await WatchCase()
    let token = try await watched.token(watched.rsc)
    watched.world.clock.advance(by: .days(7))
    let stream = try await watched.watch(watched.rsc, from: token)
    let sent = try await watched.scene.sent()
    #expect(try await stream.nextEvent().status?.resource == sent.name)
    watched.world.clock.advance(by: .microseconds(1))
    try await Self.expectExpired(token, watched.rsc, watched)
  }

  @Test("under another policy a token has expired, and a list gives a new one")
  func policy() async throws {
    let watched = try await WatchCase()
    let token = try await watched.token(watched.rsc)
    try await watched.change(.usRsc) { $0.purposes.append(.familyReunification) }
    try await Self.expectExpired(token, watched.rsc, watched)
    let stream = try await watched.watch(watched.rsc)
    let sent = try await watched.scene.sent()
    #expect(try await stream.nextEvent().status?.resource == sent.name)
  }

  @Test("a token from behind the end of the feed, as after a restored backup, has expired")
  func setBack() async throws {
    let ahead = try await WatchCase()
    _ = try await ahead.scene.draft()
    let token = try await ahead.token(ahead.rsc)
    let behind = try await WatchCase()
    try await Self.expectExpired(token, behind.rsc, behind)
  }
}

import Protobuf
import RPCCore
import SafeMobilityAPI
import Synchronization
import Testing

@testable import SafeMobilityClient

/// Watching over streams that break.
@Suite struct WatchSequenceTests {
  private typealias Event = WatchEvent<SafeMobility.Referral, SafeMobility.ReferralEvent>

  private let time = FakeTime()

  /// What is told until the script ends, a word for each event.
  private func told(
    _ transport: ScriptedTransport, from token: String? = nil
  ) async throws -> [String] {
    let client = try SafeMobilityClient(transport: transport, configuration: time.configuration)
    var words: [String] = []
    do {
      for try await event in client.watchReferrals(from: token) { words.append(word(event)) }
    } catch {
      #expect(error == WatchedFeed.theEnd)
    }
    return words
  }

  private func word(_ event: Event) -> String {
    switch event {
    case .listed(let referral): "+\(referral.name)"
    case .listEnded(let token): "list \(token)"
    case .changed(let change, let token): "\(change.status?.version ?? 0) \(token)"
    case .bookmark(let token): "bookmark \(token)"
    case .listBegins: "list"
    }
  }

  private static let list = ["list", "+a", "+b", "+c", "list token-0"]
  private static func changes(_ numbers: ClosedRange<Int>) -> [String] {
    numbers.map { "\($0) token-\($0)" }
  }

  @Test("without a token what there is comes first, and then what changes")
  func list() async throws {
    let feed = WatchedFeed(eventCount: 3)
    #expect(try await told(feed.transport) == Self.list + Self.changes(1...3))
    #expect(feed.tokens == ["token-0"])
    #expect(time.pauses.isEmpty)
  }

  @Test("with a token only changes come, from there on")
  func token() async throws {
    let feed = WatchedFeed(eventCount: 4)
    #expect(try await told(feed.transport, from: "token-2") == Self.changes(3...4))
  }

  private static let breaks: [Result<Void, RPCError>] = [
    .success(()), .failure(RPCError(.unavailable, "the server ends")),
    .failure(RPCError(.deadlineExceeded, "the deadline passed")),
    .failure(RPCError(.cancelled, "the stream was reset")),
  ]

  @Test(
    "wherever a stream breaks, and whatever is told twice, each change comes once",
    arguments: 0...5, 0...3)
  func drops(position: Int, repeats: Int) async throws {
    for end in Self.breaks {
      let streams = (0..<3).map { _ in WatchedFeed.Stream(itemCount: position, end: end) }
      let feed = WatchedFeed(eventCount: 5, repeats: repeats, streams: streams)
      #expect(try await told(feed.transport, from: "token-0") == Self.changes(1...5))
      #expect(feed.tokens.count == 4)
    }
  }

  @Test("pauses grow while nothing comes, and begin again when something has")
  func pauses() async throws {
    let gone = RPCError(.unavailable, "gone")
    let streams = [0, 0, 0, 1, 0].map {
      WatchedFeed.Stream(itemCount: $0, end: .failure(gone))
    }
    _ = try await told(WatchedFeed(eventCount: 2, streams: streams).transport, from: "token-0")
    let growing = zip([200, 400, 800, 200, 400], time.pauses)
    #expect(time.pauses.count == 5)
    for (nominal, pause) in growing {
      #expect(pause >= .milliseconds(nominal * 8 / 10) && pause <= .milliseconds(nominal * 12 / 10))
    }
  }

  @Test("a token that is too old, and a reset without one, begin with what there is")
  func startedOver() async throws {
    let expired = try RPCError.refusal(.outOfRange, "RESUME_TOKEN_EXPIRED")
    let feed = WatchedFeed(
      eventCount: 2, streams: [.init(itemCount: 2, end: .failure(expired))])
    // Both changes are told again: who forgot everything must hear everything.
    #expect(
      try await told(feed.transport, from: "token-0")
        == Self.changes(1...2) + Self.list + Self.changes(1...2))
    #expect(time.pauses.count == 1)
    let reset = SafeMobility.WatchReferralsResponse.with { $0.item = .reset(.init()) }
    #expect(
      try await told(try stream([WatchedFeed.event(1), reset]), from: "token-0")
        == Self.changes(1...1) + Self.list)
  }

  /// A feed whose first stream has these items, and whose next is the last.
  private func stream(
    _ items: [SafeMobility.WatchReferralsResponse]
  ) throws -> ScriptedTransport {
    let feed = WatchedFeed(eventCount: 0)
    let bytes = try items.map { try $0.serializedBytes() }
    let isFirst = Mutex(true)
    return ScriptedTransport { (call) throws(RPCError) in
      try await feed.transport.unary(
        call.method, request: call.request, metadata: [:], options: .init()
      ).message
    } open: { call in
      let first = isFirst.withLock { first in
        defer { first = false }
        return first
      }
      if first { return ScriptedStream(bytes, end: nil) }
      return feed.transport.open(
        call.method, request: call.request, metadata: [:], options: .init())
    }
  }

  @Test("a reset with a token goes on there, and nothing is forgotten")
  func resetWithToken() async throws {
    let reset = SafeMobility.WatchReferralsResponse.with {
      $0.item = .reset(.with { $0.resumeToken = "token-7" })
    }
    let transport = try stream([WatchedFeed.event(1), reset])
    #expect(try await told(transport, from: "token-0") == Self.changes(1...1))
    let last = try #require(transport.seen.last)
    #expect(
      try SafeMobility.WatchReferralsRequest(serializedBytes: last.request).resumeToken
        == "token-7")
  }

  @Test("a bookmark has a newer token; what this version does not know only moves it on")
  func bookmark() async throws {
    let bookmark = SafeMobility.WatchReferralsResponse.with {
      $0.item = .bookmark(.with { $0.resumeToken = "token-8" })
      $0.resumeToken = "token-8"
    }
    let unknown = SafeMobility.WatchReferralsResponse.with { $0.resumeToken = "token-9" }
    let reset = SafeMobility.WatchReferralsResponse.with {
      $0.item = .reset(.with { $0.resumeToken = "token-9" })
    }
    #expect(
      try await told(try stream([bookmark, unknown, reset]), from: "token-0")
        == ["bookmark token-8"])
  }

  @Test("an overloaded server is given the time that it asks for")
  func overloaded() async throws {
    let busy = try RPCError.refusal(.resourceExhausted, "OVERLOADED", retryAfter: .seconds(3))
    let feed = WatchedFeed(eventCount: 1, streams: [.init(itemCount: 0, end: .failure(busy))])
    #expect(try await told(feed.transport, from: "token-0") == Self.changes(1...1))
    #expect(time.pauses == [.seconds(3)])
  }

  @Test(
    "what trying again would not better is told",
    arguments: [
      StatusCode.invalidArgument, .permissionDenied, .unauthenticated, .unimplemented, .internal,
      .outOfRange, .resourceExhausted, .dataLoss, .unknown,
    ])
  func fatal(code: StatusCode) async throws {
    let error = RPCError(code, "for good")
    let transport = ScriptedTransport(open: { _ in ScriptedStream([], end: .failure(error)) })
    let client = try SafeMobilityClient(transport: transport, configuration: time.configuration)
    var iterator = client.watchReferrals(from: "t").makeAsyncIterator()
    await #expect(throws: error) { _ = try await iterator.next() }
    #expect(try await iterator.next() == nil)
    #expect(transport.seen.count == 1)
  }

  @Test("a list without a token cannot be watched, and says so")
  func noToken() async throws {
    let transport = ScriptedTransport { (_) throws(RPCError) in [] }
    let client = try SafeMobilityClient(transport: transport, configuration: time.configuration)
    let error = await #expect(throws: RPCError.self) {
      for try await _ in client.watchReferrals() {}
    }
    #expect(error?.code == .unimplemented)
  }

  @Test("registration and filter go with every call")
  func scope() async throws {
    let transport = WatchedFeed(eventCount: 0).transport
    let client = try SafeMobilityClient(transport: transport, configuration: time.configuration)
    await #expect(throws: WatchedFeed.theEnd) {
      for try await _ in client.watchReferrals(filter: "state = SENT", registration: "r") {}
    }
    #expect(transport.seen.count == 3)
    for call in transport.seen.prefix(2) {
      let list = try SafeMobility.ListReferralsRequest(serializedBytes: call.request)
      #expect(list.filter == "state = SENT" && list.registration == "r")
    }
    let watch = try SafeMobility.WatchReferralsRequest(serializedBytes: transport.seen[2].request)
    #expect(watch.filter == "state = SENT" && watch.registration == "r")
  }

  @Test("cancelling the task ends the watch without an error, even while nothing comes")
  func cancelled() async throws {
    let bytes = try WatchedFeed.event(1).serializedBytes()
    let transport = ScriptedTransport(open: { _ in ScriptedStream([bytes], end: nil) })
    let client = try SafeMobilityClient(transport: transport, configuration: time.configuration)
    let (seen, said) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      var count = 0
      for try await _ in client.watchReferrals(from: "t") {
        count += 1
        said.yield()
      }
      return count
    }
    for await _ in seen { break }
    task.cancel()
    #expect(try await task.value == 1)
  }

  @Test("of many events the oldest are forgotten, the newest are not")
  func recent() {
    var recent = RecentEvents()
    func insert(_ number: Int) -> Bool {
      recent.insert(WatchEventID(uid: "\(number)", version: 1))
    }
    let first = (0...RecentEvents.countMax).map { insert($0) }
    #expect(first.allSatisfy { $0 })
    let again = (1...RecentEvents.countMax).map { insert($0) }
    #expect(again.allSatisfy { !$0 })
    let forgotten = [insert(0), insert(1)]
    #expect(forgotten == [true, true])
    let others = [("2", 2), ("", 1), ("", 1)].map { uid, version in
      recent.insert(WatchEventID(uid: uid, version: version))
    }
    #expect(others == [true, true, true])
  }
}

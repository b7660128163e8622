import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// How an exchange begins, waits, breaks, goes on and ends.
@Suite("The flow of an exchange", .timeLimit(.minutes(2)))
struct ExchangeFlowTests {
  /// Messages in a wrong order, with the field that the refusal names.
  enum WrongOrder: CaseIterable {
    case ackFirst, commandFirst, nothingFirst, endFirst, helloTwice, ackOfNothing, ackAhead,
      ackNegative, ackBackwards, helloTooWide, nothing, commandWithoutMove, wrongToken

    var field: String {
      switch self {
      case .ackFirst: "ack"
      case .commandFirst: "command"
      case .endFirst, .helloTwice: "hello"
      case .nothingFirst, .nothing: "message"
      case .ackOfNothing, .ackNegative: "ack.event_no"
      case .ackAhead, .ackBackwards: "ack.event_no"
      case .helloTooWide: "hello.max_in_flight"
      case .commandWithoutMove: "command.command"
      case .wrongToken: "resume_token"
      }
    }

    func speak(_ stream: ExchangeStream, _ sent: SafeMobility.Referral) async throws {
      let move = SafeMobility.ExchangeCommand.Command.acknowledgeReferral(.init(receiving: sent))
      switch self {
      case .ackFirst: try await stream.ack(1)
      case .commandFirst: try await stream.command(move)
      case .nothingFirst: try await stream.send(nil)
      case .endFirst: stream.call.finish()
      case .helloTwice:
        try await stream.hello()
        try await stream.hello()
      case .ackOfNothing:
        try await stream.hello()
        try await stream.ack(0)
      case .ackAhead:
        try await stream.hello()
        _ = try await stream.work()
        try await stream.ack(2)
      case .ackNegative:
        try await stream.hello()
        try await stream.ack(.min)
      case .ackBackwards:
        try await stream.hello()
        _ = try await stream.done(move)
        _ = try await stream.work()
        _ = try await stream.work()
        try await stream.ack(2)
        try await stream.ack(1)
      case .helloTooWide: try await stream.hello(maxInFlight: 1_001)
      case .nothing:
        try await stream.hello()
        try await stream.send(nil)
      case .commandWithoutMove:
        try await stream.hello()
        try await stream.send(.command(.init()))
      case .wrongToken: try await stream.hello(from: "00")
      }
    }
  }

  @Test("messages in a wrong order end it, and say what to do", arguments: WrongOrder.allCases)
  func hostile(_ order: WrongOrder) async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let stream = ExchangeStream(watched.rsc)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      try await order.speak(stream, sent)
      while try await stream.next() != nil {}
    }
    #expect(refused?.fields == [order.field])
    let entry = try #require(try await watched.world.lastAuditEntries().last)
    #expect(entry.method.hasSuffix("/Exchange"))
    #expect(entry.verdict == .deny)
    #expect(entry.internalReason?.hasPrefix("FIELD_INVALID") == true)
    #expect(watched.world.desk.watcherCount == 0)
  }

  @Test("a hello that does not come ends it, after a time")
  func noHello() async throws {
    let watched = try await WatchCase {
      $0.helloAgeMax = .milliseconds(50)
      $0.bookmarkInterval = .milliseconds(20)
    }
    let stream = ExchangeStream(watched.rsc)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await stream.next()
    }
    #expect(refused?.fields == ["hello"])
  }

  @Test(
    "no more is sent than is allowed without an acknowledgement, and then the rest",
    arguments: World.StoreKind.allCases, [Int32(1), 2])
  func inFlight(_ kind: World.StoreKind, _ limit: Int32) async throws {
    let watched = try await WatchCase(kind) { $0.bookmarkInterval = .milliseconds(100) }
    _ = try await watched.walk()
    let before = try await watched.world.auditCount()
    let stream = try await ExchangeStream.begun(watched.rsc, maxInFlight: limit)
    let open = try await stream.work()
    #expect(open.referral?.state == .inProcess)
    let request = try SafeMobility.RequestWithdrawalRequest(of: #require(open.referral))
    let asked = try await watched.caseworker.referrals.requestWithdrawal(request)
    let confirm = try SafeMobility.ConfirmWithdrawalRequest(of: #require(asked.referral))
    // Results are not held up by work that is.
    #expect(try await stream.done(.confirmWithdrawal(confirm)).referral?.state == .withdrawn)
    for number in Int64(2)...3 {
      if limit == 2, number == 2 {
        #expect(try await stream.work().eventNo == 2)
        continue
      }
      // The second bookmark from now on comes after a look.
      for _ in 0..<2 { _ = try await stream.bookmark() }
      // The opening, what was sent, and the two moves: nothing is written down that was not sent.
      let expected: Int64 = before + 1 + (number - 1) + 2
      #expect(try await watched.world.auditCount() == expected)
      try await stream.ack(number - Int64(limit))
      #expect(try await stream.work().eventNo == number)
    }
  }

  @Test(
    "what was not acknowledged comes again after a break, under the same numbers",
    arguments: World.StoreKind.allCases)
  func redelivery(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    _ = try await watched.scene.sent()
    let first = try await ExchangeStream.begun(watched.rsc)
    let open = try await first.work()
    let later = try await watched.advance(try #require(open.referral), as: watched.rsc)
    let change = try await first.work()
    try await first.ack(1)
    let token = try await first.bookmark()
    first.call.cancel()
    // From behind the list of what is open: only the change.
    let second = try await ExchangeStream.begun(watched.rsc, from: token)
    let again = try await second.work()
    #expect(again.eventNo == 2)
    #expect(again.status?.uid == change.status?.uid)
    #expect(again.referral?.etag == later.etag)
    try await second.ack(2)
    let behind = try await second.bookmark()
    second.call.finish()
    let third = try await ExchangeStream.begun(watched.rsc, from: behind)
    let moved = try await watched.advance(later, as: watched.rsc)
    let news = try await third.work()
    #expect(news.eventNo == 3)
    #expect(news.referral?.etag == moved.etag)
  }

  @Test(
    "a break within the list of what is open goes on within it, and then tells what changed",
    arguments: World.StoreKind.allCases)
  func brokenList(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let mintrab = watched.mintrab
    var names: [String] = []
    try await watched.scene.consent(to: .h2a)
    for person in watched.scene.persons.prefix(3) {
      let draft = try await watched.scene.draft(on: .h2a, persons: [person])
      names.append(try await watched.scene.send(draft).name)
      watched.world.clock.advance(by: .seconds(1))
    }
    var token = ""
    var told: [String] = []
    for number in Int64(1)...3 {
      let stream = try await ExchangeStream.begun(mintrab, from: token, maxInFlight: 1)
      let work = try await stream.work()
      #expect(work.eventNo == number)
      #expect(work.status?.type == .created)
      #expect(work.record != nil)
      told.append(work.status?.resource ?? "")
      try await stream.ack(number)
      token = try await stream.bookmark()
      stream.call.cancel()
    }
    #expect(told == names)
    let stream = try await ExchangeStream.begun(mintrab, from: token)
    let first = try await mintrab.referrals.getReferral(.with { $0.name = names[0] })
    _ = try await watched.advance(try #require(first.referral), as: mintrab)
    let change = try await stream.work()
    #expect(change.eventNo == 4)
    #expect(change.status?.resource == names[0])
    #expect(change.status?.type == .stateChanged)
  }

  @Test("tokens say nothing by their length, and open for nobody else")
  func tokens() async throws {
    let watched = try await WatchCase { $0.bookmarkInterval = .milliseconds(50) }
    let stream = try await ExchangeStream.begun(watched.rsc)
    let idle = try await stream.bookmark()
    _ = try await watched.scene.sent()
    _ = try await stream.work()
    try await stream.ack(1)
    let token = try await stream.bookmark()
    #expect(token != idle)
    #expect(token.utf8.count == idle.utf8.count)
    let watch = try await watched.token(watched.rsc)
    for (caller, wrong) in [(watched.mintrab, token), (watched.rsc, watch)] {
      let stream = try await ExchangeStream.begun(caller, from: wrong)
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await stream.next()
      }
      #expect(refused?.fields == ["resume_token"])
    }
    try await watched.change(.usRsc) { $0.purposes.append(.familyReunification) }
    #expect(try await stream.reset() == "")
    #expect(try await stream.next() == nil)
    let expired = try await ExchangeStream.begun(watched.rsc, from: token)
    await expectRefusal("RESUME_TOKEN_EXPIRED", .outOfRange) { _ = try await expired.next() }
  }

  @Test("a client that does not acknowledge is told to go on from there anew")
  func behind() async throws {
    let watched = try await WatchCase {
      $0.behindMax = .milliseconds(150)
      $0.bookmarkInterval = .milliseconds(40)
    }
    _ = try await watched.scene.sent()
    let stream = try await ExchangeStream.begun(watched.rsc, maxInFlight: 1)
    let work = try await stream.work()
    let token = try await stream.reset()
    #expect(!token.isEmpty)
    while let message = try await stream.next() {
      guard case .bookmark = message else {
        Issue.record("after the reset came \(message)")
        break
      }
    }
    let again = try await ExchangeStream.begun(watched.rsc, from: token)
    let repeated = try await again.work()
    #expect(repeated.status?.uid == work.status?.uid)
    #expect(repeated.eventNo == 1)
  }

  @Test("a client that closes its side gets what it has asked for, and OK", arguments: [0, 1, 3])
  func halfClose(_ count: Int) async throws {
    let watched = try await WatchCase()
    let sent = try await watched.scene.sent()
    let request = SafeMobility.AcknowledgeReferralRequest(receiving: sent)
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await stream.work()
    for _ in 0..<count { try await stream.command(.acknowledgeReferral(request)) }
    try await stream.ack(1)
    stream.call.finish()
    var results = 0
    var tokens: [String] = []
    while let message = try await stream.next() {
      switch message {
      case .result(let result):
        #expect(result.referral?.state == .received)
        results += 1
      case .bookmark(let bookmark): tokens.append(bookmark.resumeToken)
      case .work, .reset: continue
      }
    }
    #expect(results == count)
    #expect(tokens.count == 1)
    #expect(watched.world.desk.watcherCount == 0)
  }

  @Test("a server that ends says so, before and after a hello, and takes no more")
  func ending() async throws {
    let watched = try await WatchCase()
    let silent = ExchangeStream(watched.rsc)
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await watched.scene.sent()
    _ = try await stream.work()
    while watched.world.desk.watcherCount < 2 { try await Task.sleep(for: .milliseconds(1)) }
    watched.world.desk.endWatches()
    for ended in [silent, stream, try await ExchangeStream.begun(watched.rsc)] {
      do {
        while try await ended.next() != nil {}
        Issue.record("the stream ended with OK")
      } catch let error as RPCError {
        #expect(error.code == .unavailable)
      }
    }
    #expect(watched.world.desk.watcherCount == 0)
  }

  @Test("who is refused is refused before its first message, and the log knows why")
  func refusedAtOnce() async throws {
    let watched = try await WatchCase()
    let stream = ExchangeStream(watched.caseworker)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await stream.next() }
    let stranger = ExchangeStream(watched.world.stranger)
    do {
      _ = try await stranger.next()
      Issue.record("a stranger was let in")
    } catch let error as RPCError {
      #expect(error.code == .unauthenticated)
      #expect(error.metadata["pasarela-audit-entry"] != nil)
    }
    let entries = try await watched.world.lastAuditEntries(2)
    #expect(entries.allSatisfy { $0.verdict == .deny && $0.method.hasSuffix("/Exchange") })
    #expect(entries.first?.role == .caseworker)
  }

  @Test("a partner's access that ends, ends its stream with the reason")
  func accessEnds() async throws {
    let watched = try await WatchCase { $0.bookmarkInterval = .milliseconds(50) }
    let stream = try await ExchangeStream.begun(watched.rsc)
    _ = try await stream.bookmark()
    try await watched.change(.usRsc) { $0.identities = [] }
    do {
      while try await stream.next() != nil {}
      Issue.record("the stream ended with OK")
    } catch let error as RPCError {
      #expect(error.code == .unauthenticated)
    }
  }
}

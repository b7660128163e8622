import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// Who loses sight of a case by a protection hold is told so, whether its stream was there or has had a break.
@Suite("Watching what a protection hold hides", .timeLimit(.minutes(2)))
struct ProtectionWatchTests {
  /// What a stream has told, of which referral, and whether with the referral.
  private struct Sight: Equatable, CustomStringConvertible {
    var type: SafeMobility.EventType
    var name: String
    var isWhole: Bool

    init(_ type: SafeMobility.EventType, _ name: String) {
      (self.type, self.name, isWhole) = (type, name, type != .removed)
    }

    init(_ event: SafeMobility.ReferralEvent) {
      type = event.status?.type ?? .unspecified
      name = event.status?.resource ?? ""
      isWhole = event.referral != nil
      // Neither why it is gone nor who did it.
      if type == .removed {
        #expect(event.status?.state == "" && event.status?.actorClass == .unspecified)
      }
    }

    var description: String { "\(type) \(name)\(isWhole ? "" : ", no more")" }
  }

  private func sights(_ stream: WatchedStream, _ count: Int) async throws -> [Sight] {
    var sights: [Sight] = []
    while sights.count < count { sights.append(Sight(try await stream.nextEvent())) }
    return sights
  }

  @Test(
    "streams tell receiver and sender that a referral is gone, and that it is there again",
    arguments: World.StoreKind.allCases)
  func living(_ kind: World.StoreKind) async throws {
    let held = try await ProtectedCase(kind)
    let (sent, others) = try await held.referrals()
    // All have theirs from a list: no stream has told of any.
    let receiver = try await held.watched.watch(held.mintrab)
    let sender = try await held.watched.watch(held.sender)
    let office = try await held.watched.watch(held.watched.caseworker)
    _ = try await held.hold(true)
    #expect(try await sights(receiver, 1) == [Sight(.removed, sent.name)])
    #expect(try await sights(sender, 1) == [Sight(.removed, others.name)])
    // Who sees it all the while is told of a change, and nothing of whose it was.
    let kept = try await office.nextEvent()
    #expect(Sight(kept) == Sight(.updated, sent.name))
    #expect(kept.status?.actorClass == .system)
    _ = try await held.hold(false)
    let shown = try await receiver.nextEvent()
    #expect(Sight(shown) == Sight(.created, sent.name))
    #expect(shown.status?.state == "REFERRAL_STATE_SENT")
    let read = try await held.mintrab.referrals.getReferral(.with { $0.name = sent.name })
    #expect(shown.referral == read.referral)
    #expect(try await sights(sender, 1) == [Sight(.created, others.name)])
    #expect(try await sights(office, 1) == [Sight(.updated, sent.name)])
    // And so again, of what this stream has told of itself.
    _ = try await held.hold(true)
    #expect(try await sights(receiver, 1) == [Sight(.removed, sent.name)])
    #expect(try await sights(sender, 1) == [Sight(.removed, others.name)])
  }

  @Test(
    "a stream that goes on after a break is told what was hidden, and shown, meanwhile",
    arguments: World.StoreKind.allCases)
  func resumed(_ kind: World.StoreKind) async throws {
    let held = try await ProtectedCase(kind)
    let (sent, others) = try await held.referrals()
    let callers = [(held.mintrab, sent.name), (held.sender, others.name)]
    var tokens: [String] = []
    for (caller, _) in callers { tokens.append(try await held.watched.token(caller)) }
    _ = try await held.hold(true)
    for (index, (caller, name)) in callers.enumerated() {
      let stream = try await held.watched.watch(caller, from: tokens[index])
      let event = try #require(try await stream.next())
      guard case .event(let removed) = event.item else {
        Issue.record("it was told of \(event)")
        return
      }
      #expect(Sight(removed) == Sight(.removed, name))
      #expect(removed.eventNo == 1)
      await stream.cancel()
      // From behind it nothing comes of it a second time until it is shown.
      tokens.append(event.resumeToken)
    }
    _ = try await held.hold(false)
    for (index, (caller, name)) in callers.enumerated() {
      let whole = try await held.watched.watch(caller, from: tokens[index])
      #expect(try await sights(whole, 2) == [Sight(.removed, name), Sight(.created, name)])
      let rest = try await held.watched.watch(caller, from: tokens[index + 2])
      let shown = try await rest.nextEvent()
      #expect(Sight(shown) == Sight(.created, name))
      #expect(shown.eventNo == 2)
    }
    // Hidden, shown and hidden again: whoever was away for all of it must know the end.
    _ = try await held.hold(true)
    for (index, (caller, name)) in callers.enumerated() {
      let stream = try await held.watched.watch(caller, from: tokens[index])
      var last: Sight?
      for sight in try await sights(stream, 2) { last = sight }
      #expect(last == Sight(.removed, name))
    }
  }

  @Test(
    "nothing is told of what the caller never saw, nor of what becomes of it while it is hidden")
  func silence() async throws {
    let held = try await ProtectedCase { $0.bookmarkInterval = .milliseconds(200) }
    let draft = try await held.scene.draft(on: .h2a)
    let tokens = [
      try await held.watched.token(held.mintrab), try await held.watched.token(held.sender),
    ]
    let streams = [
      try await held.watched.watch(held.mintrab), try await held.watched.watch(held.sender),
    ]
    _ = try await held.hold(true)
    let id = try #require(ReferralID(rawValue: draft.uid))
    let stored = try #require(try await held.world.store.read { try $0.referral(id) })
    _ = try await held.watched.caseworker.referrals.recallReferral(
      .with {
        ($0.name, $0.etag, $0.requestId) = (draft.name, stored.etag.text, requestID())
        $0.reason = .sentInError
      })
    let resumed = [
      try await held.watched.watch(held.mintrab, from: tokens[0]),
      try await held.watched.watch(held.sender, from: tokens[1]),
    ]
    for stream in streams + resumed { #expect(try await stream.isSilent()) }
  }

  @Test(
    "staff that is not the United Nations' hears of a registration that is hidden, and shown, in a stream and after a break",
    arguments: World.StoreKind.allCases)
  func registrations(_ kind: World.StoreKind) async throws {
    let watched = try await KindCase(.registrations, kind)
    try await watched.world.change(.iom) { $0.kind = .ngo }
    let token = try await watched.token()
    let living = try await watched.watch(from: token)
    func hold(_ isHeld: Bool) async throws {
      let reviewer = watched.world.caller("unhcr/REVIEWER").applicants
      let name = watched.visit.name
      let read = try await reviewer.getRegistration(.with { $0.name = name })
      let etag = try #require(read.registration?.etag)
      _ = try await reviewer.setProtectionHold(
        .with { ($0.name, $0.etag, $0.requestId, $0.hold) = (name, etag, requestID(), isHeld) })
    }
    try await hold(true)
    let removed = try #require(try await living.events(1).first?.change)
    #expect(removed.type == .removed && !removed.isWhole && removed.state == "")
    #expect(removed.resource == watched.visit.name)
    #expect(try await watched.watch(from: token).events(1).first?.change == removed)
    try await hold(false)
    let shown = try #require(try await living.events(1).first?.change)
    #expect(shown.type == .created && shown.isWhole)
    #expect(try await watched.watch(from: token).events(2).map(\.change) == [removed, shown])
  }

  @Test(
    "a partner's working stream is told too, and with the data when it sees it again",
    arguments: World.StoreKind.allCases)
  func exchange(_ kind: World.StoreKind) async throws {
    let held = try await ProtectedCase(kind)
    let sent = try await held.scene.sent(on: .h2a)
    let release = try await held.scene.release(sent, as: held.scene.mintrab)
    let stream = try await ExchangeStream.begun(held.mintrab)
    #expect(try await stream.work().referral?.name == sent.name)
    try await stream.ack(1)
    let token = try await stream.bookmark()
    _ = try await held.hold(true)
    let removed = try await stream.work()
    #expect(removed.status?.type == .removed && removed.status?.resource == sent.name)
    #expect(removed.referral == nil && removed.record == nil)
    // Who begins now has no such work, and who goes on loses what it had.
    let resumed = try await ExchangeStream.begun(held.mintrab, from: token)
    #expect(try await resumed.work().status?.type == .removed)
    let fresh = try await ExchangeStream.begun(held.mintrab)
    _ = try await held.hold(false)
    for each in [stream, resumed, fresh] {
      let shown = try await each.work()
      #expect(shown.status?.type == .created)
      #expect(shown.referral?.name == sent.name)
      #expect(shown.record == release)
    }
  }
}

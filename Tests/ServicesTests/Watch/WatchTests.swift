import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("Watching referrals", .timeLimit(.minutes(1)))
struct WatchTests {
  @Test(
    "a stream goes on where a list ended, with each change as the caller may see it",
    arguments: World.StoreKind.allCases)
  func follows(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    let stream = try await watched.watch(watched.rsc)
    var last = sent
    for (number, state) in ["RECEIVED", "ACCEPTED", "IN_PROCESS"].enumerated() {
      watched.world.clock.advance(by: .seconds(1))
      last = try await watched.advance(last, as: watched.rsc)
      let event = try await stream.nextEvent()
      #expect(event.eventNo == Int64(number + 1))
      let read = try await watched.rsc.referrals.getReferral(.with { $0.name = sent.name })
      #expect(event.referral == read.referral)
      let status = try #require(event.status)
      #expect(status.resource == sent.name)
      #expect(status.version == Int64(number + 3))
      #expect(status.type == .stateChanged)
      #expect(status.state == "REFERRAL_STATE_\(state)")
      #expect(status.actorClass == .partner)
      #expect(status.eventTime == last.updateTime)
    }
    let stored = try await watched.world.events(of: .referral, sent.uid)
    #expect(stored.count == 5)
  }

  @Test(
    "a receiver is told of a referral from SENT on, its sender from the draft on, others of nothing",
    arguments: World.StoreKind.allCases)
  func sides(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let receiver = try await watched.watch(watched.mintrab)
    let sender = try await watched.watch(watched.caseworker)
    let other = try await watched.watch(watched.rsc)
    try await watched.walk(.h2a, as: watched.mintrab)
    var seen: [[Told]] = [[], []]
    for (index, stream) in [receiver, sender].enumerated() {
      while seen[index].count < 4 + index {
        if case .event(let event) = try await stream.next()?.item {
          seen[index].append(Told(event))
        }
      }
    }
    let states = ["SENT", "RECEIVED", "ACCEPTED", "IN_PROCESS"].map { "REFERRAL_STATE_\($0)" }
    #expect(seen[0].map(\.state) == states)
    #expect(seen[0].map(\.number) == [1, 2, 3, 4])
    #expect(seen[0].map(\.type) == [.created, .stateChanged, .stateChanged, .stateChanged])
    #expect(seen[1].map(\.state) == ["REFERRAL_STATE_DRAFT"] + states)
    #expect(seen[1].map(\.number) == [1, 2, 3, 4, 5])
    #expect(seen[1].first?.type == .created)
    #expect(seen[1].dropFirst().map(\.uid) == seen[0].map(\.uid))
    // The first that the other hears of, by number too, is its own.
    let own = try await watched.scene.sent()
    let event = try await other.nextEvent()
    #expect(event.status?.resource == own.name)
    #expect(event.eventNo == 1)
  }

  @Test("a draft that is recalled, or was never sent, is nothing to its receiver")
  func neverSent() async throws {
    let watched = try await WatchCase()
    let stream = try await watched.watch(watched.rsc)
    let draft = try await watched.scene.draft()
    _ = try await watched.caseworker.referrals.recallReferral(
      .with {
        $0.name = draft.name
        $0.etag = draft.etag
        $0.reason = .sentInError
        $0.requestId = requestID()
      })
    let sent = try await watched.scene.sent()
    let event = try await stream.nextEvent()
    #expect(event.eventNo == 1)
    #expect(event.status?.resource == sent.name)
  }

  @Test("what leaves the filter is removed, without a reason or the resource")
  func filtered() async throws {
    let watched = try await WatchCase()
    let filter = "state = RECEIVED AND pathway = pathways/USRAP"
    let stream = try await watched.watch(watched.rsc, filter: filter)
    let last = try await watched.walk()
    let entered = try await stream.nextEvent()
    #expect(entered.status?.type == .created)
    #expect(entered.status?.state == "REFERRAL_STATE_RECEIVED")
    #expect(entered.referral != nil)
    let left = try await stream.nextEvent()
    #expect(left.eventNo == 2)
    #expect(left.status?.type == .removed)
    #expect(left.status?.resource == last.name)
    #expect(left.status?.state == "")
    #expect(left.status?.actorClass == .unspecified)
    #expect(left.referral == nil)
  }

  @Test("only the registration asked for is watched, and the log knows of whose")
  func ofRegistration() async throws {
    let watched = try await WatchCase()
    let name = "registrations/\(watched.scene.registration)"
    var random = SystemRandomNumberGenerator()
    let other = "registrations/\(RegistrationID(using: &random))"
    let elsewhere = try await watched.watch(watched.caseworker, registration: other)
    let here = try await watched.watch(watched.caseworker, registration: name)
    let entry = try #require(try await watched.world.lastAuditEntries().last)
    #expect(entry.method == "safemobility.v1.ReferralService/WatchReferrals")
    #expect(entry.casePseudonym != nil)
    let draft = try await watched.scene.draft()
    #expect(try await here.nextEvent().status?.resource == draft.name)
    watched.world.desk.endWatches()
    await #expect(throws: RPCError.self) { _ = try await elsewhere.next() }
  }

  @Test("when access ends, what was told of is removed once and no more is heard of it")
  func accessEnds() async throws {
    let watched = try await WatchCase { $0.bookmarkInterval = .milliseconds(300) }
    // Not the United Nations': a protection hold hides a registration from its staff.
    try await watched.change(.unhcr) { $0.kind = .ngo }
    // The receiver's is, for once, so that it can go on.
    try await watched.change(.gtMintrab) { $0.kind = .un }
    let stream = try await watched.watch(watched.caseworker)
    let draft = try await watched.scene.draft(on: .h2a)
    let told = try await stream.nextEvent()
    #expect(told.status?.resource == draft.name)
    try await watched.scene.consent(to: .h2a)
    let sent = try await watched.scene.send(draft)
    #expect(try await stream.nextEvent().referral?.state == .sent)
    let registration = watched.scene.registration
    try await watched.world.store.write { tx in
      guard var held = try tx.registration(registration) else { throw StoreError.notFound }
      let version = held.revision.version
      held.holds.insert(.protection)
      held.revision.advance(at: tx.now)
      try tx.update(held, from: version)
    }
    var moved = try await watched.advance(sent, as: watched.mintrab)
    let removed = try await stream.nextEvent()
    #expect(removed.status?.type == .removed)
    #expect(removed.status?.resource == draft.name)
    #expect(removed.referral == nil)
    moved = try await watched.advance(moved, as: watched.mintrab)
    #expect(moved.state == .accepted)
    #expect(try await stream.isSilent())
  }

  @Test(
    "INV-16: an event is in the log, under its case, before it is told",
    arguments: World.StoreKind.allCases)
  func logged(_ kind: World.StoreKind) async throws {
    let watched = try await WatchCase(kind)
    let sent = try await watched.scene.sent()
    let stream = try await watched.watch(watched.rsc)
    let before = try await watched.world.auditCount()
    _ = try await watched.advance(sent, as: watched.rsc)
    let event = try await stream.nextEvent()
    #expect(event.eventNo == 1)
    #expect(try await watched.world.auditCount() == before + 2)
    let entries = try await watched.world.lastAuditEntries(2)
    #expect(
      entries.map(\.method).map { $0.split(separator: "/").last } == [
        "AcknowledgeReferral", "WatchReferrals",
      ])
    let entry = try #require(entries.last)
    #expect(entry.verdict == .allow)
    #expect(entry.partner == .usRsc)
    #expect(entry.role == .partnerOfficer)
    #expect(entry.purpose == .resettlement)
    #expect(entry.responseCommitment != nil)
    #expect(entry.casePseudonym != nil)
    #expect(entry.casePseudonym == entries.first?.casePseudonym)
  }

  @Test(
    "a filter that a stream cannot keep is refused",
    arguments: ["overdue = true", "update_time > \"2023-06-12T00:00:00Z\"", "state", "purpose = X"])
  func badFilter(_ filter: String) async throws {
    let watched = try await WatchCase()
    let token = try await watched.token(watched.rsc)
    let stream = try WatchedStream(watched.world.router, watched.rsc, token: token, filter: filter)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await stream.next()
    }
    #expect(refused?.fields == ["filter"])
  }

  @Test("roles that the schema does not name do not watch")
  func roles() async throws {
    let watched = try await WatchCase()
    for identity in ["unhcr/APPLICANT", "unhcr/DPO", "unhcr/SCREENER"] {
      let caller = watched.world.caller(identity)
      let stream = try WatchedStream(watched.world.router, caller, token: "00")
      await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await stream.next() }
    }
    let entry = try #require(try await watched.world.lastAuditEntries().last)
    #expect(entry.verdict == .deny)
    #expect(entry.method.hasSuffix("/WatchReferrals"))
  }
}

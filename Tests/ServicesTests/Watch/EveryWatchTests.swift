import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient
import ServiceFixture
import Services
import Storage
import Testing

/// What is true of every watch, asked of each kind that ``WatchTests`` and its neighbours do not ask.
@Suite("Every watch", .timeLimit(.minutes(2)))
struct EveryWatchTests {
  @Test(
    "tells each change once, by number, and from each of its tokens comes exactly the rest",
    arguments: World.StoreKind.allCases, WatchedKind.allCases)
  func resumes(_ store: World.StoreKind, _ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind, store)
    let first = try await watched.token()
    let live = try await watched.watch(from: first)
    for _ in 0..<3 { try await watched.cycle() }
    let told = try await live.events(6)
    #expect(told.map(\.change.number) == [1, 2, 3, 4, 5, 6])
    #expect(Set(told.map(\.change.uid)).count == 6)
    #expect(told.allSatisfy { $0.change.isWhole })
    let types = told.map(\.change.type)
    let pair: [SafeMobility.EventType] =
      kind == .slots ? [.updated, .updated] : [.created, .stateChanged]
    #expect(types == pair + pair + pair)
    let tokens = [first] + told.map(\.token)
    #expect(Set(tokens.map(\.utf8.count)).count == 1)
    for (index, token) in tokens.enumerated() {
      let stream = try await watched.watch(from: token)
      let rest = try await stream.events(6 - index)
      #expect(rest.map(\.change) == told.dropFirst(index).map(\.change), "from \(index)")
      await stream.cancel()
    }
    // Behind the last comes what is new and nothing else, at another server of the store.
    let desk = try Desk(
      store: watched.world.store, secrets: World.secrets, watching: WatchCase.limits)
    let telling = Task { await desk.tellWatchers { _ in } }
    defer { telling.cancel() }
    let elsewhere = try watched.open(
      from: told[5].token, router: ProgrammeServices.router(at: desk))
    await elsewhere.begun()
    try await watched.cycle()
    #expect(try await elsewhere.events(2).map(\.change.number) == [7, 8])
    #expect(try await live.events(2).map(\.change.number) == [7, 8])
  }

  @Test("is woken by a commit of its server at once", arguments: WatchedKind.allCases)
  func atOnce(_ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind) { $0.pollInterval = .days(1) }
    let stream = try await watched.watch()
    try await watched.cycle()
    #expect(try await stream.events(2).count == 2)
  }

  @Test("takes back what was told when access ends, and tells others nothing")
  func accessEnds() async throws {
    for kind in WatchedKind.allCases where kind.isPersonal {
      let watched = try await KindCase(kind) { $0.bookmarkInterval = .milliseconds(100) }
      // Not the United Nations': a protection hold hides a registration from its staff.
      try await watched.world.change(.iom) { $0.kind = .ngo }
      let stream = try await watched.watch()
      let draft = try await watched.draft()
      var (resource, id) = (draft.name, draft.uid)
      var offered: SafeMobility.Appointment?
      if kind == .appointments {
        let made = try await watched.visit.offered()
        (offered, resource, id) = (made, made.name, watched.visit.registration.id.rawValue)
      }
      let told = try #require(try await stream.events(1).first)
      #expect(told.change.resource == resource)
      try await watched.protect(try #require(RegistrationID(rawValue: id)))
      let late = try await watched.watch()
      try await Self.move(watched, draft, offered)
      let removed = try #require(try await stream.events(1).first)
      #expect(removed.change.type == .removed)
      #expect(removed.change.resource == resource)
      #expect(!removed.change.isWhole)
      #expect(removed.change.state == "")
      try await Self.move(watched, draft, offered)
      // The second bookmark from now on comes after a look at that move.
      for stream in [stream, late] {
        for _ in 0..<2 { #expect(try await stream.next()?.item == .bookmark) }
      }
    }
  }

  @Test("a removal that was decided and not sent in time is told all the same")
  func lateRemoval() async throws {
    let watched = try await KindCase(.registrations) { $0.decisionAgeMax = .zero }
    try await watched.world.change(.iom) { $0.kind = .ngo }
    let stream = try await watched.watch(heldBack: true)
    let hidden = try await watched.draft()
    #expect(try await stream.events(1).first?.change.resource == hidden.name)
    // The stream waits for its client; what comes meanwhile is decided at once.
    try await watched.protect(try #require(RegistrationID(rawValue: hidden.uid)))
    let other = try await watched.draft()
    try await Self.move(watched, hidden, nil)
    stream.takeOne()
    #expect(try await stream.events(1).first?.change.resource == other.name)
    stream.takeOne()
    let removed = try #require(try await stream.events(1).first)
    #expect(removed.change.type == .removed)
    #expect(removed.change.resource == hidden.name)
    stream.takeOne()
  }

  /// Changes the case or its appointment, out of reach of the office's staff.
  private static func move(
    _ watched: KindCase, _ draft: SafeMobility.Registration, _ offered: SafeMobility.Appointment?
  ) async throws {
    let id = try #require(RegistrationID(rawValue: draft.uid))
    let visit = try offered.map { try #require(AppointmentID(rawValue: $0.uid)) }
    try await watched.world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      let kind: AggregateKind = visit == nil ? .registration : .appointment
      let version: Version
      let state: Int
      if let visit {
        guard var moved = try tx.appointment(visit) else { throw StoreError.notFound }
        let before = moved.revision.version
        moved.revision.advance(at: tx.now)
        try tx.update(moved, from: before)
        (version, state) = (moved.revision.version, moved.state.rawValue)
      } else {
        guard var moved = try tx.registration(id) else { throw StoreError.notFound }
        let before = moved.revision.version
        moved.revision.advance(at: tx.now)
        try tx.update(moved, from: before)
        (version, state) = (moved.revision.version, moved.state.rawValue)
      }
      try tx.append(
        StatusEvent(
          id: StatusEventID(using: &random), aggregate: kind,
          uid: visit?.rawValue ?? id.rawValue, version: version, type: "Update",
          stateBefore: state, stateAfter: state, actorClass: .staff, time: tx.now))
    }
  }

  @Test(
    "tells a client that stays behind to list again, and ends",
    arguments: World.StoreKind.allCases, WatchedKind.allCases)
  func slow(_ store: World.StoreKind, _ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind, store) {
      $0.behindMax = .milliseconds(300)
      $0.batchCountMax = 2
    }
    let start = try await watched.token()
    for _ in 0..<3 { try await watched.cycle() }
    let stream = try await watched.watch(from: start, heldBack: true)
    #expect(try await stream.events(1).count == 1)
    try await Task.sleep(for: .milliseconds(400))
    stream.takeOne()
    // What was decided with it is sent; then it is told.
    #expect(try await stream.events(1).first?.change.number == 2)
    stream.takeOne()
    let reset = try #require(try await stream.next())
    #expect(reset.item == .reset)
    #expect(reset.token == "")
    stream.takeOne()
    #expect(try await stream.next() == nil)
    #expect(watched.world.desk.watcherCount == 0)
    // A list and the stream behind it have it all.
    let again = try await watched.watch()
    try await watched.cycle()
    #expect(try await again.events(2).map(\.change.number) == [1, 2])
  }

  @Test(
    "a token that is too old, or of another policy, has expired", arguments: WatchedKind.allCases)
  func expired(_ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind)
    func expectExpired(_ token: String) async throws {
      let stream = try watched.open(from: token)
      await expectRefusal("RESUME_TOKEN_EXPIRED", .outOfRange) { _ = try await stream.next() }
    }
    let token = try await watched.token()
    watched.world.clock.advance(by: .days(7))
    await (try await watched.watch(from: token)).cancel()
    watched.world.clock.advance(by: .microseconds(1))
    try await expectExpired(token)
    let fresh = try await watched.token()
    let stream = try await watched.watch(from: fresh)
    try await watched.world.change(.iom) { $0.purposes.append(.familyReunification) }
    try await expectExpired(fresh)
    if kind == .registrations {
      _ = try await watched.draft()
    } else {
      let slot = try await watched.world.slot()
      _ = try await watched.visit.offered(in: slot)
    }
    #expect(try await stream.next()?.item == .reset)
  }

  @Test("a token is good for its own subscription", arguments: WatchedKind.allCases)
  func tokens(_ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind)
    func expectRefused(_ token: String, _ caller: WorldCaller? = nil) async throws {
      let stream = try watched.open(caller, from: token)
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await stream.next()
      }
      #expect(refused?.fields == ["resume_token"])
    }
    let token = try await watched.token()
    #expect(!token.isEmpty)
    try await expectRefused("")
    try await expectRefused(try await watched.token(narrowed: true))
    for other in WatchedKind.allCases where other != kind {
      let elsewhere = KindCase(other, of: watched)
      try await expectRefused(try await elsewhere.token())
    }
    let role = kind == .registrations ? "REVIEWER" : "FRONT_DESK"
    try await expectRefused(token, watched.caller(role))
    try await expectRefused(token, watched.world.caller("unhcr/SUPERVISOR"))
    await (try await watched.watch(watched.caller("SUPERVISOR", user: "a colleague"), from: token))
      .cancel()
  }

  @Test(
    "INV-16: what tells of people is in the log, under its case, before it is told; slots are nobody's",
    arguments: World.StoreKind.allCases, WatchedKind.allCases)
  func logged(_ store: World.StoreKind, _ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind, store)
    let token = try await watched.token()
    let before = try await watched.world.auditCount()
    let stream = try await watched.watch(from: token)
    let began = try await watched.world.auditCount()
    #expect(began == before + (kind.isPersonal ? 1 : 0))
    try await watched.cycle()
    _ = try await stream.events(2)
    let count = try await watched.world.auditCount()
    #expect(count == began + (kind.isPersonal ? 4 : 2))
    let entries = try await watched.world.lastAuditEntries(Int(count - began))
    let told = entries.filter { $0.method == watched.method.fullName }
    #expect(told.count == (kind.isPersonal ? 2 : 0))
    for entry in told {
      #expect(entry.verdict == .allow)
      #expect(entry.role == .supervisor)
      #expect(entry.responseCommitment != nil)
      #expect(entry.casePseudonym != nil)
      #expect(entry.casePseudonym == entries.first?.casePseudonym)
    }
  }

  @Test(
    "roles that the schema does not name do not watch, and lists give them no token",
    arguments: WatchedKind.allCases)
  func roles(_ kind: WatchedKind) async throws {
    let watched = try await KindCase(kind)
    try await watched.world.permitEverything(to: .iom)
    let schema = try SchemaText().methods.first { $0.name == watched.method.fullName }
    let admitted = try #require(schema?.roles)
    #expect(!admitted.isEmpty && !admitted.contains("PARTNER_OFFICER"))
    for role in Role.allCases where role != .system && role != .anonymous {
      if admitted.contains(role.name) {
        let caller = watched.caller(role.name)
        await (try await watched.watch(caller)).cancel()
      } else {
        let stream = try watched.open(watched.caller(role.name), from: "00")
        await expectRefusal("ACCESS_DENIED", .permissionDenied) { _ = try await stream.next() }
      }
    }
    let token = try? await watched.token(watched.caller("APPLICANT"))
    #expect(token == "")
  }
}

extension KindCase {
  /// The same world, watched for another kind.
  init(_ kind: WatchedKind, of other: KindCase) {
    self.kind = kind
    visit = other.visit
  }
}

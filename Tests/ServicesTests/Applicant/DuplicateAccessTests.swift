import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Who learns of possible duplicates, and how they are asked for.
@Suite("Duplicates, and who may know")
struct DuplicateAccessTests {
  @Test(
    "a candidate is hidden from whoever may not know of one of the two",
    arguments: World.StoreKind.allCases)
  func protected(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    try await Self.insertNGO(into: scene.world)
    let reviewer = scene.dossier.client("ngo/REVIEWER")
    let candidate = try #require(try await scene.list().first)
    #expect(try await scene.list(reviewer) == [candidate])
    try await protect(first, in: scene.world)
    #expect(try await scene.list(reviewer).isEmpty)
    #expect(try await scene.list(reviewer, of: second).isEmpty)
    let found = try await scene.dossier.client("ngo/SCREENER").findDuplicates(
      .with { ($0.registration, $0.requestId) = (second.name, requestID()) })
    #expect(found.duplicateCandidates.isEmpty)
    let hidden = await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      try await scene.resolve(candidate, .distinct, by: reviewer)
    }
    var absent = candidate
    var random = SystemRandomNumberGenerator()
    absent.name = "duplicateCandidates/\(DuplicateCandidateID(using: &random))"
    let denied = await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      try await scene.resolve(absent, .distinct, by: reviewer)
    }
    #expect(hidden == denied)
    #expect(try await scene.list() == [candidate])
  }

  @Test("a candidate moves at the version that was read, and by what is a resolution")
  func moves() async throws {
    let scene = try await DuplicateScene()
    _ = try await scene.twice()
    let candidate = try #require(try await scene.list().first)
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      try await scene.resolve(candidate, .open)
    }
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      try await scene.resolve(candidate, .unspecified)
    }
    try await scene.resolve(candidate, .undecided)
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      try await scene.resolve(candidate, .distinct)
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      try await scene.resolve(candidate, .distinct, by: scene.dossier.screener)
    }
    let entry = try #require(try await scene.world.lastAuditEntries().last)
    #expect(entry.verdict == .deny)
  }

  @Test(
    "what a resolution leaves in the log is the candidate's", arguments: World.StoreKind.allCases)
  func trace(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (_, second) = try await scene.twice()
    let candidate = try #require(try await scene.list().first)
    try await scene.resolve(candidate, .distinct)
    let entry = try #require(try await scene.world.lastAuditEntries().last)
    #expect(entry.verdict == .allow)
    #expect(entry.stateBefore == DuplicateState.open.rawValue)
    #expect(entry.stateAfter == DuplicateState.distinct.rawValue)
    #expect(entry.versionAfter?.rawValue == 2)
    _ = try await scene.dossier.read(second)
    let read = try #require(try await scene.world.lastAuditEntries().last)
    #expect(entry.casePseudonym == read.casePseudonym)
    // A list tells of both cases, each with an entry of its own.
    let before = try await scene.world.auditCount()
    _ = try await scene.list()
    #expect(try await scene.world.auditCount() == before + 3)
  }

  @Test(
    "who is told of a pair is told of both cases, and both have it in the log",
    arguments: World.StoreKind.allCases)
  func disclosed(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    func entries(_ count: Int64, _ call: () async throws -> Void) async throws -> [AuditEntry] {
      let before = try await scene.world.auditCount()
      try await call()
      #expect(try await scene.world.auditCount() == before + count)
      return try await scene.world.lastAuditEntries(Int(count))
    }
    func pseudonym(_ of: SafeMobility.Registration) async throws -> Digest? {
      _ = try await scene.dossier.read(of)
      return try await scene.world.lastAuditEntries().last?.casePseudonym
    }
    let both = [try await pseudonym(first), try await pseudonym(second)]
    #expect(Set(both.compactMap { $0 }).count == 2)
    let candidate = try #require(try await scene.list().first)
    let found = try await entries(2) { _ = try await scene.find(in: second) }
    #expect(found.map(\.casePseudonym) == both)
    // Nothing has moved, and the entry does not say so.
    #expect(found.allSatisfy { $0.stateAfter == nil })
    let other = try await entries(2) { _ = try await scene.find(in: first) }
    #expect(other.map(\.casePseudonym) == both.reversed())
    let resolved = try await entries(3) { try await scene.resolve(candidate, .distinct) }
    // That the second is free is an entry of its own.
    #expect(resolved.map(\.casePseudonym) == [both[1], both[0], both[1]])
    let submitted = RegistrationState.submitted.rawValue
    #expect(resolved.map(\.stateAfter) == [submitted, nil, DuplicateState.distinct.rawValue])
    let none = try await entries(1) { _ = try await scene.find(in: second) }
    #expect(none.map(\.casePseudonym) == [both[1]])
  }

  @Test(
    "a repetition tells of the other case again: it is in the log, and only where it is still reached",
    arguments: World.StoreKind.allCases)
  func repetition(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    let candidate = try #require(try await scene.list().first)
    try await Self.insertNGO(into: scene.world)
    let screener = scene.dossier.client("ngo/SCREENER")
    let reviewer = scene.dossier.client("ngo/REVIEWER")
    let search = SafeMobility.FindDuplicatesRequest.with {
      ($0.registration, $0.requestId) = (second.name, requestID())
    }
    let decision = SafeMobility.ResolveDuplicateRequest.with {
      ($0.name, $0.etag, $0.requestId) = (candidate.name, candidate.etag, requestID())
      $0.resolution = .undecided
    }
    let found = try await screener.findDuplicates(search)
    #expect(found.duplicateCandidates.map(\.name) == [candidate.name])
    let decided = try await reviewer.resolveDuplicate(decision)
    func expectBothTold(_ call: () async throws -> Void) async throws {
      let before = try await scene.world.auditCount()
      try await call()
      #expect(try await scene.world.auditCount() == before + 2)
      let entries = try await scene.world.lastAuditEntries(2)
      #expect(entries.map { $0.subject?.registration.rawValue } == [first.uid, second.uid])
    }
    try await expectBothTold {
      let again = try await screener.findDuplicates(search)
      #expect(again == found)
    }
    try await expectBothTold {
      let again = try await reviewer.resolveDuplicate(decision)
      #expect(again == decided)
    }
    try await protect(first, in: scene.world)
    #expect(try await screener.findDuplicates(search).duplicateCandidates.isEmpty)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await reviewer.resolveDuplicate(decision)
    }
  }

  /// A partner that works on cases, and from which a protection hold hides some.
  private static func insertNGO(into world: World) async throws {
    try await world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      try tx.insert(
        Partner(
          id: PartnerID(checked: "ngo"), uid: ResourceUID(using: &random), displayName: "An NGO",
          kind: .ngo,
          identities: ["SCREENER", "REVIEWER"].map {
            "spiffe://pasarela.dev/partner/ngo/role/\($0)"
          },
          purposes: [.processing], revision: Revision(createdAt: tx.now)))
    }
  }

  private func protect(_ registration: SafeMobility.Registration, in world: World) async throws {
    try await world.store.write { tx in
      let id = try #require(RegistrationID(rawValue: registration.uid))
      var registration = try #require(try tx.registration(id))
      let version = registration.revision.version
      registration.holds.insert(.protection)
      registration.revision.advance(at: tx.now)
      try tx.update(registration, from: version)
    }
  }

  @Test(
    "lists are filtered by state, score and hold, and paged", arguments: World.StoreKind.allCases)
  func lists(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    _ = try await scene.twice()
    _ = try await scene.submitted(born: (1962, 11, 4), phone: "+50255550188")
    let all = try await scene.list()
    #expect(all.count == 3)
    #expect(all.map(\.score) == all.map(\.score).sorted(by: >))
    #expect(try await scene.list(filter: "holds_registration = true") == [all[0]])
    #expect(try await scene.list(filter: "score >= \(all[0].score)") == [all[0]])
    #expect(try await scene.list(filter: "score < \(all[0].score)") == Array(all.dropFirst()))
    #expect(try await scene.list(filter: "score > 1 AND score <= 2").isEmpty)
    try await scene.resolve(all[2], .distinct)
    #expect(try await scene.list(filter: "state = OPEN") == Array(all.prefix(2)))
    var pages: [SafeMobility.DuplicateCandidate] = []
    var token = ""
    repeat {
      let page = try await scene.reviewer.listDuplicateCandidates(
        .with { ($0.pageSize, $0.pageToken) = (1, token) })
      #expect(page.duplicateCandidates.count == 1)
      pages += page.duplicateCandidates
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(pages.map(\.name) == all.map(\.name))
    for filter in ["state > OPEN", "score = much", "holds_registration = 1", "evidence = NAME"] {
      await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await scene.list(filter: filter)
      }
    }
  }

  @Test("a search changes nothing about a draft, nor about what has ended")
  func noSearch() async throws {
    let scene = try await DuplicateScene()
    let first = try await scene.submitted()
    let draft = try await scene.form()
    #expect(try await scene.find(in: draft).isEmpty)
    try await scene.withdraw(first)
    #expect(try await scene.find(in: first).isEmpty)
    #expect(try await scene.list().isEmpty)
  }

  @Test(
    "a search holds the later one, whichever is asked about", arguments: World.StoreKind.allCases)
  func legacy(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let first = try await scene.submitted()
    scene.world.clock.advance(by: .hours(1))
    let second = try await scene.submitted(
      "Rosa Tut Pop", born: (1971, 6, 3), phone: "+50255550199")
    // As if both had been handed in before anybody was compared: no keys, no candidate.
    try await scene.world.store.write { tx in
      let id = try #require(RegistrationID(rawValue: second.uid))
      var person = try #require(try tx.persons(of: id).first)
      let version = person.revision.version
      person.fullName = "Marta Shol Caal"
      person.birthDate = CivilDate(year: 1990, month: 2, day: 28)
      person.revision.advance(at: tx.now)
      try tx.update(person, from: version)
      try tx.setMatchKeys([], of: person.id)
    }
    #expect(try await scene.find(in: first).isEmpty)
    let found = try await scene.find(in: second)
    #expect(found.map(\.firstPerson) == [first.principal])
    try await scene.expectHeld(second)
    #expect(try await scene.find(in: first) == found)
    #expect(try await !scene.isHeld(first))
  }
}

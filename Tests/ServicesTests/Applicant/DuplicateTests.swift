import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// Domain § 10 and 5.4: who looks like somebody registered is held, and a reviewer says what it is.
@Suite("Duplicates")
struct DuplicateTests {
  @Test(
    "whoever is written otherwise is found, held, and freed as two persons",
    arguments: World.StoreKind.allCases)
  func distinct(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    #expect(try await !scene.isHeld(first))
    try await scene.expectHeld(second)
    let candidate = try #require(try await scene.list().first)
    #expect(candidate.state == .open)
    #expect(candidate.firstPerson == first.principal)
    #expect(candidate.secondPerson == second.principal)
    #expect(candidate.holdsRegistration)
    #expect(candidate.score >= MatchingRule.standard.holdBits)
    #expect(candidate.evidence.map(\.kind) == [.name, .birthDate])
    #expect(abs(candidate.evidence.reduce(0) { $0 + $1.weight } - candidate.score) < 0.001)
    #expect(candidate.reviewer.isEmpty)
    let resolved = try await scene.resolve(candidate, .distinct)
    #expect(resolved.state == .distinct)
    #expect(!resolved.reviewer.isEmpty && !resolved.reviewer.contains("REVIEWER"))
    #expect(try await !scene.isHeld(second))
    #expect(try await scene.history(candidate) == ["Open", "Resolve"])
    #expect(
      try await scene.dossier.history(second) == [
        "Create", "Update", "Submit", "ReviewDuplicates",
      ])
    // It is remembered.
    #expect(try await scene.find(in: second).isEmpty)
    #expect(try await scene.list() == [resolved])
    try await scene.screen(second)
    try await scene.screen(first)
    #expect(try await scene.world.store.integrityProblems() == [])
  }

  @Test(
    "a confirmed duplicate can be withdrawn and nothing else", arguments: World.StoreKind.allCases)
  func confirmed(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    let candidate = try #require(try await scene.list().first)
    #expect(try await scene.resolve(candidate, .confirmed).state == .confirmed)
    // Also when the first has ended.
    try await scene.withdraw(first)
    try await scene.expectHeld(second)
    let current = try await scene.dossier.read(second)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await scene.dossier.agent.updateRegistration(
        .with {
          $0.registration = .with {
            $0.name = current.name
            $0.municipality = "Zunil"
          }
          ($0.etag, $0.requestId) = (current.etag, requestID())
        })
    }
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await scene.dossier.document(of: current)
    }
    #expect(try await scene.dossier.read(second) == current)
    try await scene.withdraw(second)
    #expect(try await scene.dossier.read(second).state == .withdrawn)
  }

  @Test("letters that look like others hide nobody, and what is not seen is refused")
  func lookalikes() async throws {
    let scene = try await DuplicateScene()
    _ = try await scene.submitted()
    for unseen in ["\u{200B}", "\u{200D}", "\u{AD}", "\u{2029}", "\u{E000}", "\u{378}", "\u{3164}"]
    {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await scene.form("Mar\(unseen)ta Xol Caal")
      }
      #expect(refused?.fields == ["principal.full_name"])
    }
    try await scene.expectHeld(try await scene.submitted("Маrtа Ｘol Сaal", phone: "+50255550199"))
  }

  @Test(
    "two persons are two for what was known of them: what comes to be known since is looked at",
    arguments: World.StoreKind.allCases)
  func outgrown(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (first, second) = try await scene.twice()
    let candidate = try #require(try await scene.list().first)
    try await correct(scene, second, "Rosa Tut Pop", (1971, 6, 3))
    let judged = try #require(try await scene.list().first)
    try await scene.resolve(judged, .distinct)
    #expect(try await scene.find(in: second).isEmpty)
    #expect(try await scene.find(in: first).isEmpty)
    // Who was another becomes the same again.
    try await correct(scene, second, "Marta Shol Kaal", (1990, 2, 28))
    try await scene.expectHeld(second)
    let again = try #require(try await scene.list().first)
    #expect(again.name == candidate.name && again.state == .open && again.reviewer.isEmpty)
    #expect(again.score == candidate.score)
    try await scene.resolve(again, .distinct)
    _ = try await scene.dossier.document(of: first) { $0.number = TwinTests.number }
    #expect(try await scene.find(in: second).isEmpty)
    _ = try await scene.dossier.document(of: second) { $0.number = TwinTests.number }
    try await scene.expectHeld(second)
    #expect(
      try await scene.history(candidate) == [
        "Open", "Reassess", "Resolve", "Reopen", "Resolve", "Reopen",
      ])
  }

  @Test("who cannot tell leaves it held, and may tell later", arguments: World.StoreKind.allCases)
  func undecided(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (_, second) = try await scene.twice()
    var candidate = try #require(try await scene.list().first)
    candidate = try await scene.resolve(candidate, .undecided)
    try await scene.expectHeld(second)
    #expect(try await scene.find(in: second) == [candidate])
    candidate = try await scene.resolve(candidate, .distinct)
    try await scene.screen(second)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      try await scene.resolve(candidate, .confirmed)
    }
  }

  @Test("of two that hold, both must be settled", arguments: World.StoreKind.allCases)
  func several(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let (_, second) = try await scene.twice()
    let third = try await scene.submitted("Marta Xol Kaal", phone: "+50255550177")
    let candidates = try await scene.list(of: third)
    #expect(candidates.count == 2)
    #expect(candidates.allSatisfy { $0.secondPerson == third.principal })
    try await scene.resolve(candidates[0], .distinct)
    try await scene.expectHeld(third)
    try await scene.resolve(candidates[1], .distinct)
    try await scene.screen(third)
    try await scene.expectHeld(second)
  }

  @Test("a resemblance that is too little is looked at, and holds nobody")
  func review() async throws {
    let scene = try await DuplicateScene()
    _ = try await scene.submitted()
    // The same name, born on quite another day.
    let namesake = try await scene.submitted(born: (1962, 11, 4), phone: "+50255550199")
    #expect(try await !scene.isHeld(namesake))
    let candidate = try #require(try await scene.list().first)
    #expect(!candidate.holdsRegistration)
    #expect(candidate.state == .open)
    let twin = try await scene.submitted("Rosa Xol Caal", phone: "+50255550188")
    #expect(try await !scene.isHeld(twin))
    let found = try #require(try await scene.list(of: twin).first)
    #expect(!found.holdsRegistration)
    // Confirmed all the same, it is held.
    try await scene.resolve(candidate, .confirmed)
    try await scene.expectHeld(namesake)
    _ = try await scene.submitted("Pedro Choc Pop", phone: "+50255550166")
    #expect(try await scene.list().count == 2)
  }

  @Test(
    "a correction finds what an error hid, and what it held a reviewer frees, no second correction",
    arguments: World.StoreKind.allCases)
  func corrected(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let first = try await scene.submitted()
    let second = try await scene.submitted(
      "Rosa Tut Pop", born: (1971, 6, 3), phone: "+50255550199")
    #expect(try await scene.list().isEmpty)
    try await correct(scene, second, "Marta Xol Caal", (1990, 2, 28))
    try await scene.expectHeld(second)
    let candidate = try #require(try await scene.list().first)
    #expect(candidate.firstPerson == first.principal)
    try await correct(scene, second, "Rosa Tut Pop", (1971, 6, 3))
    try await scene.expectHeld(second)
    #expect(try await scene.find(in: second).count == 1)
    try await scene.expectHeld(second)
    let after = try #require(try await scene.list().first)
    #expect(after.score < MatchingRule.standard.reviewBits)
    #expect(after.holdsRegistration)
    #expect(try await scene.history(candidate) == ["Open", "Reassess"])
    try await scene.resolve(after, .distinct)
    try await scene.screen(second)
  }

  @Test(
    "who is held after the invitation gets no seat, and no referral, until a reviewer has looked",
    arguments: World.StoreKind.allCases)
  func invited(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let slot = try await scene.world.slot()
    let first = try await scene.submitted()
    let second = try await scene.submitted(
      "Rosa Tut Pop", born: (1971, 6, 3), phone: "+50255550199")
    try await scene.screen(second)
    let screened = try await scene.dossier.read(second)
    _ = try await scene.dossier.screener.inviteRegistration(
      .with {
        ($0.name, $0.etag, $0.requestId) = (screened.name, screened.etag, requestID())
        $0.serviceKind = .interview
      })
    func book() async throws {
      _ = try await scene.world.caller("iom/CONTACT_CENTRE").appointments.holdSlot(
        .with {
          ($0.slot, $0.registration) = (slot.resourceName, second.name)
          ($0.seats, $0.requestId) = (1, requestID())
        })
    }
    try await correct(scene, second, "Marta Xol Caal", (1990, 2, 28))
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) { try await book() }
    try await correct(scene, second, "Rosa Tut Pop", (1971, 6, 3))
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) { try await book() }
    // What it was held for has ended, and nobody has written that down yet.
    try await scene.withdraw(first)
    #expect(try await scene.isHeld(second))
    try await book()
  }

  private func correct(
    _ scene: DuplicateScene, _ registration: SafeMobility.Registration, _ name: String,
    _ born: (Int32, Int32, Int32)
  ) async throws {
    let principal = try #require(try await scene.dossier.read(registration).persons.first)
    _ = try await scene.dossier.agent.updatePerson(
      .with {
        $0.person = ApplicantCase.person(name, born.0, born.1, born.2)
        $0.person?.name = principal.name
        ($0.etag, $0.requestId) = (principal.etag, requestID())
      })
  }

  @Test(
    "a member who may be registered comes apart, and counts again when it is settled",
    arguments: World.StoreKind.allCases)
  func member(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    _ = try await scene.submitted("Ana Quej Xol", born: (1960, 5, 17), phone: "+50255550144")
    let family = try await scene.submitted("Pedro Choc Pop", phone: "+50255550199")
    let added = try await scene.dossier.agent.addPerson(
      .with {
        $0.parent = family.name
        $0.person = ApplicantCase.person("Ana Kej Shol", 1960, 5, 17)
        $0.relationship = .parent
        $0.requestId = requestID()
      })
    #expect(added.registration?.members.map(\.standing) == [.underReview])
    try await scene.expectHeld(family)
    let candidate = try #require(try await scene.list(of: family).first)
    #expect(candidate.secondPerson == added.person?.name)
    try await scene.resolve(candidate, .distinct)
    let freed = try await scene.dossier.read(family)
    #expect(freed.members.map(\.standing) == [.active])
    #expect(freed.holds?.duplicate == false)
  }

  @Test("who leaves the household takes along what was known", arguments: World.StoreKind.allCases)
  func removed(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    _ = try await scene.submitted("Ana Quej Xol", born: (1985, 5, 17), phone: "+50255550144")
    let family = try await scene.submitted(
      "Pedro Choc Pop", phone: "+50255550199",
      members: [ApplicantCase.member(.spouse, "Ana Quej Xol", 1985, 5, 17)])
    #expect(family.members.map(\.standing) == [.underReview])
    try await scene.expectHeld(family)
    let candidate = try #require(try await scene.list(of: family).first)
    let spouse = try #require(
      try await scene.dossier.read(family).persons.first { $0.name == candidate.secondPerson })
    _ = try await scene.dossier.agent.removePerson(
      .with { ($0.name, $0.etag, $0.requestId) = (spouse.name, spouse.etag, requestID()) })
    #expect(try await scene.list().isEmpty)
    #expect(try await scene.history(candidate) == ["Open", "Remove"])
    try await scene.screen(family)
    #expect(try await scene.world.store.integrityProblems() == [])
  }

  @Test(
    "a confirmed duplicate is not forgotten by taking somebody out, and an open one frees the other",
    arguments: World.StoreKind.allCases)
  func removal(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    let first = try await scene.submitted(
      "Ana Quej Toj", phone: "+50255550144",
      members: [ApplicantCase.member(.spouse, "Marta Xol Caal", 1990, 2, 28)])
    let second = try await scene.submitted(
      "Pedro Choc Pop", phone: "+50255550199",
      members: [ApplicantCase.member(.spouse, "Marta Shol Kaal", 1990, 2, 28)])
    let third = try await scene.submitted("Marta Xol Kaal", phone: "+50255550188")
    func remove(_ household: SafeMobility.Registration) async throws {
      let current = try await scene.dossier.read(household)
      let member = try #require(current.persons.last)
      #expect(member.name != current.principal)
      _ = try await scene.dossier.agent.removePerson(
        .with { ($0.name, $0.etag, $0.requestId) = (member.name, member.etag, requestID()) })
    }
    let between = try #require(
      try await scene.list(of: first).first { candidate in
        candidate.secondPerson.hasPrefix(second.name)
      })
    try await scene.resolve(between, .confirmed)
    for household in [first, second] {
      await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
        try await remove(household)
      }
    }
    #expect(try await scene.dossier.read(second).holds?.duplicate == true)
    try await scene.withdraw(second)
    try await scene.expectHeld(third)
    // Now it says nothing more, and who waited for the first's member waits no longer.
    try await remove(first)
    #expect(try await !scene.isHeld(third))
    try await scene.screen(third)
    #expect(try await scene.world.store.integrityProblems() == [])
  }

  @Test(
    "of several at once one is first, and every pair is opened once",
    arguments: World.StoreKind.allCases)
  func race(_ kind: World.StoreKind) async throws {
    let scene = try await DuplicateScene(kind)
    var forms: [SafeMobility.Registration] = []
    for number in 0..<5 {
      forms.append(try await scene.form(phone: "+5025555010\(number)"))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for form in forms { group.addTask { _ = try await scene.dossier.submitted(form) } }
      try await group.waitForAll()
    }
    var heldCount = 0
    for form in forms where try await scene.isHeld(form) { heldCount += 1 }
    #expect(heldCount == 4)
    let pairs = try await scene.list().map { Set([$0.firstPerson, $0.secondPerson]) }
    #expect(pairs.count == 10)
    #expect(Set(pairs).count == 10)
  }
}

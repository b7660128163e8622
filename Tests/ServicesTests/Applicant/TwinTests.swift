import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// INV-8: nobody has two places, and nobody loses one to somebody who only knows a number.
@Suite("The same person twice")
struct TwinTests {
  static let number = "2345678099902"

  /// A complete form whose principal carries the document.
  private func complete(
    _ dossier: ApplicantCase, typed: String = number, born year: Int32 = 1990,
    named name: String = "Marta Xol Caal"
  ) async throws -> SafeMobility.Registration {
    let draft = try await dossier.draft {
      $0.members = []
      $0.principal?.birthDate?.year = year
      $0.principal?.fullName = name
    }
    let added = try await dossier.document(of: draft) { $0.number = typed }
    _ = try await dossier.granted(try await dossier.proposed(draft))
    return try #require(added.registration)
  }

  private func submit(
    _ caller: SafeMobility.ApplicantServiceClient, _ registration: SafeMobility.Registration
  ) async throws(RPCError) {
    _ = try await caller.submitRegistration(
      .with {
        $0.name = registration.name
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
  }

  @Test("the second is told of the first, by its receipt", arguments: World.StoreKind.allCases)
  func second(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let first = try await complete(dossier)
    let second = try await complete(dossier, typed: "2345 67809 9902")
    #expect(try await dossier.submitted(first).state == .submitted)
    await expectRefusal("ALREADY_REGISTERED", .alreadyExists) {
      try await self.submit(dossier.agent, second)
    }
    #expect(try await dossier.read(second).state == .draft)
    // Once the first has ended, the place is free.
    let current = try await dossier.read(first)
    _ = try await dossier.agent.withdrawRegistration(
      .with {
        $0.name = current.name
        $0.etag = current.etag
        $0.requestId = requestID()
      })
    try await submit(dossier.agent, second)
    #expect(try await dossier.read(second).state == .submitted)
  }

  @Test("a draft with somebody's number keeps nobody out")
  func draft() async throws {
    let dossier = try await ApplicantCase()
    _ = try await complete(dossier)
    #expect(try await dossier.submitted(try await complete(dossier)).state == .submitted)
  }

  @Test("one number and two birth dates are held for a person to look at")
  func otherBirthDate() async throws {
    let dossier = try await ApplicantCase()
    let first = try await dossier.submitted(try await complete(dossier))
    let other = try await dossier.submitted(try await complete(dossier, born: 1971))
    #expect(other.state == .submitted)
    #expect(other.holds?.duplicate == true)
    try await expectHeld(other, dossier)
    // The hold ends with what it was for.
    let current = try await dossier.read(first)
    _ = try await dossier.agent.withdrawRegistration(
      .with { ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID()) })
    let screened = try await dossier.screener.startScreening(
      .with { ($0.name, $0.etag, $0.requestId) = (other.name, other.etag, requestID()) }
    ).registration
    #expect(screened?.state == .screening)
    #expect(screened?.holds?.duplicate == false)
  }

  @Test("who does not reach the first learns nothing of it, and is held all the same")
  func stranger() async throws {
    let dossier = try await ApplicantCase()
    _ = try await dossier.submitted(try await complete(dossier))
    let draft = try await dossier.draft(dossier.applicant()) {
      $0.members = []
      $0.registration?.channel = .self_
    }
    let added = try await dossier.document(of: draft) { $0.number = Self.number }
    _ = try await dossier.granted(try await dossier.proposed(draft))
    let registration = try #require(added.registration)
    let tried = try await dossier.applicant().submitRegistration(
      .with {
        $0.name = registration.name
        $0.etag = registration.etag
        $0.validateOnly = true
        $0.requestId = requestID()
      })
    #expect(tried.registration?.state == .submitted)
    #expect(tried.registration?.holds == nil)
    try await submit(dossier.applicant(), registration)
    try await expectHeld(try await dossier.read(registration), dossier)
  }

  @Test(
    "an applicant who adds a member does not learn who is registered, whatever is asked for",
    arguments: World.StoreKind.allCases)
  func strangeMember(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    _ = try await dossier.submitted(try await complete(dossier))
    let applicant = dossier.applicant()
    let draft = try await dossier.draft(applicant) {
      $0.members = []
      $0.registration?.channel = .self_
      $0.principal?.fullName = "Pedro Choc Pop"
    }
    let added = try await dossier.document(of: draft) { $0.number = "3456789099903" }
    _ = try await dossier.granted(try await dossier.proposed(draft))
    try await submit(applicant, try #require(added.registration))
    /// What the answers to an applicant who adds somebody have of the members, and of the holds.
    func told(
      _ relationship: SafeMobility.Relationship, _ name: String, _ born: Int32
    ) async throws -> Set<SafeMobility.MemberStanding> {
      let member = try await applicant.addPerson(
        .with {
          $0.parent = draft.name
          $0.person = ApplicantCase.person(name, born, 2, 28)
          $0.relationship = relationship
          $0.requestId = requestID()
        })
      let person = try #require(member.person)
      let edited = try await applicant.updatePerson(
        .with {
          $0.person = ApplicantCase.person(name, born, 2, 28)
          $0.person?.name = person.name
          ($0.etag, $0.requestId) = (person.etag, requestID())
        })
      var answers = [member.registration, edited.registration].compactMap { $0 }
      for view in [SafeMobility.View.basic, .full] {
        answers.append(
          try #require(
            try await applicant.getRegistration(
              .with { ($0.name, $0.view) = (draft.name, view) }
            ).registration))
      }
      #expect(answers.count == 4 && answers.allSatisfy { $0.holds == nil })
      return Set(answers.flatMap(\.members).map(\.standing))
    }
    let ofNobody = try await told(.parent, "Rosa Tut Batz", 1961)
    #expect(try await dossier.read(draft).members.map(\.standing) == [.active])
    let ofMarta = try await told(.spouse, "Marta Xol Caal", 1990)
    #expect(try await dossier.read(draft).members.map(\.standing) == [.active, .underReview])
    #expect(ofNobody == ofMarta)
  }

  @Test(
    "what was typed for want of a number holds nobody",
    arguments: [
      (SafeMobility.DocumentType.dpi, "no tengo"), (SafeMobility.DocumentType.birthCert, "1"),
      (SafeMobility.DocumentType.unhcrId, "1"),
    ])
  func noNumber(_ type: SafeMobility.DocumentType, _ typed: String) async throws {
    let dossier = try await ApplicantCase()
    func submitted(
      _ name: String, _ year: Int32
    ) async throws -> SafeMobility.Registration {
      let draft = try await complete(
        dossier, typed: "345678909990\(year % 9)", born: year, named: name)
      let added = try await dossier.document(of: draft) { ($0.type, $0.number) = (type, typed) }
      return try await dossier.submitted(try #require(added.registration))
    }
    _ = try await submitted("Marta Xol Caal", 1990)
    let second = try await submitted("Pedro Choc Pop", 1971)
    #expect(second.holds?.duplicate == false)
    let screened = try await dossier.screener.startScreening(
      .with { ($0.name, $0.etag, $0.requestId) = (second.name, second.etag, requestID()) })
    #expect(screened.registration?.state == .screening)
  }

  @Test("of more who bring one number than are written down at once, each is settled in the end")
  func many() async throws {
    let scene = try await DuplicateScene(quota: 30)
    let dossier = scene.dossier
    let firsts = MatchingRule.standard.candidateCountMax + 1
    var last: SafeMobility.Registration?
    for index in 0...firsts {
      // Two years apart, so that nobody is told of the other.
      last = try await dossier.submitted(
        try await complete(dossier, born: 1940 + 2 * Int32(index), named: "Marta Xol Caal"))
    }
    let held = try #require(last)
    func settle(_ count: Int) async throws {
      let open = try await scene.list(filter: "state = OPEN", of: held)
      #expect(open.count == count)
      for candidate in open { try await scene.resolve(candidate, .distinct) }
    }
    try await settle(firsts - 1)
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) { try await scene.screen(held) }
    #expect(try await scene.find(in: held).count == 1)
    try await settle(1)
    try await scene.screen(held)
  }

  @Test(
    "a passport is found by its zone where the number was typed wrong",
    arguments: World.StoreKind.allCases)
  func zone(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    func submitted(
      _ name: String, _ year: Int32, _ number: String, zone: Bool
    ) async throws -> SafeMobility.Registration {
      let draft = try await complete(
        dossier, typed: "345678909990\(year % 9)", born: year, named: name)
      let added = try await dossier.document(of: draft) {
        ($0.type, $0.issuingRegionCode, $0.number) = (.passport, "GT", number)
        if zone { $0.mrzLines = DocumentTests.utopia }
      }
      return try await dossier.submitted(try #require(added.registration))
    }
    let first = try await submitted("Marta Xol Caal", 1990, "L898902C8", zone: true)
    #expect(first.holds?.duplicate == false)
    // Typed as the zone has it; both zones; as nobody has it.
    for (name, year, number, zone, isHeld) in [
      ("Pedro Choc Pop", 1971, "L898902C3", false, true),
      ("Rosa Tut Batz", 1983, "L898902C9", true, true),
      ("Ana Quej Toj", 1986, "L898902C7", false, false),
    ] as [(String, Int32, String, Bool, Bool)] {
      let other = try await submitted(name, year, number, zone: zone)
      #expect(other.holds?.duplicate == isHeld, "\(name)")
    }
    // And one whose zone comes later, by what another has typed.
    let last = try await submitted("Ines Cux Can", 1969, "B1", zone: false)
    #expect(last.holds?.duplicate == false)
    _ = try await dossier.document(of: last) {
      ($0.type, $0.issuingRegionCode, $0.number) = (.passport, "GT", "B2")
      $0.mrzLines = DocumentTests.utopia
    }
    #expect(try await dossier.read(last).holds?.duplicate == true)
  }

  @Test("a document that is added later is compared as well, and so is a birth date")
  func later() async throws {
    let dossier = try await ApplicantCase()
    _ = try await dossier.submitted(try await complete(dossier))
    let second = try await dossier.submitted(
      try await complete(dossier, typed: "3456789099903", born: 1971, named: "Rosa Pop Tut"))
    #expect(second.holds?.duplicate == false)
    let added = try await dossier.document(of: second) { $0.number = Self.number }
    #expect(added.registration?.holds?.duplicate == true)
    try await expectHeld(try await dossier.read(second), dossier)
  }

  @Test("who is found to be held while screened is not invited")
  func invitation() async throws {
    let dossier = try await ApplicantCase()
    _ = try await dossier.submitted(try await complete(dossier))
    let second = try await dossier.submitted(
      try await complete(dossier, typed: "3456789099903", born: 1971, named: "Rosa Pop Tut"))
    let screened = try #require(
      try await dossier.screener.startScreening(
        .with { ($0.name, $0.etag, $0.requestId) = (second.name, second.etag, requestID()) }
      ).registration)
    _ = try await dossier.document(of: screened) { $0.number = Self.number }
    let current = try await dossier.read(second)
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) {
      _ = try await dossier.screener.inviteRegistration(
        .with {
          ($0.name, $0.etag, $0.requestId) = (current.name, current.etag, requestID())
          $0.serviceKind = .interview
        })
    }
    #expect(try await dossier.read(second) == current)
  }

  @Test("the first one's receipt, given away, is in the log of the first one's case")
  func disclosure() async throws {
    let dossier = try await ApplicantCase()
    let first = try await dossier.submitted(try await complete(dossier))
    _ = try await dossier.read(first)
    let pseudonym = try await dossier.world.lastAuditEntries().last?.casePseudonym
    let second = try await complete(dossier)
    await expectRefusal("ALREADY_REGISTERED", .alreadyExists) {
      try await self.submit(dossier.agent, second)
    }
    let entries = try await dossier.world.lastAuditEntries(2)
    #expect(entries[0].casePseudonym == pseudonym)
    #expect(entries[0].verdict == .allow)
    #expect(entries[1].casePseudonym != pseudonym)
    #expect(entries[1].verdict == .deny)
  }

  private func expectHeld(
    _ registration: SafeMobility.Registration, _ dossier: ApplicantCase
  ) async throws {
    await expectRefusal("DUPLICATE_HOLD", .failedPrecondition) {
      _ = try await dossier.screener.startScreening(
        .with {
          $0.name = registration.name
          $0.etag = registration.etag
          $0.requestId = requestID()
        })
    }
  }

  @Test("of many at once with one number, one is registered", arguments: World.StoreKind.allCases)
  func race(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    var forms: [SafeMobility.Registration] = []
    for _ in 0..<8 { forms.append(try await complete(dossier)) }
    let outcomes = await withTaskGroup(of: String.self) { group in
      for form in forms {
        group.addTask {
          do throws(RPCError) {
            try await self.submit(dossier.agent, form)
            return "submitted"
          } catch {
            return Refused(error)?.reason ?? error.message
          }
        }
      }
      return await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "submitted" }.count == 1)
    #expect(outcomes.filter { $0 == "ALREADY_REGISTERED" }.count == 7)
  }
}

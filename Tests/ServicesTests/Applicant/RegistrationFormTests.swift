import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("The registration form")
struct RegistrationFormTests {
  @Test(
    "a household is written down whole, each person with a key of its own",
    arguments: World.StoreKind.allCases)
  func create(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.draft()
    #expect(draft.state == .draft)
    #expect(draft.persons.map(\.fullName) == ["Marta Xol Caal", "Juan Quej Tzoc", "Ana Quej Xol"])
    #expect(draft.principal == draft.persons.first?.name)
    #expect(draft.members.map(\.relationship) == [.spouse, .child])
    #expect(draft.members.map(\.person) == draft.persons.dropFirst().map(\.name))
    #expect(draft.channel == .contactCentre)
    #expect(Receipt(rawValue: draft.receipt) != nil)
    #expect(try await dossier.read(draft) == draft)
    let id = RegistrationID(checked: draft.uid)
    let keys = try await dossier.world.store.read { reader in
      try [reader.caseKey(of: id)] + reader.persons(of: id).map { try reader.personKey(of: $0.id) }
    }
    #expect(Set(keys.compactMap { $0 }).count == 4)
    #expect(try await dossier.history(draft) == ["Create"])
    for person in draft.persons {
      #expect(try await dossier.world.events(of: .person, person.uid).map(\.type) == ["Create"])
    }
  }

  @Test("receipts differ")
  func receipts() async throws {
    let dossier = try await ApplicantCase()
    var receipts: Set<String> = []
    for _ in 0..<20 { receipts.insert(try await dossier.draft().receipt) }
    #expect(receipts.count == 20)
  }

  @Test("nothing comes in before the window's first instant or at its last")
  func window() async throws {
    let dossier = try await ApplicantCase()
    let opening = World.opening - .hours(1)
    let closing = World.opening + .days(30)
    for (now, isOpen) in [
      (opening - .microseconds(1), false), (opening, true), (closing - .microseconds(1), true),
      (closing, false),
    ] {
      dossier.world.clock.set(now)
      if isOpen {
        _ = try await dossier.draft()
      } else {
        await expectRefusal("WINDOW_CLOSED", .failedPrecondition) { _ = try await dossier.draft() }
      }
    }
  }

  @Test("a draft belongs to the window it is begun in, and then to the one that admits it")
  func admittingWindow() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.complete()
    dossier.world.clock.set(World.opening + .days(30))
    let second = try await dossier.world.openWindow()
    let code = try #require(second.id.rawValue.split(separator: "/").last)
    #expect(!draft.intakeWindow.hasSuffix("/\(code)"))
    let submitted = try await dossier.submitted(draft)
    #expect(submitted.intakeWindow.hasSuffix("/\(code)"))
    let admitted = try await dossier.world.store.read { try $0.intakeWindow(second.id)?.admitted }
    #expect(admitted == 1)
  }

  @Test("nothing comes in by another channel than the window's, or before the pilot")
  func otherWindow() async throws {
    let world = try await World()
    _ = try await world.openWindow(channel: .applicant)
    await expectRefusal("WINDOW_CLOSED", .failedPrecondition) {
      _ = try await world.caller("iom/CONTACT_CENTRE").applicants.createRegistration(
        ApplicantCase.form())
    }
    let planned = try await World(pilot: false)
    _ = try await planned.openWindow()
    await expectRefusal("WINDOW_CLOSED", .failedPrecondition) {
      _ = try await planned.caller("iom/CONTACT_CENTRE").applicants.createRegistration(
        ApplicantCase.form())
    }
  }

  @Test("only an applicant comes in by itself, and alone sees what it wrote")
  func owner() async throws {
    let dossier = try await ApplicantCase()
    let wrong: [(SafeMobility.ApplicantServiceClient, SafeMobility.Channel)] = [
      (dossier.agent, .self_), (dossier.applicant(), .contactCentre),
    ]
    for (caller, channel) in wrong {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await dossier.draft(caller) { $0.registration?.channel = channel }
      }
      #expect(refused?.fields == ["registration.channel"])
    }
    let draft = try await dossier.draft(dossier.applicant()) { $0.registration?.channel = .self_ }
    _ = try await dossier.applicant().getRegistration(.with { $0.name = draft.name })
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await dossier.applicant("other").getRegistration(.with { $0.name = draft.name })
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await dossier.client("gt-igm/PARTNER_OFFICER").getRegistration(
        .with { $0.name = draft.name })
    }
    let own = try await dossier.applicant().listRegistrations(.init())
    #expect(own.registrations.map(\.name) == [draft.name])
    #expect(try await dossier.applicant("other").listRegistrations(.init()).registrations.isEmpty)
  }

  typealias Change = @Sendable (inout SafeMobility.CreateRegistrationRequest) -> Void
  static let wrong: [(String, Change)] = [
    ("registration.host_region_code", { $0.registration?.hostRegionCode = "SV" }),
    ("members[1].relationship", { $0.members[1].person?.birthDate?.year = 1999 }),
    ("members", { $0.members.append(ApplicantCase.member(.spouse, "Luz Tot", 1991, 1, 1)) }),
    ("members[0].person.full_name", { $0.members[0].person?.fullName = "" }),
    ("members[1].person.birth_date", { $0.members[1].person?.birthDate?.year = 2024 }),
    ("principal.phone", { $0.principal?.phone = "55550100" }),
  ]

  @Test("what is wrong is named by its path, and its value is not repeated", arguments: Self.wrong)
  func violation(_ path: String, _ change: Change) async throws {
    let dossier = try await ApplicantCase()
    let audit = try await dossier.world.auditCount()
    let request = ApplicantCase.form(change)
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.agent.createRegistration(request)
    }
    #expect(refused?.fields == [path])
    #expect(try await dossier.agent.listRegistrations(.init()).registrations.isEmpty)
    #expect(try await dossier.world.auditCount() == audit + 2)
  }

  @Test("an update takes what its mask names, clears what it names and does not give")
  func update() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let first = try await update(dossier, draft, ["municipality", "answers.work_years"]) {
      $0.languageCode = "mam"
      $0.answers = .with { $0.workYears = 9 }
    }
    #expect(first.municipality == "")
    #expect(first.languageCode == "quc")
    #expect(first.answers?.workYears == 9)
    #expect(first.answers?.hostStatus == .national)
    let second = try await update(dossier, first, nil) { $0.languageCode = "mam" }
    #expect(second.languageCode == "mam")
    #expect(second.subdivisionCode == "GT-09")
    #expect(try await dossier.history(draft) == ["Create", "Update", "Update"])
    await expectRefusal("ETAG_MISMATCH", .aborted) {
      _ = try await self.update(dossier, first, nil) { $0.languageCode = "cak" }
    }
  }

  @Test(
    "an update mask leads to fields that a caller sets, or nowhere",
    arguments: [
      "state", "receipt", "program", "channel", "persons", "nothing", "answers.nothing",
      "members.person",
    ])
  func mask(_ path: String) async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await self.update(dossier, draft, ["language_code", path]) { $0.languageCode = "mam" }
    }
    #expect(refused?.fields == ["update_mask.paths[1]"])
  }

  @Test("the host country stays the programme's")
  func hostCountry() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await self.update(dossier, draft, ["host_region_code"]) { $0.hostRegionCode = "SV" }
    }
    #expect(refused?.fields == ["registration.host_region_code"])
  }

  private func update(
    _ dossier: ApplicantCase, _ registration: SafeMobility.Registration, _ mask: [String]?,
    _ change: (inout SafeMobility.Registration) -> Void
  ) async throws -> SafeMobility.Registration {
    var wanted = SafeMobility.Registration()
    wanted.name = registration.name
    change(&wanted)
    let complete = wanted
    let answer = try await dossier.agent.updateRegistration(
      .with {
        $0.registration = complete
        $0.updateMask = mask.map { .init(paths: $0) }
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }
}

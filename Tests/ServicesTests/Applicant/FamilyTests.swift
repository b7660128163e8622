import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// The family's graph, who petitions for it, what its people can do, and why they leave.
@Suite("Family, work and reasons to leave")
struct FamilyTests {
  private static let sister = SafeMobility.Petitioner.with {
    $0.fullName = "Luz Xol Caal"
    $0.relation = .sibling
    $0.standing = .citizen
    $0.stage = .approved
    $0.priorityDate = .with { $0.year = 2015 }
    $0.approvalDate = .with { ($0.year, $0.month) = (2017, 3) }
    $0.regionCode = "US"
  }

  /// Somebody of another registration.
  private static let stranger: String = {
    var random = SplitMix64(seed: 9)
    let registration = RegistrationID(using: &random)
    return "registrations/\(registration)/persons/\(PersonID(using: &random))"
  }()

  private static let work = SafeMobility.WorkFacts.with {
    $0.occupationCodes = ["9211"]
    $0.skills = [.fruit, .farmMachinery]
    $0.drivingLicences = [.e]
    $0.spokenLanguageCodes = ["quc", "es-GT"]
    $0.availableFromDate = .with { ($0.year, $0.month) = (2023, 9) }
    $0.availableUntilDate = .with { ($0.year, $0.month, $0.day) = (2024, 3, 31) }
    $0.seasons = [
      .with {
        $0.regionCode = "CA"
        $0.year = 2019
      }
    ]
  }

  private static func update(
    _ dossier: ApplicantCase, _ registration: SafeMobility.Registration, _ path: String,
    _ answers: SafeMobility.RegistrationAnswers
  ) async throws -> SafeMobility.Registration {
    let answer = try await dossier.agent.updateRegistration(
      .with {
        $0.registration = .with {
          $0.name = registration.name
          $0.answers = answers
        }
        $0.updateMask = .init(paths: ["answers.\(path)"])
        $0.etag = registration.etag
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }

  private static func update(
    _ dossier: ApplicantCase, _ person: SafeMobility.Person, _ path: String,
    _ change: (inout SafeMobility.Person) -> Void
  ) async throws -> SafeMobility.UpdatePersonResponse {
    var edited = SafeMobility.Person.with { $0.name = person.name }
    change(&edited)
    return try await dossier.agent.updatePerson(
      .with {
        $0.person = edited
        $0.updateMask = .init(paths: [path])
        $0.etag = person.etag
        $0.requestId = requestID()
      })
  }

  @Test("all of it comes in with the form and reads back", arguments: World.StoreKind.allCases)
  func form(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.draft {
      $0.registration?.answers?.petitioners = [Self.sister]
      $0.registration?.answers?.leavingReasons = [.noWork, .disaster]
      $0.members[0].person?.work = Self.work
    }
    var expected = Self.sister
    expected.beneficiaries = [draft.principal]
    #expect(draft.answers?.petitioners == [expected])
    #expect(draft.answers?.leavingReasons == [.noWork, .disaster])
    #expect(draft.persons.map(\.work) == [nil, Self.work, nil])
    #expect(try await dossier.read(draft) == draft)
  }

  typealias Change = @Sendable (inout SafeMobility.CreateRegistrationRequest) -> Void
  static let wrong: [(String, Change)] = [
    (
      "registration.answers.petitioners[0].relation",
      { $0.registration?.answers?.petitioners = [.init()] }
    ),
    (
      "registration.answers.petitioners[0].standing",
      {
        $0.registration?.answers?.petitioners = [Self.sister]
        $0.registration?.answers?.petitioners[0].standing = .permanentResident
      }
    ),
    (
      "registration.answers.petitioners[0].beneficiaries[0]",
      {
        $0.registration?.answers?.petitioners = [Self.sister]
        $0.registration?.answers?.petitioners[0].beneficiaries = [Self.stranger]
      }
    ),
    (
      "registration.answers.petitioners[0].priority_date",
      {
        $0.registration?.answers?.petitioners = [Self.sister]
        $0.registration?.answers?.petitioners[0].priorityDate = .with { $0.year = 2024 }
      }
    ),
    (
      "registration.answers.family_petition_pending",
      {
        $0.registration?.answers?.petitioners = [Self.sister]
        $0.registration?.answers?.familyPetitionPending = false
      }
    ),
    (
      "registration.answers.leaving_reasons[0]",
      { $0.registration?.answers?.leavingReasons = [.init(rawValue: 99)] }
    ),
    (
      "registration.answers.leaving_reasons",
      { $0.registration?.answers?.leavingReasons = [.notSaid, .debt] }
    ),
    (
      "principal.work.seasons[0].year",
      {
        $0.principal?.work = Self.work
        $0.principal?.work?.seasons[0].year = 2024
      }
    ),
    (
      "principal.work.available_until_date",
      {
        $0.principal?.work = Self.work
        $0.principal?.work?.availableUntilDate = .with { $0.year = 2022 }
      }
    ),
    (
      "principal.work.skills[0]",
      { $0.principal?.work = .with { $0.skills = [.init(rawValue: 99)] } }
    ),
    ("principal.parents[0]", { $0.principal?.parents = [Self.stranger] }),
  ]

  @Test("what cannot be so is refused by its field", arguments: Self.wrong)
  func refused(_ path: String, _ change: Change) async throws {
    let dossier = try await ApplicantCase()
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.draft { change(&$0) }
    }
    #expect(refused?.fields == [path])
  }

  @Test(
    "others than the principal are beneficiaries once they have names, and leave with their person")
  func beneficiaries() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let other = try await ApplicantCase.other(in: dossier)
    var petition = Self.sister
    petition.relation = .parent
    petition.beneficiaries = [other.principal]
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.update(
        dossier, draft, "petitioners", .with { $0.petitioners = [petition] })
    }
    petition.beneficiaries = [draft.persons[0].name, draft.persons[2].name]
    let updated = try await Self.update(
      dossier, draft, "petitioners", .with { $0.petitioners = [petition] })
    #expect(updated.answers?.petitioners == [petition])
    #expect(updated.answers?.workYears == draft.answers?.workYears)
    let left = try await dossier.agent.removePerson(
      .with {
        $0.name = draft.persons[2].name
        $0.etag = draft.persons[2].etag
        $0.requestId = requestID()
      }
    ).registration
    #expect(left?.answers?.petitioners.map(\.beneficiaries) == [[draft.persons[0].name]])
  }

  @Test("ties are told by person, checked, and gone with whom they lead to")
  func ties() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let (marta, juan, ana) = (draft.persons[0], draft.persons[1], draft.persons[2])
    let told = try await Self.update(dossier, ana, "parents") {
      $0.parents = [marta.name, juan.name]
    }
    #expect(told.person?.parents == [marta.name, juan.name])
    // Ana is Marta's child by relationship, and Juan her husband.
    for (person, path, change) in [
      (marta, "parents[0]", { @Sendable in $0.parents = [ana.name] }),
      (juan, "parents[0]", { $0.parents = [juan.name] }),
      (juan, "spouse", { $0.spouse = ana.name }),
      (juan, "guardian", { $0.guardian = juan.name }),
    ] as [(SafeMobility.Person, String, @Sendable (inout SafeMobility.Person) -> Void)] {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await Self.update(
          dossier, person, String(path.prefix { $0 != "[" }), change)
      }
      #expect(refused?.fields == ["person.\(path)"])
    }
    // What nobody says of themselves, but is now so of others.
    let late = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await Self.update(dossier, juan, "birth_date") {
        $0.birthDate = .with { $0.year = 2020 }
      }
    }
    #expect(late?.fields == ["person"])
    _ = try await dossier.agent.removePerson(
      .with {
        $0.name = juan.name
        $0.etag = juan.etag
        $0.requestId = requestID()
      })
    #expect(try await dossier.read(draft).persons.last?.parents == [marta.name])
    #expect(
      try await dossier.world.events(of: .person, ana.uid).map(\.type) == [
        "Create", "Update", "Update",
      ])
  }

  @Test("a person's work is corrected field by field")
  func correctedWork() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft { $0.principal?.work = Self.work }
    let answer = try await Self.update(dossier, draft.persons[0], "work.skills") {
      $0.work = .with { $0.skills = [.kitchen] }
    }
    var expected = Self.work
    expected.skills = [.kitchen]
    #expect(answer.person?.work == expected)
  }

  @Test("new codes are the contract's, in name and number")
  func codes() {
    func expectSame<Value: CaseIterable & RawRepresentable<Int>>(
      _ values: Value.Type, _ descriptor: EnumDescriptor, _ prefix: String
    ) {
      #expect(
        values.allCases.map { prefix + FactValue.name(of: $0) }
          == values.allCases.map { descriptor.name(of: Int32($0.rawValue)) ?? "" })
      #expect(values.allCases.count == descriptor.values.count - 1)
    }
    expectSame(
      PetitionerRelation.self, SafeMobility.PetitionerRelation.descriptor, "PETITIONER_RELATION_")
    expectSame(
      PetitionStage.self, SafeMobility.PetitionStage.descriptor, "PETITION_STAGE_")
    expectSame(
      PetitionerStanding.self, SafeMobility.PetitionerStanding.descriptor, "PETITIONER_STANDING_")
    expectSame(WorkSkill.self, SafeMobility.WorkSkill.descriptor, "WORK_SKILL_")
    expectSame(
      DrivingLicenceClass.self, SafeMobility.DrivingLicenceClass.descriptor,
      "DRIVING_LICENCE_CLASS_")
    expectSame(LeavingReason.self, SafeMobility.LeavingReason.descriptor, "LEAVING_REASON_")
  }
}

extension ApplicantCase {
  /// Another household in the same world.
  fileprivate static func other(
    in dossier: ApplicantCase
  ) async throws -> SafeMobility.Registration {
    try await dossier.draft {
      $0.principal = person("Elías Toj Ixcoy", 1979, 4, 9)
      $0.principal?.nationalityCodes = ["GT"]
      $0.members = []
    }
  }
}

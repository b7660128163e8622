import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("The people of a household")
struct PersonTests {
  private func add(
    _ dossier: ApplicantCase, to registration: SafeMobility.Registration,
    _ relationship: SafeMobility.Relationship, _ person: SafeMobility.Person
  ) async throws -> SafeMobility.AddPersonResponse {
    try await dossier.agent.addPerson(
      .with {
        $0.parent = registration.name
        $0.person = person
        $0.relationship = relationship
        $0.requestId = requestID()
      })
  }

  @Test(
    "a date that says more than is said to be known of it is refused, and one alone is corrected")
  func precision() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    var stated = ApplicantCase.person("Rosa Caal", 1960, 1, 1)
    stated.birthDatePrecision = .year
    let wrong = stated
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await self.add(dossier, to: draft, .parent, wrong)
    }
    #expect(refused?.fields == ["person.birth_date_precision"])
    stated.birthDatePrecision = .day
    let rosa = try #require(try await add(dossier, to: draft, .parent, stated).person)
    let corrected = try await dossier.agent.updatePerson(
      .with {
        $0.person = .with {
          $0.name = rosa.name
          $0.birthDate = .with { $0.year = 1960 }
        }
        $0.updateMask = .init(paths: ["birth_date"])
        $0.etag = rosa.etag
        $0.requestId = requestID()
      })
    #expect(corrected.person?.birthDatePrecision == .year)
  }

  @Test("somebody is added, corrected, and taken out", arguments: World.StoreKind.allCases)
  func life(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.draft()
    let added = try await add(
      dossier, to: draft, .parent, ApplicantCase.person("Rosa Caal", 1960, 0, 0))
    let rosa = try #require(added.person)
    #expect(rosa.birthDatePrecision == .year)
    #expect(added.registration?.members.map(\.relationship) == [.spouse, .child, .parent])
    #expect(added.registration?.persons.last == rosa)
    let corrected = try await dossier.agent.updatePerson(
      .with {
        $0.person = .with {
          $0.name = rosa.name
          $0.fullName = "Rosa Caal Coc"
          $0.email = "rosa@example.org"
        }
        $0.updateMask = .init(paths: ["full_name"])
        $0.etag = rosa.etag
        $0.requestId = requestID()
      })
    #expect(corrected.person?.fullName == "Rosa Caal Coc")
    #expect(corrected.person?.email == "")
    #expect(corrected.person?.birthDate == rosa.birthDate)
    await expectRefusal("ETAG_MISMATCH", .aborted) { try await self.remove(dossier, rosa) }
    try await remove(dossier, try #require(corrected.person))
    let current = try await dossier.read(draft)
    #expect(current.persons == draft.persons)
    #expect(
      try await dossier.history(draft) == ["Create", "AddPerson", "Update", "RemovePerson"])
    #expect(
      try await dossier.world.events(of: .person, rosa.uid).map(\.type) == [
        "Create", "Update", "Remove",
      ])
    await expectRefusal("ACCESS_DENIED", .permissionDenied) { try await self.remove(dossier, rosa) }
  }

  private func remove(_ dossier: ApplicantCase, _ person: SafeMobility.Person) async throws {
    _ = try await dossier.agent.removePerson(
      .with {
        $0.name = person.name
        $0.etag = person.etag
        $0.requestId = requestID()
      })
  }

  @Test("the principal stays")
  func principal() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      try await self.remove(dossier, draft.persons[0])
    }
  }

  @Test("who could not be of the household is not added")
  func relations() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    for (relationship, year) in [
      (SafeMobility.Relationship.spouse, Int32(1990)), (.child, 2000), (.parent, 2001),
    ] {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await self.add(
          dossier, to: draft, relationship, ApplicantCase.person("Luz Tot", year, 1, 1))
      }
      #expect(refused?.fields == ["relationship"])
    }
    #expect(try await dossier.read(draft) == draft)
  }

  @Test(
    "nobody is added to a household while it has an appointment, whose seats are counted (INV-2)",
    arguments: World.StoreKind.allCases)
  func seated(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let registration = try await world.household(.couple, in: .screening).registration
    let slot = try await world.slot("gt-xel-01/pre-screen")
    let agent = world.caller("iom/CONTACT_CENTRE")
    func add() async throws -> SafeMobility.AddPersonResponse {
      try await agent.applicants.addPerson(
        .with {
          $0.parent = "registrations/\(registration.id)"
          $0.person = ApplicantCase.person("Rosa Caal", 1931, 0, 0)
          $0.relationship = .parent
          $0.requestId = requestID()
        })
    }
    let hold = try await BlockSlotsTests.hold(world, slot, registration)
    let booked = try await BlockSlotsTests.book(world, hold, registration)
    let before = try await world.store.read { try $0.registration(registration.id) }
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) { _ = try await add() }
    #expect(try await world.store.read { try $0.registration(registration.id) } == before)
    #expect(try await world.store.read { try $0.persons(of: registration.id).count } == 2)
    _ = try await agent.appointments.cancelAppointment(
      .with {
        $0.name = booked.name
        $0.reason = .cannotAttend
        $0.etag = booked.etag
        $0.requestId = requestID()
      })
    #expect(try await add().registration?.members.count == 2)
  }

  @Test("who is named by an appointment is not taken out", arguments: World.StoreKind.allCases)
  func booked(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    let registration = try await world.household(.couple, in: .screening).registration
    let slot = try await world.slot("gt-xel-01/pre-screen")
    let agent = world.caller("iom/CONTACT_CENTRE")
    let hold = try #require(
      try await agent.appointments.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = "registrations/\(registration.id)"
          $0.seats = 2
          $0.requestId = requestID()
        }
      ).hold)
    _ = try await agent.appointments.bookAppointment(
      .with {
        $0.hold = hold.name
        $0.fence = hold.fence
        $0.attendees = registration.persons.map { "registrations/\(registration.id)/persons/\($0)" }
        $0.requestId = requestID()
      })
    let read = try await agent.applicants.getRegistration(
      .with {
        $0.name = "registrations/\(registration.id)"
        $0.view = .full
      })
    let spouse = try #require(read.registration?.persons.last)
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await agent.applicants.removePerson(
        .with {
          $0.name = spouse.name
          $0.etag = spouse.etag
          $0.requestId = requestID()
        })
    }
  }
}

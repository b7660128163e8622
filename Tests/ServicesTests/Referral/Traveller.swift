import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// One household of three on its way, and the people who work on its case.
struct Traveller {
  let world: World
  let name: String
  let persons: [String]

  init(_ kind: World.StoreKind) async throws {
    world = try await World(kind)
    _ = try await world.openWindow()
    let created = try await world.caller("unhcr/CONTACT_CENTRE").applicants.createRegistration(
      .with {
        $0.registration = .with {
          $0.program = "programs/\(ReferenceData.pilotID)"
          $0.hostRegionCode = "GT"
          $0.homeRegionCode = "GT"
          $0.languageCode = "kek"
          $0.channel = .contactCentre
          $0.answers = .with { $0.hostStatus = .inOwnCountry }
        }
        $0.principal = Self.person("Marta Xol Caal", born: 1990)
        $0.members = [
          Self.member("Juan Quej Tzoc", born: 1988, .spouse),
          Self.member("Ana Caal Xol", born: 1961, .parent),
        ]
        $0.requestId = requestID()
      })
    let registration = try #require(created.registration)
    name = registration.name
    persons = [registration.principal] + registration.members.map(\.person)
    try #require(persons.count == 3)
  }

  private static func person(_ name: String, born year: Int32) -> SafeMobility.Person {
    .with {
      $0.fullName = name
      $0.nameSystem = .twoSurnames
      $0.birthDate = date(year, 2, 28)
      $0.nationalityCodes = ["GT"]
      $0.phone = "+50255550100"
    }
  }

  private static func member(
    _ name: String, born year: Int32, _ relationship: SafeMobility.Relationship
  ) -> SafeMobility.NewPerson {
    .with {
      $0.person = person(name, born: year)
      $0.relationship = relationship
    }
  }

  private static func date(_ year: Int32, _ month: Int32, _ day: Int32) -> SafeMobility.CivilDate {
    .with { ($0.year, $0.month, $0.day) = (year, month, day) }
  }

  private func caller(_ role: String) -> WorldCaller { world.caller("unhcr/\(role)") }

  func registration() async throws -> SafeMobility.Registration {
    let answer = try await caller("SCREENER").applicants.getRegistration(.with { $0.name = name })
    return try #require(answer.registration)
  }

  func state() async throws -> SafeMobility.RegistrationState { try await registration().state }

  func register() async throws {
    let agent = caller("CONTACT_CENTRE").applicants
    _ = try await agent.addDocument(
      .with {
        $0.parent = name
        $0.document = .with {
          $0.person = persons[0]
          $0.type = .dpi
          $0.number = "1234567899901"
        }
        $0.requestId = requestID()
      })
    for person in persons {
      try await consent(person, to: "partners/unhcr", .processing, DataClass.allCases)
    }
    let etag = try await registration().etag
    _ = try await agent.submitRegistration(
      .with {
        $0.name = name
        $0.etag = etag
        $0.requestId = requestID()
      })
  }

  func screen() async throws {
    let screener = caller("SCREENER").applicants
    let submitted = try await registration().etag
    _ = try await screener.startScreening(
      .with {
        $0.name = name
        $0.etag = submitted
        $0.requestId = requestID()
      })
    let screened = try await registration().etag
    _ = try await screener.inviteRegistration(
      .with {
        $0.name = name
        $0.serviceKind = .interview
        $0.etag = screened
        $0.requestId = requestID()
      })
  }

  func attendInterview() async throws {
    let slot = try await world.slot()
    let booked = try await book(slot)
    world.clock.set(slot.start + .minutes(-30))
    let desk = world.caller("iom/FRONT_DESK").appointments
    let here = try #require(
      try await desk.checkIn(
        .with {
          $0.name = booked.name
          $0.visitCode = booked.visitCode
          $0.etag = booked.etag
          $0.requestId = requestID()
        }
      ).appointment)
    let interviewer = caller("INTERVIEWER").appointments
    let begun = try #require(
      try await interviewer.startAppointment(
        .with {
          $0.name = here.name
          $0.etag = here.etag
          $0.requestId = requestID()
        }
      ).appointment)
    let done = try await interviewer.completeAppointment(
      .with {
        $0.name = begun.name
        $0.attendees = persons.map { person in
          .with {
            $0.person = person
            $0.attendance = .present
          }
        }
        $0.etag = begun.etag
        $0.requestId = requestID()
      }
    ).appointment
    #expect(done?.state == .fulfilled)
  }

  private func book(_ slot: Slot) async throws -> SafeMobility.Appointment {
    let agent = caller("CONTACT_CENTRE").appointments
    let hold = try #require(
      try await agent.holdSlot(
        .with {
          $0.slot = slot.resourceName
          $0.registration = name
          $0.seats = Int32(persons.count)
          $0.requestId = requestID()
        }
      ).hold)
    return try #require(
      try await agent.bookAppointment(
        .with {
          $0.hold = hold.name
          $0.fence = hold.fence
          $0.attendees = persons
          $0.requestId = requestID()
        }
      ).appointment)
  }

  /// Two persons find it eligible.
  func findEligible(for pathway: String = "USRAP") async throws {
    let etag = try await registration().etag
    for role in ["INTERVIEWER", "REVIEWER"] {
      _ = try await caller(role).applicants.recordEligibility(
        .with {
          $0.name = name
          $0.findings = [
            .with {
              $0.pathway = "pathways/\(pathway)"
              $0.finding = .eligible
            }
          ]
          $0.etag = etag
          $0.requestId = requestID()
        })
    }
  }

  func refer() async throws -> SafeMobility.Referral {
    for person in persons {
      try await consent(
        person, to: "partners/us-rsc", .resettlement, [.identity, .document, .family, .protection])
    }
    let draft = try #require(
      try await caller("CASEWORKER").referrals.createReferral(
        .with {
          $0.referral = .with {
            $0.registration = name
            $0.persons = persons
            $0.pathway = "pathways/USRAP"
            $0.destinationRegionCode = "US"
            $0.toPartner = "partners/us-rsc"
            $0.purpose = .resettlement
          }
          $0.requestId = requestID()
        }
      ).referral)
    var answer = SafeMobility.SendReferralResponse()
    for role in ["CASEWORKER", "REVIEWER"] {
      answer = try await caller(role).referrals.sendReferral(
        .with {
          $0.name = draft.name
          $0.etag = draft.etag
          $0.requestId = requestID()
        })
    }
    return try #require(answer.referral)
  }

  /// What the partner's officer does, from the release to the decision.
  func decide(_ sent: SafeMobility.Referral) async throws -> SafeMobility.Referral {
    let officer = world.caller("us-rsc/PARTNER_OFFICER", purpose: "RESETTLEMENT").referrals
    let listed = try await officer.listReferrals(.init()).referrals
    #expect(listed.map(\.name) == [sent.name])
    let record = try #require(try await officer.getRelease(.with { $0.name = sent.name }).record)
    #expect(record.registration?.persons.map(\.fullName).first == "Marta Xol Caal")
    #expect(record.registration?.persons.map(\.phone) == ["", "", ""])
    let received = try #require(
      try await officer.acknowledgeReferral(
        .with {
          $0.name = sent.name
          $0.etag = sent.etag
          $0.releaseSha256 = record.release?.releaseSha256 ?? []
          $0.requestId = requestID()
        }
      ).referral)
    let accepted = try #require(
      try await officer.acceptReferral(
        .with {
          $0.name = received.name
          $0.etag = received.etag
          $0.partnerCaseRef = "RSC-2023-0001"
          $0.requestId = requestID()
        }
      ).referral)
    let advanced = try #require(
      try await officer.advanceReferral(
        .with {
          $0.name = accepted.name
          $0.etag = accepted.etag
          $0.requestId = requestID()
        }
      ).referral)
    let decided = try await officer.recordDecision(
      .with {
        $0.parent = advanced.name
        $0.etag = advanced.etag
        $0.decision = .with {
          $0.kind = .approved
          $0.decisionDate = Self.date(2023, 6, 13)
          $0.validUntilDate = Self.date(2031, 3, 17)
          $0.reason = .criteriaMet
        }
        $0.requestId = requestID()
      })
    #expect(decided.decision == decided.referral?.decisions.first)
    return try #require(decided.referral)
  }

  func close(_ decided: SafeMobility.Referral) async throws -> SafeMobility.Referral {
    let now = world.clock.now.microseconds / 1_000_000
    let answer = try await caller("CASEWORKER").referrals.closeReferral(
      .with {
        $0.name = decided.name
        $0.etag = decided.etag
        $0.informTime = .with { $0.seconds = now - 60 }
        $0.requestId = requestID()
      })
    return try #require(answer.referral)
  }

  func consent(
    _ person: String, to recipient: String, _ purpose: SafeMobility.Purpose,
    _ classes: [DataClass]
  ) async throws {
    let caseworker = caller("CASEWORKER").applicants
    let proposed = try #require(
      try await caseworker.proposeConsent(
        .with {
          $0.parent = name
          $0.consent = .with {
            $0.person = person
            $0.grantor = person
            $0.recipient = recipient
            $0.purpose = purpose
            $0.dataClasses = classes.map { .init(rawValue: Int32($0.rawValue)) }
            $0.textVersion = "2023.1"
            $0.languageCode = "es-GT"
            $0.textSha256 = [UInt8](repeating: 3, count: 32)
          }
          $0.requestId = requestID()
        }
      ).consent)
    _ = try await caseworker.grantConsent(
      .with {
        $0.name = proposed.name
        $0.method = .signed
        $0.witness = "Desk 4"
        $0.etag = proposed.etag
        $0.requestId = requestID()
      })
  }
}

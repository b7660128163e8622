import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A world with an open window, and one case in it that is brought along call by call.
struct ApplicantCase: Sendable {
  let world: World

  init(_ kind: World.StoreKind = .memory, quota: Int = 10) async throws {
    world = try await World(kind)
    _ = try await world.openWindow(quota: quota)
  }

  // MARK: Who calls

  var agent: SafeMobility.ApplicantServiceClient { client("iom/CONTACT_CENTRE") }
  var screener: SafeMobility.ApplicantServiceClient { client("iom/SCREENER") }
  var caseworker: SafeMobility.ApplicantServiceClient { client("unhcr/CASEWORKER") }
  /// An applicant, known by name to the partner whose portal it uses.
  func applicant(_ user: String = "marta") -> SafeMobility.ApplicantServiceClient {
    world.caller("iom/APPLICANT", user: user).applicants
  }
  func client(_ identity: String) -> SafeMobility.ApplicantServiceClient {
    world.caller(identity).applicants
  }

  // MARK: The form

  /// A couple with a child, as an agent of the contact centre writes them down.
  static func form(
    _ change: (inout SafeMobility.CreateRegistrationRequest) -> Void = { _ in }
  ) -> SafeMobility.CreateRegistrationRequest {
    var request = SafeMobility.CreateRegistrationRequest.with {
      $0.registration = .with {
        $0.program = ProgramDeskTests.name
        $0.hostRegionCode = "GT"
        $0.homeRegionCode = "GT"
        $0.subdivisionCode = "GT-09"
        $0.municipality = "Quetzaltenango"
        $0.languageCode = "quc"
        $0.channel = .contactCentre
        $0.answers = .with {
          $0.hostStatus = .national
          $0.workYears = 7
        }
      }
      $0.principal = person("Marta Xol Caal", 1990, 2, 28)
      $0.principal?.nationalityCodes = ["GT"]
      $0.principal?.phone = "+50255550100"
      $0.members = [
        member(.spouse, "Juan Quej Tzoc", 1988, 11, 3), member(.child, "Ana Quej Xol", 2012, 5, 17),
      ]
      $0.requestId = requestID()
    }
    change(&request)
    return request
  }

  static func person(
    _ name: String, _ year: Int32, _ month: Int32, _ day: Int32
  ) -> SafeMobility.Person {
    .with {
      $0.fullName = name
      $0.nameSystem = .twoSurnames
      $0.birthDate = .with {
        $0.year = year
        $0.month = month
        $0.day = day
      }
    }
  }

  static func member(
    _ relationship: SafeMobility.Relationship, _ name: String, _ year: Int32, _ month: Int32,
    _ day: Int32
  ) -> SafeMobility.NewPerson {
    .with {
      $0.person = person(name, year, month, day)
      $0.relationship = relationship
    }
  }

  // MARK: What happens

  /// A draft of a household.
  func draft(
    _ caller: SafeMobility.ApplicantServiceClient? = nil,
    _ change: (inout SafeMobility.CreateRegistrationRequest) -> Void = { _ in }
  ) async throws -> SafeMobility.Registration {
    let answer = try await (caller ?? agent).createRegistration(Self.form(change))
    return try #require(answer.registration)
  }

  /// A document of the principal, so that the form is complete; a number that nobody else has.
  func document(
    of registration: SafeMobility.Registration,
    _ change: (inout SafeMobility.IdentityDocument) -> Void = { _ in }
  ) async throws -> SafeMobility.AddDocumentResponse {
    var document = SafeMobility.IdentityDocument.with {
      $0.person = registration.principal
      $0.type = .dpi
      $0.number = "12345678\(Int.random(in: 100_000_000...999_999_999))"
    }
    change(&document)
    let complete = document
    return try await agent.addDocument(
      .with {
        $0.parent = registration.name
        $0.document = complete
        $0.requestId = requestID()
      })
  }

  /// An appointment of the household's in an hour, as the front desk of Quetzaltenango has it.
  func expect(_ registration: SafeMobility.Registration) async throws {
    let id = try #require(RegistrationID(rawValue: registration.uid))
    let slot = try await world.slot(in: .hours(1))
    try await world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      try tx.insert(
        Appointment(
          id: AppointmentID(using: &random), slot: slot.id, service: slot.service, registration: id,
          attendees: [], seats: 1, start: slot.start, end: slot.end,
          visitCode: VisitCode(using: &random), state: .confirmed,
          revision: Revision(createdAt: tx.now)))
    }
  }

  /// A text put before a person, by its name or by default the principal's.
  func proposed(
    _ registration: SafeMobility.Registration, person: String? = nil,
    to recipient: String = "partners/iom", for purpose: SafeMobility.Purpose = .processing,
    version: String = "2023.1"
  ) async throws -> SafeMobility.Consent {
    let answer = try await caseworker.proposeConsent(
      .with {
        $0.parent = registration.name
        $0.consent = .with {
          $0.person = person ?? registration.principal
          $0.grantor = person ?? registration.principal
          $0.recipient = recipient
          $0.purpose = purpose
          $0.dataClasses = [.identity, .document, .family, .protection]
          $0.textVersion = version
          $0.languageCode = "quc"
          $0.textSha256 = [UInt8](repeating: 7, count: 32)
        }
        $0.requestId = requestID()
      })
    return try #require(answer.consent)
  }

  /// The person agrees, before a witness.
  func granted(_ consent: SafeMobility.Consent) async throws -> SafeMobility.Consent {
    let answer = try await caseworker.grantConsent(
      .with {
        $0.name = consent.name
        $0.method = .signed
        $0.witness = "Desk 4"
        $0.etag = consent.etag
        $0.requestId = requestID()
      })
    return try #require(answer.consent)
  }

  /// The person takes it back, or says no.
  func withdrawn(
    _ consent: SafeMobility.Consent
  ) async throws -> SafeMobility.WithdrawConsentResponse {
    try await agent.withdrawConsent(
      .with {
        $0.name = consent.name
        $0.etag = consent.etag
        $0.requestId = requestID()
      })
  }

  /// A draft that can be handed in: with a document, and agreed to by both adults.
  func complete(
    _ caller: SafeMobility.ApplicantServiceClient? = nil,
    _ change: (inout SafeMobility.CreateRegistrationRequest) -> Void = { _ in }
  ) async throws -> SafeMobility.Registration {
    let draft = try await draft(caller, change)
    let answer = try await document(of: draft)
    let adults =
      [draft.principal] + draft.members.filter { $0.relationship == .spouse }.map(\.person)
    for adult in adults {
      _ = try await granted(try await proposed(draft, person: adult))
    }
    return try #require(answer.registration)
  }

  /// Hands it in.
  func submitted(
    _ registration: SafeMobility.Registration, validateOnly: Bool = false,
    _ caller: SafeMobility.ApplicantServiceClient? = nil
  ) async throws -> SafeMobility.Registration {
    let answer = try await (caller ?? agent).submitRegistration(
      .with {
        $0.name = registration.name
        $0.etag = registration.etag
        $0.validateOnly = validateOnly
        $0.requestId = requestID()
      })
    return try #require(answer.registration)
  }

  /// As an agent reads it now.
  func read(
    _ registration: SafeMobility.Registration, _ view: SafeMobility.View = .full
  ) async throws -> SafeMobility.Registration {
    let answer = try await agent.getRegistration(
      .with {
        $0.name = registration.name
        $0.view = view
      })
    return try #require(answer.registration)
  }

  /// The types of the events of a registration, by version.
  func history(_ registration: SafeMobility.Registration) async throws -> [String] {
    try await world.events(of: .registration, registration.uid).map(\.type)
  }
}

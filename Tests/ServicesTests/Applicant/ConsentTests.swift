import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("Consents")
struct ConsentTests {
  private func grant(
    _ caller: SafeMobility.ApplicantServiceClient, _ consent: SafeMobility.Consent,
    _ method: SafeMobility.ConsentMethod, witness: String = ""
  ) async throws -> SafeMobility.Consent {
    let answer = try await caller.grantConsent(
      .with {
        $0.name = consent.name
        $0.method = method
        $0.witness = witness
        $0.etag = consent.etag
        $0.requestId = requestID()
      })
    return try #require(answer.consent)
  }

  @Test("a text is put before a person, who agrees before a witness")
  func granted() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let proposed = try await dossier.proposed(draft)
    #expect(proposed.state == .proposed)
    #expect(proposed.grantTime == nil)
    let granted = try await dossier.granted(proposed)
    #expect(granted.state == .active)
    #expect(granted.witness == "Desk 4")
    #expect(granted.grantTime?.seconds == World.opening.microseconds / 1_000_000)
    #expect(
      try await dossier.world.events(of: .consent, granted.uid).map(\.type) == ["Propose", "Grant"])
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await dossier.granted(granted)
    }
  }

  @Test("only the applicant can click, and nobody else's word goes without a witness")
  func methods() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft(dossier.applicant()) { $0.registration?.channel = .self_ }
    let consent = try await dossier.proposed(draft)
    for (caller, method, field) in [
      (dossier.caseworker, SafeMobility.ConsentMethod.click, "method"),
      (dossier.caseworker, .signed, "witness"),
    ] {
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
        _ = try await self.grant(caller, consent, method)
      }
      #expect(refused?.fields == [field])
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await self.grant(dossier.applicant("other"), consent, .click)
    }
    #expect(try await grant(dossier.applicant(), consent, .click).method == .click)
  }

  typealias Change = @Sendable (inout SafeMobility.ProposeConsentRequest) -> Void
  static let wrongProposals: [(String, Change)] = [
    ("consent.recipient", { $0.consent?.recipient = "partners/nobody" }),
    ("consent.text_sha256", { $0.consent?.textSha256 = [1] }),
    ("consent.data_classes", { $0.consent?.dataClasses = [] }),
    ("consent.data_classes[1]", { $0.consent?.dataClasses = [.identity, .identity] }),
    ("consent.language_code", { $0.consent?.languageCode = "K'iche'" }),
    ("consent.purpose", { $0.consent?.purpose = .unrecognized(99) }),
  ]

  @Test("a proposal says for whom, for what and in which words", arguments: Self.wrongProposals)
  func wrong(_ field: String, _ change: Change) async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    var request = Self.proposal(draft)
    change(&request)
    let changed = request
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.caseworker.proposeConsent(changed)
    }
    #expect(refused?.fields == [field])
  }

  private static func proposal(
    _ registration: SafeMobility.Registration
  ) -> SafeMobility.ProposeConsentRequest {
    .with {
      $0.parent = registration.name
      $0.consent = .with {
        $0.person = registration.principal
        $0.grantor = registration.principal
        $0.recipient = "partners/iom"
        $0.purpose = .processing
        $0.dataClasses = [.identity]
        $0.textVersion = "1"
        $0.languageCode = "quc"
        $0.textSha256 = [UInt8](repeating: 1, count: 32)
      }
      $0.requestId = requestID()
    }
  }

  private func makeGuardian(
    _ guardian: String, of person: SafeMobility.Person, _ dossier: ApplicantCase
  ) async throws {
    _ = try await dossier.agent.updatePerson(
      .with {
        $0.person = .with { ($0.name, $0.guardian) = (person.name, guardian) }
        ($0.etag, $0.requestId) = (person.etag, requestID())
      })
  }

  @Test("a parent who is the guardian consents for a child; the other adult does not")
  func guardian() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let child = try #require(draft.persons.last)
    try await makeGuardian(draft.principal, of: child, dossier)
    var request = Self.proposal(draft)
    request.consent?.person = child.name
    let byGuardian = request
    #expect(
      try await dossier.caseworker.proposeConsent(byGuardian).consent?.grantor == draft.principal)
    request.requestId = requestID()
    request.consent?.grantor = draft.members[0].person
    let byOther = request
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.caseworker.proposeConsent(byOther)
    }
    #expect(refused?.fields == ["consent.grantor"])
  }

  @Test("nobody consents for somebody of age, guardian or not")
  func noGuardianOfAdults() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let wife = try #require(draft.persons.first { $0.name == draft.members[0].person })
    try await makeGuardian(draft.principal, of: wife, dossier)
    var request = Self.proposal(draft)
    request.consent?.person = wife.name
    let byGuardian = request
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.caseworker.proposeConsent(byGuardian)
    }
    #expect(refused?.fields == ["consent.grantor"])
  }

  @Test("a newer text takes the place of the older, and a refusal of it does not")
  func superseded() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let first = try await dossier.granted(try await dossier.proposed(draft))
    let declined = try await dossier.withdrawn(try await dossier.proposed(draft, version: "2"))
    #expect(declined.consent?.state == .withdrawn)
    #expect(try await states(draft, dossier)[first.name] == .active)
    let second = try await dossier.granted(try await dossier.proposed(draft, version: "3"))
    let states = try await states(draft, dossier)
    #expect(states[first.name] == .superseded)
    #expect(states[second.name] == .active)
    #expect(
      try await dossier.world.events(of: .consent, first.uid).map(\.type) == [
        "Propose", "Grant", "Supersede",
      ])
  }

  private func states(
    _ registration: SafeMobility.Registration, _ dossier: ApplicantCase
  ) async throws -> [String: SafeMobility.ConsentState] {
    let list = try await dossier.caseworker.listConsents(.with { $0.parent = registration.name })
    return Dictionary(list.consents.map { ($0.name, $0.state) }) { first, _ in first }
  }

  @Test(
    "they are listed over pages, the latest first, and for one person",
    arguments: World.StoreKind.allCases)
  func list(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.draft()
    var names: [String] = []
    for version in 1...5 {
      let person = version == 2 ? draft.members[0].person : nil
      names.append(try await dossier.proposed(draft, person: person, version: "\(version)").name)
      dossier.world.clock.advance(by: .minutes(1))
    }
    var listed: [String] = []
    var token = ""
    repeat {
      let page = try await dossier.caseworker.listConsents(
        .with {
          $0.parent = draft.name
          $0.pageSize = 2
          $0.pageToken = token
        })
      listed += page.consents.map(\.name)
      token = page.nextPageToken
    } while !token.isEmpty
    #expect(listed == names.reversed())
    let one = try await dossier.caseworker.listConsents(
      .with {
        $0.parent = draft.name
        $0.person = draft.members[0].person
      })
    #expect(one.consents.map(\.name) == [names[1]])
  }
}

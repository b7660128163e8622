import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@Suite("Handing a registration in")
struct SubmissionTests {
  @Test(
    "a complete form takes a place of the quota and pins the rule in force",
    arguments: World.StoreKind.allCases)
  func submit(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind)
    let draft = try await dossier.complete()
    let submitted = try await dossier.submitted(draft)
    #expect(submitted.state == .submitted)
    #expect(submitted.ruleVersion == 1)
    #expect(submitted.eligibilityRule == "programs/gt-pilot-2023/eligibilityRules/1")
    #expect(submitted.submitTime?.seconds == World.opening.microseconds / 1_000_000)
    #expect(submitted.queueRankTime == submitted.submitTime)
    #expect(try await dossier.history(draft) == ["Create", "Update", "Submit"])
    let window = try await window(of: draft, in: dossier.world)
    #expect(window.admitted == 1)
    let events = try await dossier.world.events(of: .intakeWindow, window.uid.rawValue)
    #expect(events.map(\.type) == ["Admit"])
    await expectRefusal("TRANSITION_NOT_ALLOWED", .failedPrecondition) {
      _ = try await dossier.submitted(submitted)
    }
  }

  @Test("validate_only makes every check, changes nothing, and is in the log")
  func validateOnly() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.complete()
    let audit = try await dossier.world.auditCount()
    let rehearsed = try await dossier.submitted(draft, validateOnly: true)
    #expect(rehearsed.state == .submitted)
    #expect(try await dossier.world.auditCount() == audit + 1)
    #expect(try await dossier.read(draft) == draft)
    #expect(try await window(of: draft, in: dossier.world).admitted == 0)
    #expect(try await dossier.history(draft) == ["Create", "Update"])
    let incomplete = try await dossier.draft()
    await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.submitted(incomplete, validateOnly: true)
    }
    #expect(try await dossier.submitted(draft).state == .submitted)
  }

  @Test("every gap of the form is named by its path")
  func gaps() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft {
      $0.principal?.phone = ""
      $0.principal?.nationalityCodes = []
      $0.registration?.answers?.hostStatus = .unspecified
    }
    let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) {
      _ = try await dossier.submitted(draft)
    }
    #expect(
      refused?.fields == [
        "principal.nationality_codes", "principal.phone", "principal.documents",
        "answers.host_status",
      ])
  }

  @Test("the principal and every other adult must have agreed; a child need not")
  func consent() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft()
    let complete = try #require(try await dossier.document(of: draft).registration)
    for adult in [draft.principal, draft.members[0].person] {
      await expectRefusal("CONSENT_MISSING", .failedPrecondition) {
        _ = try await dossier.submitted(complete)
      }
      _ = try await dossier.proposed(draft, person: adult)
      await expectRefusal("CONSENT_MISSING", .failedPrecondition) {
        _ = try await dossier.submitted(complete)
      }
      _ = try await dossier.granted(try await dossier.proposed(draft, person: adult))
    }
    #expect(try await dossier.submitted(complete).state == .submitted)
  }

  @Test("a consent to something else, or withdrawn again, is none")
  func otherConsent() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft { $0.members = [] }
    let complete = try #require(try await dossier.document(of: draft).registration)
    _ = try await dossier.granted(
      try await dossier.proposed(draft, to: "partners/us-rsc", for: .resettlement))
    _ = try await dossier.withdrawn(try await dossier.granted(try await dossier.proposed(draft)))
    await expectRefusal("CONSENT_MISSING", .failedPrecondition) {
      _ = try await dossier.submitted(complete)
    }
  }

  @Test("whom the rule in force does not admit is refused; what it cannot judge it does not refuse")
  func rule() async throws {
    let dossier = try await ApplicantCase()
    let other = try await dossier.complete { $0.principal?.nationalityCodes = ["VE"] }
    await expectRefusal("RULE_NOT_MET", .failedPrecondition) {
      _ = try await dossier.submitted(other)
    }
    // Eighteen at some time of 2023: of the year alone nobody can say whether already.
    let partial = try await dossier.complete {
      $0.principal?.birthDate = .with { $0.year = 2005 }
      $0.members = []
    }
    #expect(try await dossier.submitted(partial).state == .submitted)
    let minor = try await dossier.complete {
      $0.principal = ApplicantCase.person("Luz Tot Caal", 2005, 6, 13)
      $0.principal?.nationalityCodes = ["GT"]
      $0.principal?.phone = "+50255550101"
      $0.members = []
    }
    await expectRefusal("RULE_NOT_MET", .failedPrecondition) {
      _ = try await dossier.submitted(minor)
    }
    dossier.world.clock.advance(by: .days(1))
    #expect(try await dossier.submitted(minor).state == .submitted)
  }

  @Test("the last places are given once each", arguments: World.StoreKind.allCases)
  func quota(_ kind: World.StoreKind) async throws {
    let dossier = try await ApplicantCase(kind, quota: 2)
    var drafts: [SafeMobility.Registration] = []
    for _ in 0..<5 { drafts.append(try await dossier.complete { $0.members = [] }) }
    let outcomes = await withTaskGroup(of: String.self) { group in
      for draft in drafts {
        group.addTask {
          do {
            return "\(try await dossier.submitted(draft).state)"
          } catch let error as RPCError {
            return Refused(error)?.reason ?? error.message
          } catch {
            return "\(error)"
          }
        }
      }
      return await group.reduce(into: [String]()) { $0.append($1) }.sorted()
    }
    #expect(
      outcomes == ["QUOTA_REACHED", "QUOTA_REACHED", "QUOTA_REACHED", "submitted", "submitted"])
    let window = try await window(of: drafts[0], in: dossier.world)
    #expect(window.admitted == 2)
    #expect(window.state == .quotaReached)
  }

  @Test("a draft begun in time is too late when the window has closed")
  func tooLate() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.complete()
    dossier.world.clock.advance(by: .days(30))
    await expectRefusal("WINDOW_CLOSED", .failedPrecondition) {
      _ = try await dossier.submitted(draft)
    }
  }

  private func window(
    of registration: SafeMobility.Registration, in world: World
  ) async throws -> IntakeWindow {
    let parts = registration.intakeWindow.split(separator: "/")
    let id = IntakeWindowID(checked: "\(parts[1])/\(parts[3])")
    return try #require(try await world.store.read { try $0.intakeWindow(id) })
  }
}

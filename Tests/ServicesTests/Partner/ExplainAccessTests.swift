import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// What is explained is what happens.
@Suite("ExplainAccess")
struct ExplainAccessTests {
  private static func explain(
    _ world: World, _ request: SafeMobility.ExplainAccessRequest
  ) async throws -> SafeMobility.ExplainAccessResponse {
    try await world.caller("us-prm/PROGRAM_ADMIN", purpose: "OVERSIGHT").partners
      .explainAccess(request)
  }

  @Test("of every method, role and purpose it says what the door does")
  func door() async throws {
    let world = try await World()
    try await world.permitEverything(to: .unhcr)
    var counts: [Bool: Int] = [:]
    // A release is explained on a pathway only; see below.
    for method in try SchemaText().methods
    where !method.isStreaming && !method.name.hasSuffix("/GetRelease") {
      for role in Role.allCases {
        for purpose in [Purpose.processing, .programAdministration, .reporting] {
          let response = try await Self.explain(
            world,
            .with {
              $0.partner = "partners/unhcr"
              $0.role = .init(rawValue: Int32(role.rawValue))
              $0.purpose = .init(rawValue: Int32(purpose.rawValue))
              $0.method = method.name
            })
          // Nobody known is one without a certificate, and names no purpose.
          let outcome = try await AccessMatrixTests.call(
            world, method, role: role == .anonymous ? nil : role,
            purpose: role == .anonymous ? nil : purpose)
          counts[response.allowed, default: 0] += 1
          #expect(
            response.allowed == (outcome == .passed),
            "\(method.name) as \(role.name) for \(purpose.name): \(response.denialRule)")
          #expect(response.denialRule.isEmpty == response.allowed)
        }
      }
    }
    #expect((counts[true] ?? 0) > 300 && (counts[false] ?? 0) > 300)
  }

  /// A release as somebody describes it.
  private static func release(
    _ partner: PartnerID, on id: PathwayID, _ state: SafeMobility.ReferralState = .sent,
    consent: SafeMobility.ConsentState = .active
  ) throws -> SafeMobility.ExplainAccessRequest {
    let pathway = try #require(ReferenceData.pathway(id))
    return .with {
      $0.partner = "partners/\(partner)"
      $0.role = .partnerOfficer
      $0.purpose = .init(rawValue: Int32(pathway.purpose.rawValue))
      $0.method = "safemobility.v1.ReferralService/GetRelease"
      $0.pathway = "pathways/\(id)"
      $0.resourceState = SafeMobility.ReferralState.descriptor.name(of: state.rawValue) ?? ""
      $0.consentState = consent
    }
  }

  @Test("of a release it says what the receiver gets", arguments: ReleaseTests.profiles)
  func release(_ profile: ReleaseTests.Profile) async throws {
    let scene = try await ReferralCase()
    let response = try await Self.explain(
      scene.world, Self.release(profile.receiver, on: profile.pathway))
    #expect(response.allowed)
    #expect(
      Set(response.dataClasses.map { Int($0.rawValue) }) == Set(profile.classes.map(\.rawValue)))
    let record = try await scene.release(
      try await scene.sent(on: profile.pathway, to: profile.receiver),
      as: scene.receiver(on: profile.pathway, profile.receiver))
    #expect(response.profile == record.release?.profile)
    let values = try ClassifiedSchema().values(in: try #require(record.registration))
    let given = Set(values.filter { !$0.isIdentifier }.map(\.path))
    // The record has every field that can be there, so that nothing is explained in vain.
    #expect(given.subtracting(response.fieldPaths).sorted() == [])
    #expect(
      response.fieldPaths.allSatisfy { !(record.registration?.redactedPaths.contains($0) ?? true) })
  }

  @Test("it says why not, by the rule that denies first")
  func denials() async throws {
    let world = try await World()
    let denials: [(SafeMobility.ExplainAccessRequest, String)] = [
      (try Self.release(.gtMintrab, on: .usrap), "PURPOSE_NOT_ALLOWED"),
      (try Self.release(.caGov, on: .usrap), "does not reach"),
      (try Self.release(.usRsc, on: .usrap, .draft), "does not reach"),
      (try Self.release(.usRsc, on: .usrap, .recalled), "nothing of the record"),
      (try Self.release(.usRsc, on: .usrap, consent: .withdrawn), "nothing of the record"),
      (try Self.release(.usRsc, on: .usrap, consent: .unspecified), "nothing of the record"),
    ]
    for (request, reason) in denials {
      let response = try await Self.explain(world, request)
      #expect(!response.allowed)
      #expect(response.denialRule.contains(reason), "\(response.denialRule)")
      #expect(response.profile.isEmpty && response.fieldPaths.isEmpty)
    }
  }

  @Test("of a case it says what the call does, by whose staff it is made")
  func staff() async throws {
    let scene = try await ReferralCase()
    for partner in [PartnerID.unhcr, .gtMintrab, .usRsc] {
      try await scene.world.permitEverything(to: partner)
      for role in [Role.caseworker, .supervisor, .screener] {
        let response = try await Self.explain(
          scene.world,
          .with {
            $0.partner = "partners/\(partner)"
            $0.role = .init(rawValue: Int32(role.rawValue))
            $0.purpose = .processing
            $0.method = "safemobility.v1.ApplicantService/GetRegistration"
            $0.resourceState = "REGISTRATION_STATE_ELIGIBLE"
          })
        let caller = scene.world.caller("\(partner)/\(role.name)", purpose: "PROCESSING")
        var isAllowed = true
        do throws(RPCError) {
          _ = try await caller.applicants.getRegistration(
            .with { $0.name = "registrations/\(scene.registration)" })
        } catch {
          #expect(error.code == .permissionDenied)
          isAllowed = false
        }
        #expect(response.allowed == isAllowed, "\(partner) \(role): \(response.denialRule)")
        #expect(isAllowed == (partner == .unhcr))
      }
    }
  }

  @Test("of a case it says what the call does, by whoever comes to none, or by referrals alone")
  func others() async throws {
    let scene = try await ReferralCase()
    let sent = try await scene.sent(on: .h2a)
    let entry = try #require(try await scene.world.lastAuditEntries().first)
    try await scene.world.permitEverything(to: .gtMintrab)
    try await scene.world.permitEverything(to: .usPrm)
    let purpose = "H2_RECRUITMENT"
    let officer = scene.world.caller("gt-mintrab/PARTNER_OFFICER", purpose: purpose)
    let auditor = scene.world.caller("us-prm/AUDITOR", purpose: purpose)
    let receipt = "auditLogs/safemobility/entries/\(entry.id)"
    let cases: [Question] = [
      Question(.gtMintrab, .partnerOfficer, "ApplicantService/GetRegistration", isAllowed: false) {
        () throws(RPCError) in
        _ = try await officer.applicants.getRegistration(
          .with { $0.name = "registrations/\(scene.registration)" })
      },
      Question(.gtMintrab, .partnerOfficer, "ReferralService/GetReferral", isAllowed: true) {
        () throws(RPCError) in
        _ = try await officer.referrals.getReferral(.with { $0.name = sent.name })
      },
      Question(.usPrm, .auditor, "AuditService/GetReceipt", isAllowed: false) {
        () throws(RPCError) in
        _ = try await SafeMobility.AuditServiceClient(auditor.client).getReceipt(
          .with { $0.name = receipt })
      },
    ]
    for question in cases {
      let response = try await Self.explain(
        scene.world,
        .with {
          $0.partner = "partners/\(question.partner)"
          $0.role = .init(rawValue: Int32(question.role.rawValue))
          $0.purpose = .h2Recruitment
          $0.method = "safemobility.v1.\(question.method)"
          $0.pathway = "pathways/US-H2A"
          $0.resourceState = "REFERRAL_STATE_SENT"
          $0.consentState = .active
        })
      var isAllowed = true
      do throws(RPCError) {
        try await question.call()
      } catch {
        #expect(error.code == .permissionDenied, "\(question.method)")
        isAllowed = false
      }
      #expect(isAllowed == question.isAllowed, "\(question.method)")
      #expect(response.allowed == isAllowed, "\(question.method): \(response.denialRule)")
      // No record is in any of these answers, so none is described.
      #expect(response.profile.isEmpty && response.dataClasses.isEmpty)
      #expect(response.fieldPaths.isEmpty)
    }
  }

  /// What is asked about, and the very call.
  private struct Question {
    var partner: PartnerID
    var role: Role
    var method: String
    var isAllowed: Bool
    var call: () async throws(RPCError) -> Void

    init(
      _ partner: PartnerID, _ role: Role, _ method: String, isAllowed: Bool,
      _ call: @escaping () async throws(RPCError) -> Void
    ) {
      (self.partner, self.role, self.method) = (partner, role, method)
      (self.isAllowed, self.call) = (isAllowed, call)
    }
  }

  @Test("what there is not is refused by its field")
  func fields() async throws {
    let world = try await World()
    func expectField(
      _ field: String, _ change: (inout SafeMobility.ExplainAccessRequest) -> Void
    ) async throws {
      var request = try Self.release(.usRsc, on: .usrap)
      change(&request)
      let refused = await expectRefusal("FIELD_INVALID", .invalidArgument) { [request] in
        _ = try await Self.explain(world, request)
      }
      #expect(refused?.fields == [field])
    }
    try await expectField("method") { $0.method = "safemobility.v1.ReferralService/Nothing" }
    try await expectField("pathway") { $0.pathway = "pathways/NOTHING" }
    try await expectField("resource_state") { $0.resourceState = "SENT" }
    // What no decision looks at, and what one needs.
    try await expectField("agency") { $0.agency = "field" }
    try await expectField("program_state") { $0.programState = .pilot }
    try await expectField("pathway") { $0.pathway = "" }
  }
}

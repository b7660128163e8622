import Domain
import Protobuf
import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// INV-16: whatever is answered is in the log first, and the log alone knows why something was denied.
@Suite("The true reason")
struct TrueReasonTests {
  private func newest(_ world: World) async throws -> AuditEntry {
    try #require(try await world.lastAuditEntries().last)
  }

  @Test("denials that look alike have their own reasons in the log, and their case")
  func denials() async throws {
    let dossier = try await ApplicantCase()
    let draft = try await dossier.draft(dossier.applicant()) { $0.registration?.channel = .self_ }
    let other = try await dossier.draft()
    var random = SystemRandomNumberGenerator()
    let names: [(String, Denial, isOfCase: Bool)] = [
      ("registrations/\(RegistrationID(using: &random))", .absent, false),
      ("registrations/nothing", .malformedName, false),
      (draft.name, .outOfReach, true),
    ]
    for (name, denial, isOfCase) in names {
      let before = try await dossier.world.auditCount()
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await dossier.applicant("other").getRegistration(.with { $0.name = name })
      }
      let entry = try await newest(dossier.world)
      #expect(try await dossier.world.auditCount() == before + 1)
      #expect(entry.verdict == .deny)
      #expect(entry.internalReason == "ACCESS_DENIED: \(denial.rawValue)")
      // Whose case it was is sealed, and what the log shows of it reads alike.
      #expect((entry.subject != nil) == isOfCase, "\(denial)")
      #expect(entry.casePseudonym != nil, "\(denial)")
    }
    // A change that is refused names its case too, and the parent that was wrong.
    let person = draft.principal.replacing(draft.name, with: other.name)
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await dossier.agent.removePerson(
        .with {
          $0.name = person
          $0.etag = "\"x.1\""
          $0.requestId = requestID()
        })
    }
    let entry = try await newest(dossier.world)
    #expect(entry.internalReason == "ACCESS_DENIED: \(Denial.otherParent.rawValue)")
    #expect(entry.subject?.registration.rawValue == other.uid)
  }

  @Test("who is unknown, what cannot be read and what is not served are in the log as well")
  func beforeTheHandler() async throws {
    let world = try await World()
    let method = SafeMobility.ApplicantServiceMethods.getRegistration
    let cases: [(WorldCaller, [UInt8], StatusCode, AuditVerdict)] = [
      (world.stranger, [], .unauthenticated, .deny),
      (world.caller("nobody/SCREENER"), [], .unauthenticated, .deny),
      (world.caller("us-rsc/SCREENER"), [], .unauthenticated, .deny),
      (world.caller("iom/APPLICANT", user: nil), [], .unauthenticated, .deny),
      (world.caller("iom/SCREENER", purpose: nil), [], .invalidArgument, .deny),
      (world.caller("us-rsc/PARTNER_OFFICER", purpose: "PROCESSING"), [], .permissionDenied, .deny),
      (world.caller("iom/SCREENER"), [0xFF, 0xFF], .internal, .error),
    ]
    for (caller, bytes, code, verdict) in cases {
      let before = try await world.auditCount()
      do throws(RPCError) {
        _ = try await caller.client.unary(method, RawBytes(bytes), as: RawBytes.self)
        Issue.record("\(code) was expected")
      } catch {
        #expect(error.code == code, "\(error)")
        #expect(error.metadata["pasarela-audit-entry"] != nil)
      }
      #expect(try await world.auditCount() == before + 1)
      let entry = try await newest(world)
      #expect(entry.verdict == verdict, "\(code)")
      #expect(entry.internalReason?.isEmpty == false)
      #expect(entry.method == "safemobility.v1.ApplicantService/GetRegistration")
    }
  }

  @Test("a list leaves an entry for each case it tells of, under the case's own key")
  func list() async throws {
    let dossier = try await ApplicantCase()
    let first = try await dossier.draft()
    _ = try await dossier.draft()
    let before = try await dossier.world.auditCount()
    #expect(try await dossier.agent.listRegistrations(.init()).registrations.count == 2)
    #expect(try await dossier.world.auditCount() == before + 3)
    let entries = try await dossier.world.lastAuditEntries(3)
    #expect(Set(entries.map(\.casePseudonym)).count == 3)
    #expect(entries.last?.casePseudonym == nil)
    #expect(Set(entries.map(\.responseCommitment)).count == 3)
    // The pseudonym is the one that every other entry of the case has.
    _ = try await dossier.read(first)
    #expect(
      try await entries.map(\.casePseudonym).contains(newest(dossier.world).casePseudonym))
    // An empty list tells of nobody.
    #expect(try await dossier.applicant().listRegistrations(.init()).registrations.isEmpty)
    #expect(try await dossier.world.auditCount() == before + 5)
  }

  @Test("a user's pseudonym is made with the deployment's key, and differs under another")
  func users() async throws {
    let world = try await World()
    var pseudonyms: [Digest?] = []
    for key in [UInt8(1), 2, 1] {
      let secrets = try #require(Secrets(key: [UInt8](repeating: key, count: 32)))
      let desk = try Desk(store: world.store, secrets: secrets)
      let client = RPCClient(
        transport: InProcessTransport(router: ProgrammeServices.router(at: desk)),
        metadata: [
          "pasarela-dev-identity": "iom/SCREENER", "pasarela-purpose": "PROCESSING",
          "pasarela-end-user": "ana",
        ])
      await expectRefusal("ACCESS_DENIED", .permissionDenied) {
        _ = try await SafeMobility.ProgramServiceClient(client).startPilot(.init())
      }
      pseudonyms.append(try await newest(world).userPseudonym)
    }
    #expect(pseudonyms[0] != nil)
    #expect(pseudonyms[0] == pseudonyms[2])
    #expect(pseudonyms[0] != pseudonyms[1])
  }
}

/// Bytes that are sent as they are.
private struct RawBytes: RPCMessage {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(serializedBytes: RawSpan) { bytes = [] }
  func serialize(into buffer: inout [UInt8]) { buffer += bytes }
}

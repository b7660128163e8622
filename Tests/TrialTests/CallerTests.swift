import Domain
import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient
import StoreSamples
import Testing
import Trials

/// Who may call what, decided before a request is read. That a certificate cannot be talked over by
/// metadata is the server's own test over TLS.
@Suite("callers", .serialized, .timeLimit(.minutes(3)))
struct CallerTests {
  private struct Case {
    var name: String
    var identities: [String]
    var purpose: String?
    var users: [String] = []
    var code: StatusCode
    var reason: String?
  }

  private static let cases: [Case] = [
    Case(name: "nobody", identities: [], purpose: "PROCESSING", code: .unauthenticated),
    Case(
      name: "no role", identities: ["iom"], purpose: "PROCESSING", code: .unauthenticated),
    Case(
      name: "a role in small letters", identities: ["iom/screener"], purpose: "PROCESSING",
      code: .unauthenticated),
    Case(
      name: "a role nobody knows", identities: ["iom/WIZARD"], purpose: "PROCESSING",
      code: .unauthenticated),
    Case(
      name: "the server's own role", identities: ["iom/SYSTEM"], purpose: "PROCESSING",
      code: .unauthenticated),
    Case(
      name: "two at once", identities: ["iom/SCREENER", "unhcr/SCREENER"],
      purpose: "PROCESSING", code: .unauthenticated),
    Case(
      name: "no purpose", identities: ["iom/SCREENER"], purpose: nil, code: .invalidArgument,
      reason: "PURPOSE_REQUIRED"),
    Case(
      name: "a purpose nobody knows", identities: ["iom/SCREENER"], purpose: "CURIOSITY",
      code: .invalidArgument, reason: "PURPOSE_REQUIRED"),
    Case(
      name: "a role the method is not for", identities: ["us-rsc/PARTNER_OFFICER"],
      purpose: "RESETTLEMENT", code: .permissionDenied, reason: "ACCESS_DENIED"),
    Case(
      name: "a partner nobody knows", identities: ["nobody/SCREENER"], purpose: "PROCESSING",
      code: .unauthenticated),
    Case(
      name: "a role that the partner has no certificate for", identities: ["us-rsc/SCREENER"],
      purpose: "RESETTLEMENT", code: .unauthenticated),
    Case(
      name: "a purpose that is closed to the partner", identities: ["us-rsc/PARTNER_OFFICER"],
      purpose: "PROCESSING", code: .permissionDenied, reason: "PURPOSE_NOT_ALLOWED"),
    Case(
      name: "an applicant that nobody names", identities: ["iom/APPLICANT"],
      purpose: "PROCESSING", code: .unauthenticated),
    Case(
      name: "an applicant with an empty name", identities: ["iom/APPLICANT"],
      purpose: "PROCESSING", users: [""], code: .unauthenticated),
    Case(
      name: "an applicant with two names", identities: ["iom/APPLICANT"],
      purpose: "PROCESSING", users: ["marta", "juana"], code: .unauthenticated),
    Case(
      name: "an applicant, of a registration that is another's", identities: ["iom/APPLICANT"],
      purpose: "PROCESSING", users: ["marta"], code: .permissionDenied, reason: "ACCESS_DENIED"),
  ]

  @Test("who may not are told why, and learn nothing of what there is")
  func refused() async throws {
    let world = try await TrialWorld(
      seed: 31, householdCount: 1, seatsPerSlot: 1, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let client = SafeMobility.ApplicantServiceClient(RPCClient(transport: channel))
    let there = "registrations/\(world.households[0].registration.id)"
    // As long and as well formed, but nobody's.
    let nowhere = String(there.dropLast()) + (there.hasSuffix("0") ? "1" : "0")
    for each in Self.cases {
      var metadata = Metadata()
      for identity in each.identities { try metadata.append("pasarela-dev-identity", identity) }
      for user in each.users { try metadata.append("pasarela-end-user", user) }
      if let purpose = each.purpose { try metadata.set("pasarela-purpose", purpose) }
      var told: [CallFailure?] = []
      for name in [there, nowhere] {
        var failure = await failure {
          _ = try await client.getRegistration(.with { $0.name = name }, metadata: metadata)
        }
        // The receipt of the audit entry is each call's own.
        failure?.metadata = [:]
        told.append(failure)
      }
      #expect(told[0]?.code == each.code, "\(each.name): \(told[0]?.message ?? "answered")")
      #expect(told[0]?.reason == each.reason, "\(each.name)")
      #expect(told[0] == told[1], "\(each.name): what exists is told from what does not")
    }
    await channel.close()
    let honest = try world.channel()
    let screener = SafeMobility.ApplicantServiceClient(
      TrialWorld.client(honest, as: "iom/SCREENER"))
    let seen = try await screener.getRegistration(.with { $0.name = there }).registration
    #expect(seen?.name == there)
    await honest.close()
    try world.stop()
  }
  @Test("a role that may see a record may not call every method on it")
  func otherMethod() async throws {
    let world = try await TrialWorld(
      seed: 32, householdCount: 1, seatsPerSlot: 1, slotCount: 1)
    try world.start()
    let channel = try world.channel()
    let name = "registrations/\(world.households[0].registration.id)"
    // A screener's method. The case is INVITED, so even a screener would be refused, but otherwise.
    for (role, code, reason) in [
      ("CONTACT_CENTRE", StatusCode.permissionDenied, "ACCESS_DENIED"),
      ("SCREENER", .failedPrecondition, "TRANSITION_NOT_ALLOWED"),
    ] {
      let client = SafeMobility.ApplicantServiceClient(
        TrialWorld.client(channel, as: "iom/\(role)"))
      let seen = try await client.getRegistration(.with { $0.name = name }).registration
      let refused = await failure {
        _ = try await client.startScreening(
          .with { ($0.name, $0.etag, $0.requestId) = (name, seen?.etag ?? "", Requests.id()) })
      }
      #expect(refused?.code == code, "\(role)")
      #expect(refused?.reason == reason, "\(role)")
      let after = try await client.getRegistration(.with { $0.name = name }).registration
      #expect(after == seen, "\(role)")
    }
    await channel.close()
    try world.stop()
  }
}

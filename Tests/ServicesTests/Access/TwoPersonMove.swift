import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

/// A move that two persons make, ready to be made: only who asks can be wrong.
struct TwoPersonMove: Sendable {
  /// A call by somebody; whether it awaits a second person.
  typealias Call = @Sendable (WorldCaller) async throws(RPCError) -> Bool

  let world: World
  let resource: String
  let purpose: String
  /// The partners of the two persons.
  let partners: (first: String, second: String)
  let call: Call
  /// Whether it has been made.
  let isMade: @Sendable () async throws -> Bool

  func caller(_ partner: String, _ role: String, user: String) -> WorldCaller {
    world.caller("\(partner)/\(role)", purpose: purpose, user: user)
  }

  /// How to come to a scene of each method that is served.
  static let scenes: [String: @Sendable () async throws -> TwoPersonMove] = [
    "safemobility.v1.ProgramService/StartPilot": { try await startPilot() },
    "safemobility.v1.ProgramService/ExtendProgram": { try await extendProgram() },
    "safemobility.v1.ApplicantService/RecordEligibility": { try await recordEligibility() },
    "safemobility.v1.ReferralService/SendReferral": { try await sendReferral() },
    "safemobility.v1.ReferralService/ResendReferral": { try await resendReferral() },
  ]

  private static func startPilot() async throws -> TwoPersonMove {
    let world = try await World(pilot: false)
    let name = ProgramDeskTests.name
    let read = { @Sendable () async throws -> SafeMobility.Program? in
      try await world.stranger.programs.getProgram(.with { $0.name = name }).program
    }
    let etag = try await read()?.etag ?? ""
    return TwoPersonMove(
      world: world, resource: name, purpose: "PROGRAM_ADMINISTRATION",
      partners: ("us-prm", "gt-minex"),
      call: { (caller) throws(RPCError) in
        try await caller.programs.startPilot(
          .with { ($0.name, $0.etag, $0.requestId) = (name, etag, requestID()) }
        ).pendingApproval != nil
      }, isMade: { try await read()?.state == .pilot })
  }

  private static func extendProgram() async throws -> TwoPersonMove {
    let world = try await World()
    let name = ProgramDeskTests.name
    let etag = try await ProgramDeskTests.program(world).etag
    return TwoPersonMove(
      world: world, resource: name, purpose: "PROGRAM_ADMINISTRATION",
      partners: ("us-prm", "gt-minex"),
      call: { (caller) throws(RPCError) in
        try await caller.programs.extendProgram(
          .with {
            ($0.name, $0.etag, $0.requestId) = (name, etag, requestID())
            ($0.extendedEndDate, $0.extensionRef) = (ExtendTests.date(2024, 3, 31), "Statement 2")
          }
        ).pendingApproval != nil
      }, isMade: { try await ProgramDeskTests.program(world).state == .extended })
  }

  private static func recordEligibility() async throws -> TwoPersonMove {
    let world = try await World()
    let registration = try await world.household(in: .interviewed).registration
    let name = "registrations/\(registration.id)"
    return TwoPersonMove(
      world: world, resource: name, purpose: "PROCESSING", partners: ("iom", "iom"),
      call: { (caller) throws(RPCError) in
        try await caller.applicants.recordEligibility(
          .with {
            ($0.name, $0.etag, $0.requestId) = (name, registration.etag.text, requestID())
            $0.findings = [.with { ($0.pathway, $0.finding) = ("pathways/USRAP", .eligible) }]
          }
        ).pendingApproval != nil
      },
      isMade: {
        try await world.store.read { try $0.registration(registration.id) }?.state == .eligible
      })
  }

  private static func sendReferral() async throws -> TwoPersonMove {
    let scene = try await ReferralCase()
    try await scene.consent()
    let draft = try await scene.draft()
    return move(scene, draft) { (caller) throws(RPCError) in
      try await caller.referrals.sendReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID()) }
      ).pendingApproval != nil
    }
  }

  private static func resendReferral() async throws -> TwoPersonMove {
    let scene = try await ReferralCase()
    var referral = try await scene.sent()
    let sent = referral
    referral = try #require(
      try await scene.rsc.acknowledgeReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (sent.name, sent.etag, requestID())
          $0.releaseSha256 = sent.release?.releaseSha256 ?? []
        }
      ).referral)
    let received = referral
    let returned = try #require(
      try await scene.rsc.returnReferral(
        .with {
          ($0.name, $0.etag, $0.requestId) = (received.name, received.etag, requestID())
          $0.reason = .incomplete
        }
      ).referral)
    return move(scene, returned) { (caller) throws(RPCError) in
      try await caller.referrals.resendReferral(
        .with { ($0.name, $0.etag, $0.requestId) = (returned.name, returned.etag, requestID()) }
      ).pendingApproval != nil
    }
  }

  private static func move(
    _ scene: ReferralCase, _ referral: SafeMobility.Referral, _ call: @escaping Call
  ) -> TwoPersonMove {
    TwoPersonMove(
      world: scene.world, resource: referral.name, purpose: "RESETTLEMENT",
      partners: ("unhcr", "unhcr"), call: call,
      isMade: { try await scene.stored(referral)?.state == .sent })
  }
}

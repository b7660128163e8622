import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// A household with an applicant of its own and referrals of two senders, of which one is an NGO, so that there is
/// somebody on every side of a protection hold.
struct ProtectedCase: Sendable {
  static let ngo = PartnerID(checked: "ngo")

  let watched: WatchCase

  init(
    _ kind: World.StoreKind = .memory, _ change: (inout WatchLimits) -> Void = { _ in }
  ) async throws {
    let marta = Actor(partner: .unhcr, role: .applicant, user: "marta")
    watched = try await WatchCase(kind, owner: marta, change)
    try await watched.world.store.write { tx in
      var random = SystemRandomNumberGenerator()
      let roles: [Role] = [.contactCentre, .screener, .reviewer, .caseworker, .supervisor]
      try tx.insert(
        Partner(
          id: Self.ngo, uid: ResourceUID(using: &random), displayName: "An NGO", kind: .ngo,
          identities: roles.map { ReferenceData.identity(of: Self.ngo, as: $0) },
          purposes: [.processing], revision: Revision(createdAt: tx.now)))
    }
  }

  var scene: ReferralCase { watched.scene }
  var world: World { watched.world }
  var name: String { "registrations/\(scene.registration)" }

  // MARK: Who calls

  /// Whose case it is.
  var applicant: WorldCaller { world.caller("unhcr/APPLICANT", user: "marta") }
  /// The NGO's, who may send referrals too.
  var sender: WorldCaller { world.caller("ngo/CASEWORKER") }
  /// A government's, who receives them.
  var mintrab: WorldCaller { watched.mintrab }

  // MARK: What happens

  /// Sets the hold, or lifts it.
  @discardableResult
  func hold(
    _ isHeld: Bool, as identity: String = "unhcr/REVIEWER", etag: String? = nil,
    requestID id: String = requestID()
  ) async throws(RPCError) -> SafeMobility.Registration? {
    let present = try? await scene.storedRegistration().etag.text
    return try await world.caller(identity).applicants.setProtectionHold(
      .with {
        ($0.name, $0.etag, $0.requestId) = (name, etag ?? present ?? "", id)
        $0.hold = isHeld
      }
    ).registration
  }

  func read(_ identity: String) async throws(RPCError) -> SafeMobility.Registration? {
    try await read(world.caller(identity))
  }

  func read(_ caller: WorldCaller) async throws(RPCError) -> SafeMobility.Registration? {
    try await caller.applicants.getRegistration(.with { $0.name = name }).registration
  }

  func listed(_ caller: WorldCaller) async throws -> [String] {
    try await caller.applicants.listRegistrations(.init()).registrations.map(\.name)
  }

  func referrals(_ caller: WorldCaller) async throws -> [String] {
    try await caller.referrals.listReferrals(.init()).referrals.map(\.name)
  }

  /// The case referred by the United Nations to a ministry, and by the NGO to Spain.
  func referrals() async throws -> (sent: SafeMobility.Referral, others: SafeMobility.Referral) {
    let sent = try await scene.sent(on: .h2a)
    try await scene.consent(to: .spainLabour)
    return (sent, try await send(ngoDraft(), as: sender))
  }

  /// A draft of the NGO's, to the authority of a pathway that is none of protection.
  func ngoDraft(on id: PathwayID = .spainLabour) async throws -> SafeMobility.Referral {
    let pathway = try #require(ReferenceData.pathway(id))
    let answer = try await sender.referrals.createReferral(
      .with {
        $0.referral = .with {
          $0.registration = name
          $0.persons = scene.persons.map { "\(name)/persons/\($0)" }
          $0.pathway = "pathways/\(id)"
          $0.destinationRegionCode = pathway.region.rawValue
          $0.toPartner = "partners/\(pathway.authorities[0])"
          $0.purpose = .init(rawValue: Int32(pathway.purpose.rawValue))
        }
        $0.requestId = requestID()
      })
    return try #require(answer.referral)
  }

  func send(
    _ draft: SafeMobility.Referral, as caller: WorldCaller
  ) async throws -> SafeMobility.Referral {
    let answer = try await caller.referrals.sendReferral(
      .with { ($0.name, $0.etag, $0.requestId) = (draft.name, draft.etag, requestID()) })
    return try #require(answer.referral)
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

/// A case whose referrals somebody watches.
struct WatchCase: Sendable {
  /// Soon enough for a test to see a poll, and bookmarks only where a test asks for them.
  static let limits: WatchLimits = {
    var limits = WatchLimits()
    limits.pollInterval = .milliseconds(5)
    limits.bookmarkInterval = .days(1)
    return limits
  }()

  let scene: ReferralCase

  init(
    _ kind: World.StoreKind = .memory, owner: Actor? = nil,
    _ change: (inout WatchLimits) -> Void = { _ in }
  ) async throws {
    var limits = Self.limits
    change(&limits)
    scene = try await ReferralCase(kind, owner: owner, watching: limits)
  }

  var world: World { scene.world }
  var rsc: WorldCaller { world.caller("us-rsc/PARTNER_OFFICER") }
  var mintrab: WorldCaller { world.caller("gt-mintrab/PARTNER_OFFICER") }
  var caseworker: WorldCaller { world.caller("unhcr/CASEWORKER") }

  /// The token of a list: where a stream begins.
  func token(
    _ caller: WorldCaller, registration: String = "", filter: String = ""
  ) async throws -> String {
    let answer = try await caller.referrals.listReferrals(
      .with {
        $0.registration = registration
        $0.filter = filter
      })
    #expect(!answer.resumeToken.isEmpty)
    return answer.resumeToken
  }

  /// Watches from a token, or from a list made now.
  func watch(
    _ caller: WorldCaller, from token: String? = nil, registration: String = "",
    filter: String = "", heldBack: Bool = false
  ) async throws -> WatchedStream {
    var start = token ?? ""
    if token == nil {
      start = try await self.token(caller, registration: registration, filter: filter)
    }
    let stream = try WatchedStream(
      world.router, caller, token: start, registration: registration, filter: filter,
      heldBack: heldBack)
    await stream.begun()
    return stream
  }

  /// One move of the receiver's.
  func advance(
    _ referral: SafeMobility.Referral, as caller: WorldCaller
  ) async throws -> SafeMobility.Referral {
    switch referral.state {
    case .sent:
      let release = referral.release?.releaseSha256 ?? []
      let answer = try await caller.referrals.acknowledgeReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.releaseSha256 = release
          $0.requestId = requestID()
        })
      return try #require(answer.referral)
    case .received:
      let answer = try await caller.referrals.acceptReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.partnerCaseRef = "CASE-1"
          $0.requestId = requestID()
        })
      return try #require(answer.referral)
    default:
      let answer = try await caller.referrals.advanceReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
          $0.requestId = requestID()
        })
      return try #require(answer.referral)
    }
  }

  /// From a draft to IN_PROCESS: five events, of which the receiver sees four.
  @discardableResult
  func walk(_ pathway: PathwayID = .usrap, as caller: WorldCaller? = nil) async throws
    -> SafeMobility.Referral
  {
    var referral = try await scene.sent(on: pathway)
    for _ in 0..<3 { referral = try await advance(referral, as: caller ?? rsc) }
    return referral
  }

  /// Changes a partner's record in the store.
  func change(
    _ id: PartnerID, _ body: @escaping @Sendable (inout Partner) -> Void
  ) async throws {
    try await world.change(id, body)
  }
}

extension World {
  /// Changes a partner's record in the store.
  func change(
    _ id: PartnerID, _ body: @escaping @Sendable (inout Partner) -> Void
  ) async throws {
    try await store.write { tx in
      guard var partner = try tx.partner(id) else { throw StoreError.notFound }
      let version = partner.revision.version
      body(&partner)
      partner.revision.advance(at: tx.now)
      try tx.update(partner, from: version)
    }
  }
}

/// An event without what is another at each telling.
struct Told: Equatable, CustomStringConvertible {
  var number: Int64
  var uid: String
  var version: Int64
  var type: SafeMobility.EventType
  var state: String

  init(_ event: SafeMobility.ReferralEvent) {
    number = event.eventNo
    uid = event.status?.uid ?? ""
    version = event.status?.version ?? 0
    type = event.status?.type ?? .unspecified
    state = event.status?.state ?? ""
  }

  var description: String { "\(number): \(type) \(state) v\(version)" }
}

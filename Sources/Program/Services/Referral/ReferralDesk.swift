import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// Pathways and referrals, as the contract has them.
public struct ReferralDesk: SafeMobility.ReferralService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func listPathways(
    _ request: SafeMobility.ListPathwaysRequest, call: ServerCall
  ) async throws -> SafeMobility.ListPathwaysResponse {
    try await desk.read(request, call) { work in
      let page = try work.page(request.pageSize, token: request.pageToken)
      let part = page.page(of: try work.reader.pathways()) { $0.id }
      return .with {
        $0.pathways = part.items.map { .init($0) }
        $0.nextPageToken = page.nextToken(part) { $0.id }
      }
    }
  }

  public func checkCapacity(
    _ request: SafeMobility.CheckCapacityRequest, call: ServerCall
  ) async throws -> SafeMobility.CheckCapacityResponse {
    try await desk.read(request, call) { work in
      let pathway = try work.found(try work.reader.pathway(PathwayID(name: request.pathway)))
      let partner = try work.found(try work.reader.partner(PartnerID(name: request.partner)))
      guard work.caller.kind != .gtGovernment || !pathway.isProtection else {
        throw Refusal.denied(.outOfReach)
      }
      let live = try work.reader.liveReferralCount(to: partner.id, on: pathway.id)
      let cases = max(1, Int(request.cases))
      return .with {
        $0.available = partner.capacity(for: pathway.id).map { live + cases <= $0 } ?? true
      }
    }
  }

  public func createReferral(
    _ request: SafeMobility.CreateReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.CreateReferralResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let referral = try work.createReferral(request.referral ?? .init())
      return try .with { $0.referral = try work.message(for: referral) }
    }
  }

  public func getReferral(
    _ request: SafeMobility.GetReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.GetReferralResponse {
    try await desk.read(request, about: request.name, call) { work in
      let referral = try work.referral(ReferralID(name: request.name))
      return try .with { $0.referral = try work.message(for: referral) }
    }
  }

  public func listReferrals(
    _ request: SafeMobility.ListReferralsRequest, call: ServerCall
  ) async throws -> SafeMobility.ListReferralsResponse {
    let desk = desk
    return try await desk.read(request, call) { work in
      let reach = Reach(caller: work.caller, reader: work.reader)
      let terms = try ReferralTerms(request.filter)
      var filter = try ReferralFilter(request)
      terms.narrow(&filter)
      reach.narrow(&filter)
      // Who asks about one case leaves a trace under it, whatever there is to see.
      if let registration = filter.registration { try work.concern(registration) }
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.registration, request.filter])
      let referrals = try Page(
        limit: page.limit, after: page.timeKey(ReferralID.self),
        next: { try work.reader.referrals(filter, after: $0, limit: page.limit) },
        keyOf: { TimeKey($0.revision.createTime, $0.id) },
        where: { try terms.admit($0) && reach.includes($0) })
      let handover = try Handover(
        to: SafeMobility.ReferralServiceMethods.watchReferrals,
        [request.registration, request.filter], behind: page, at: desk, in: work)
      return try .with {
        $0.referrals = try referrals.items.map {
          try work.disclosing($0.registration, by: $0.id, work.message(for: $0))
        }
        $0.nextPageToken = page.nextToken(referrals, beside: handover?.beside ?? []) {
          TimeKey($0.revision.createTime, $0.id)
        }
        $0.resumeToken = try handover?.token(after: referrals, in: work) ?? ""
      }
    }
  }

  public func getRelease(
    _ request: SafeMobility.GetReleaseRequest, call: ServerCall
  ) async throws -> SafeMobility.GetReleaseResponse {
    let rules = desk.validator.rules
    return try await desk.read(request, about: request.name, call) { work in
      let referral = try work.referral(ReferralID(name: request.name))
      guard let record = try work.releasedRecord(of: referral, rules: rules) else {
        throw Refusal.denied(.nothingReleased)
      }
      return .with { $0.record = record }
    }
  }

  public func sendReferral(
    _ request: SafeMobility.SendReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.SendReferralResponse {
    let rules = desk.validator.rules
    let response: SafeMobility.SendReferralResponse = try await desk.change(
      request, id: \.requestId, about: request.name, validateOnly: request.validateOnly, call
    ) { work in
      let referral = try work.referral(named: request.name, etag: request.etag)
      guard referral.state != .returned else {
        throw Refusal.illegal("SendReferral", in: "RETURNED; it is resent")
      }
      let (current, pending) = try work.send(referral, rules: rules)
      return try .with {
        $0.referral = try work.message(for: current)
        $0.pendingApproval = pending
      }
    }
    // A rehearsal hands nothing over, nor does the first of two persons.
    if !request.validateOnly, response.pendingApproval == nil {
      try desk.sign(response.referral, call)
    }
    return response
  }

  public func resendReferral(
    _ request: SafeMobility.ResendReferralRequest, call: ServerCall
  ) async throws -> SafeMobility.ResendReferralResponse {
    let rules = desk.validator.rules
    let response: SafeMobility.ResendReferralResponse = try await desk.change(
      request, id: \.requestId, about: request.name, validateOnly: request.validateOnly, call
    ) { work in
      let referral = try work.referral(named: request.name, etag: request.etag)
      guard referral.state == .returned else {
        throw Refusal.illegal("ResendReferral", in: "\(referral.state)")
      }
      let (current, pending) = try work.send(referral, rules: rules)
      return try .with {
        $0.referral = try work.message(for: current)
        $0.pendingApproval = pending
      }
    }
    // A rehearsal hands nothing over, nor does the first of two persons.
    if !request.validateOnly, response.pendingApproval == nil {
      try desk.sign(response.referral, call)
    }
    return response
  }
}

extension ReferralFilter {
  /// What a list request asks for.
  init(_ request: SafeMobility.ListReferralsRequest) throws(Refusal) {
    self.init()
    if !request.registration.isEmpty {
      registration = try RegistrationID(name: request.registration)
    }
  }
}

import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  func workOnReferral() async -> String {
    let open = ["DRAFT", "SENT", "RECEIVED", "ACCEPTED", "RETURNED", "IN_PROCESS", "DECIDED"]
    let name = any("referrals", in: open)
    if chance(40) || names["referrals"] == nil { return await prepare() }
    if chance(15) { return await endReferral(name, int(0...4)) }
    switch state(of: name).replacing("REFERRAL_STATE_", with: "") {
    case "DRAFT": return await send(name)
    case "SENT": return await acknowledge(name)
    case "RECEIVED": return chance(80) ? await accept(name) : await endReferral(name, 1)
    case "ACCEPTED": return await advance(name)
    case "RETURNED": return await resend(name)
    case "IN_PROCESS": return await decide(name)
    case "DECIDED": return await close(name)
    default: return await endReferral(name, int(0...4))
    }
  }

  /// Consents for the partner, then the draft.
  private func prepare() async -> String {
    let registration = any("registrations", in: ["ELIGIBLE", "REFERRED"])
    let people = persons(of: registration)
    let consents = (names["registrations/consents"] ?? [])
      .filter { $0.hasPrefix(registration + "/") && text($0, "recipient") == "partners/us-rsc" }
    for person in people {
      let own = consents.filter { text($0, "person") == person }
      if own.isEmpty {
        return await proposeConsent(
          registration, person: person, to: "partners/us-rsc", .resettlement)
      }
      if let open = own.first(where: { state(of: $0).hasSuffix("PROPOSED") }) {
        return await grantConsent(open)
      }
    }
    let hasOne = (names["referrals"] ?? []).contains {
      text($0, "registration") == registration && state(of: $0).hasSuffix("DRAFT")
    }
    if hasOne, chance(80) { return await send(any("referrals", in: ["DRAFT"])) }
    let request = SafeMobility.CreateReferralRequest.with {
      $0.referral = .with {
        $0.registration = registration
        $0.persons = people
        $0.pathway = "pathways/USRAP"
        $0.destinationRegionCode = "US"
        $0.toPartner = "partners/us-rsc"
        $0.purpose = .resettlement
      }
      $0.requestId = requestID()
    }
    return await call("unhcr/CASEWORKER", request) { (caller, request) throws(RPCError) in
      try await caller.referrals.createReferral(request)
    }
  }

  /// By either of the two that it takes.
  private func send(_ name: String) async -> String {
    await call(
      one(of: ["unhcr/CASEWORKER", "unhcr/REVIEWER"]) ?? "",
      request(name, \SafeMobility.SendReferralRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in try await caller.referrals.sendReferral(request) }
  }

  private func resend(_ name: String) async -> String {
    await call(
      one(of: ["unhcr/CASEWORKER", "unhcr/REVIEWER"]) ?? "",
      request(name, \SafeMobility.ResendReferralRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in try await caller.referrals.resendReferral(request) }
  }

  private static let officer = "us-rsc/PARTNER_OFFICER"

  private func acknowledge(_ name: String) async -> String {
    let release = resources[name]?["release"] as? [String: Any]
    let digest = (release?["releaseSha256"] as? String).flatMap { Self.bytes($0) }
    if digest == nil || chance(20) {
      let request = SafeMobility.GetReleaseRequest.with { $0.name = name }
      return await call(Self.officer, request) { (caller, request) throws(RPCError) in
        try await caller.referrals.getRelease(request)
      }
    }
    return await call(
      Self.officer,
      request(name, \SafeMobility.AcknowledgeReferralRequest.name, \.etag, \.requestId) {
        $0.releaseSha256 = digest ?? []
      }
    ) { (caller, request) throws(RPCError) in
      try await caller.referrals.acknowledgeReferral(request)
    }
  }

  private func accept(_ name: String) async -> String {
    await call(
      Self.officer,
      request(name, \SafeMobility.AcceptReferralRequest.name, \.etag, \.requestId) {
        $0.partnerCaseRef = "RSC-2023-0001"
      }
    ) { (caller, request) throws(RPCError) in try await caller.referrals.acceptReferral(request) }
  }

  private func advance(_ name: String) async -> String {
    await call(
      Self.officer, request(name, \SafeMobility.AdvanceReferralRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in try await caller.referrals.advanceReferral(request) }
  }

  private func decide(_ name: String) async -> String {
    await call(
      Self.officer,
      request(name, \SafeMobility.RecordDecisionRequest.parent, \.etag, \.requestId) {
        $0.decision = .with {
          $0.kind = .approved
          $0.decisionDate = .with { ($0.year, $0.month, $0.day) = (2023, 6, 12) }
          $0.reason = .criteriaMet
        }
      }
    ) { (caller, request) throws(RPCError) in try await caller.referrals.recordDecision(request) }
  }

  private func close(_ name: String) async -> String {
    let now = world.clock.now.microseconds / 1_000_000
    return await call(
      "unhcr/CASEWORKER",
      request(name, \SafeMobility.CloseReferralRequest.name, \.etag, \.requestId) {
        $0.informTime = .with { $0.seconds = now - 60 }
      }
    ) { (caller, request) throws(RPCError) in try await caller.referrals.closeReferral(request) }
  }

  private func endReferral(_ name: String, _ way: Int) async -> String {
    switch way {
    case 0:
      return await call(
        Self.officer,
        request(name, \SafeMobility.RejectReferralRequest.name, \.etag, \.requestId) {
          $0.reason = .outOfScope
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.rejectReferral(request)
      }
    case 1:
      return await call(
        Self.officer,
        request(name, \SafeMobility.ReturnReferralRequest.name, \.etag, \.requestId) {
          $0.reason = .incomplete
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.returnReferral(request)
      }
    case 2:
      return await call(
        "unhcr/CASEWORKER",
        request(name, \SafeMobility.RecallReferralRequest.name, \.etag, \.requestId) {
          $0.reason = .sentInError
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.recallReferral(request)
      }
    case 3:
      return await call(
        "unhcr/CASEWORKER",
        request(name, \SafeMobility.RequestWithdrawalRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.requestWithdrawal(request)
      }
    default:
      return await call(
        Self.officer,
        request(name, \SafeMobility.ConfirmWithdrawalRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.confirmWithdrawal(request)
      }
    }
  }
}

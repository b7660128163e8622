import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  func workOnReferral() async -> String {
    let open = [
      "DRAFT", "SENT", "RECEIVED", "ACCEPTED", "RETURNED", "IN_PROCESS", "WITHDRAWAL_REQUESTED",
      "DECIDED",
    ]
    let name = ongoing("referrals", in: open)
    if chance(30) || names["referrals"] == nil { return await prepare() }
    if chance(8) { return await endReferral(name, int(0...4)) }
    switch state(of: name).replacing("REFERRAL_STATE_", with: "") {
    case "DRAFT": return await finish(name)
    case "SENT": return await acknowledge(name)
    case "RECEIVED": return chance(90) ? await accept(name) : await endReferral(name, int(0...1))
    case "ACCEPTED": return chance(90) ? await advance(name) : await endReferral(name, 3)
    case "RETURNED": return await resend(name)
    case "IN_PROCESS": return chance(90) ? await decide(name) : await endReferral(name, 3)
    case "WITHDRAWAL_REQUESTED": return await endReferral(name, 4)
    case "DECIDED": return await close(name)
    default: return chance(20) ? await close(name) : await endReferral(name, int(0...4))
    }
  }

  /// Where a household may be referred to.
  struct Way {
    var pathway: String
    var region: String
    var partner: String
    var purpose: SafeMobility.Purpose
  }

  private static let ways = [
    Way(pathway: "USRAP", region: "US", partner: "us-rsc", purpose: .resettlement),
    Way(pathway: "CA-REF", region: "CA", partner: "ca-gov", purpose: .resettlement),
    Way(pathway: "US-H2A", region: "US", partner: "gt-mintrab", purpose: .h2Recruitment),
    Way(pathway: "US-CHNV", region: "US", partner: "us-uscis", purpose: .familyReunification),
  ]

  /// Where a household is referred to if anywhere; by chance it is another place.
  func usualWay(of registration: String) -> Way {
    let number = names["registrations"]?.firstIndex(of: registration) ?? 0
    return Self.ways[[0, 1, 2, 0, 3, 0, 2, 0][number % 8]]
  }

  /// Consents for the partner, then the draft.
  private func prepare() async -> String {
    let registration = ongoing("registrations", in: ["STATE_ELIGIBLE", "REFERRED"])
    let way = (chance(15) ? one(of: Self.ways) : nil) ?? usualWay(of: registration)
    let people = persons(of: registration)
    let partner = "partners/\(way.partner)"
    let consents = (names["registrations/consents"] ?? [])
      .filter { $0.hasPrefix(registration + "/") && text($0, "recipient") == partner }
    for person in people where way.partner != "us-uscis" {
      let own = consents.filter { text($0, "person") == person }
      if own.isEmpty {
        return await proposeConsent(registration, person: person, for: way)
      }
      if let open = own.first(where: { state(of: $0).hasSuffix("PROPOSED") }) {
        return await grantConsent(open)
      }
    }
    let draft = (names["referrals"] ?? []).first {
      text($0, "registration") == registration && state(of: $0).hasSuffix("DRAFT")
    }
    if let draft, chance(80) { return await finish(draft) }
    let request = SafeMobility.CreateReferralRequest.with {
      $0.referral = .with {
        $0.registration = registration
        $0.persons = people
        $0.pathway = "pathways/\(way.pathway)"
        $0.destinationRegionCode = way.region
        $0.toPartner = partner
        $0.purpose = way.purpose
      }
      $0.requestId = requestID()
    }
    return await call("unhcr/CASEWORKER", request) { (caller, request) throws(RPCError) in
      try await caller.referrals.createReferral(request)
    }
  }

  func proposeConsent(_ name: String, person: String, for way: Way) async -> String {
    await proposeConsent(name, person: person, to: "partners/\(way.partner)", way.purpose)
  }

  /// A draft is sent; on what only a petitioner begins, advice is given.
  private func finish(_ name: String) async -> String {
    guard text(name, "pathway") == "pathways/US-CHNV" else { return await send(name) }
    return await call(
      "unhcr/CASEWORKER",
      request(name, \SafeMobility.RecordAdviceRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in try await caller.referrals.recordAdvice(request) }
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

  /// The officer of whoever it was sent to.
  private func officer(of name: String) -> String {
    let partner = text(name, "toPartner").replacing("partners/", with: "")
    return "\(partner.isEmpty ? "us-rsc" : partner)/PARTNER_OFFICER"
  }

  private func acknowledge(_ name: String) async -> String {
    let release = resources[name]?["release"] as? [String: Any]
    let digest = (release?["releaseSha256"] as? String).flatMap { Self.bytes($0) }
    if digest == nil || chance(20) {
      let request = SafeMobility.GetReleaseRequest.with { $0.name = name }
      return await call(officer(of: name), request) { (caller, request) throws(RPCError) in
        try await caller.referrals.getRelease(request)
      }
    }
    return await call(
      officer(of: name),
      request(name, \SafeMobility.AcknowledgeReferralRequest.name, \.etag, \.requestId) {
        $0.releaseSha256 = digest ?? []
      }
    ) { (caller, request) throws(RPCError) in
      try await caller.referrals.acknowledgeReferral(request)
    }
  }

  private func accept(_ name: String) async -> String {
    await call(
      officer(of: name),
      request(name, \SafeMobility.AcceptReferralRequest.name, \.etag, \.requestId) {
        $0.partnerCaseRef = "RSC-2023-0001"
      }
    ) { (caller, request) throws(RPCError) in try await caller.referrals.acceptReferral(request) }
  }

  private func advance(_ name: String) async -> String {
    await call(
      officer(of: name),
      request(name, \SafeMobility.AdvanceReferralRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in try await caller.referrals.advanceReferral(request) }
  }

  private func decide(_ name: String) async -> String {
    await call(
      officer(of: name),
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
        officer(of: name),
        request(name, \SafeMobility.RejectReferralRequest.name, \.etag, \.requestId) {
          $0.reason = .outOfScope
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.rejectReferral(request)
      }
    case 1:
      return await call(
        officer(of: name),
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
        officer(of: name),
        request(name, \SafeMobility.ConfirmWithdrawalRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.referrals.confirmWithdrawal(request)
      }
    }
  }
}

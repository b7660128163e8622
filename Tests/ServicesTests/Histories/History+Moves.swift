import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  /// One of the moves of a registration.
  func moveRegistration(_ name: String, _ move: Int) async -> String {
    let screener = one(of: ["iom/SCREENER", "unhcr/SCREENER"]) ?? ""
    switch move {
    case 0:
      return await call(
        "iom/CONTACT_CENTRE",
        request(name, \SafeMobility.SubmitRegistrationRequest.name, \.etag, \.requestId) {
          $0.validateOnly = chance(10)
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.applicants.submitRegistration(request)
      }
    case 1:
      return await call(
        screener, request(name, \SafeMobility.StartScreeningRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in try await caller.applicants.startScreening(request)
      }
    case 2:
      return await call(
        screener,
        request(name, \SafeMobility.RequestInfoRequest.name, \.etag, \.requestId) {
          $0.items = [.photo]
        }
      ) { (caller, request) throws(RPCError) in try await caller.applicants.requestInfo(request) }
    case 3:
      return await call(
        "iom/CONTACT_CENTRE",
        request(name, \SafeMobility.ProvideInfoRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in try await caller.applicants.provideInfo(request) }
    case 4:
      return await call(
        screener,
        request(name, \SafeMobility.ScreenOutRequest.name, \.etag, \.requestId) {
          $0.reason = .noResponse
          $0.advice = [.legalAid]
        }
      ) { (caller, request) throws(RPCError) in try await caller.applicants.screenOut(request) }
    case 5:
      return await call(
        screener,
        request(name, \SafeMobility.InviteRegistrationRequest.name, \.etag, \.requestId) {
          $0.serviceKind = .interview
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.applicants.inviteRegistration(request)
      }
    case 6:
      return await call(
        screener, request(name, \SafeMobility.ReopenRegistrationRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.applicants.reopenRegistration(request)
      }
    case 7: return await recordEligibility(name)
    case 8: return await setProtection(name)
    default: return chance(60) ? await withdrawConsent() : await withdraw(name)
    }
  }

  private func recordEligibility(_ name: String) async -> String {
    let role = one(of: ["unhcr/INTERVIEWER", "unhcr/REVIEWER"]) ?? ""
    return await call(
      role,
      request(name, \SafeMobility.RecordEligibilityRequest.name, \.etag, \.requestId) {
        let isEligible = chance(85)
        $0.findings = ["USRAP", "US-H2A", "CA-REF"].map { pathway in
          .with {
            $0.pathway = "pathways/\(pathway)"
            $0.finding = isEligible ? .eligible : .notEligible
            if !isEligible { $0.reason = .noClaim }
          }
        }
      }
    ) { (caller, request) throws(RPCError) in
      try await caller.applicants.recordEligibility(request)
    }
  }

  /// Hides the case from all but the United Nations' staff, or shows it again; of nobody else is there staff here.
  private func setProtection(_ name: String) async -> String {
    await call(
      one(of: ["unhcr/REVIEWER", "iom/SUPERVISOR", "iom/REVIEWER"]) ?? "",
      request(name, \SafeMobility.SetProtectionHoldRequest.name, \.etag, \.requestId) {
        $0.hold = chance(50)
      }
    ) { (caller, request) throws(RPCError) in
      try await caller.applicants.setProtectionHold(request)
    }
  }

  private func withdraw(_ name: String) async -> String {
    await call(
      "iom/CONTACT_CENTRE",
      request(name, \SafeMobility.WithdrawRegistrationRequest.name, \.etag, \.requestId)
    ) { (caller, request) throws(RPCError) in
      try await caller.applicants.withdrawRegistration(request)
    }
  }
}

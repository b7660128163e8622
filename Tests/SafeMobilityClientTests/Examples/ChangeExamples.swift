import Protobuf
import RPCCore
import SafeMobilityAPI
import SafeMobilityClient

enum ChangeExamples {
  static func accept(
    _ referral: SafeMobility.Referral, _ client: SafeMobilityClient
  ) async throws -> SafeMobility.AcceptReferralResponse {
    // example: write
    let response = try await client.referrals.acceptReferral(
      .with {
        $0.name = referral.name
        $0.etag = referral.etag
        $0.partnerCaseRef = "RSC-2023-0042"
      })
    // end
    return response
  }

  static func read(
    _ request: SafeMobility.GetProgramRequest, _ client: SafeMobilityClient
  ) async throws -> SafeMobility.GetProgramResponse {
    // example: deadline
    let options = CallOptions(timeout: .seconds(5))
    let response = try await client.programs.getProgram(request, options: options)
    // end
    return response
  }

  static func accept(
    _ intended: SafeMobility.AcceptReferralRequest, _ client: SafeMobilityClient,
    keep: (RequestID, SafeMobility.AcceptReferralRequest) throws -> Void
  ) async throws {
    // example: own id
    let id = RequestID.make()
    try keep(id, intended)
    var request = intended
    request.requestId = id.text
    _ = try await client.referrals.acceptReferral(request)
    // end
  }

  static func advance(
    _ name: String, _ client: SafeMobilityClient
  ) async throws -> SafeMobility.AdvanceReferralResponse {
    // example: updating
    let response = try await client.updating {
      try await client.referrals.getReferral(.with { $0.name = name }).referral
    } change: { referral in
      try await client.referrals.advanceReferral(
        .with {
          $0.name = referral.name
          $0.etag = referral.etag
        })
    }
    // end
    return response
  }
}

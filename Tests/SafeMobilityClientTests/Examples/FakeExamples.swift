import Protobuf
import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import SafeMobilityClient

enum FakeExamples {
  // example: code under test
  static func names(
    of referrals: some SafeMobility.ReferralServiceClientProtocol
  ) async throws -> [String] {
    var names: [String] = []
    for try await referral in referrals.all() { names.append(referral.name) }
    return names
  }
  // end

  static func testedNames() async throws -> [String] {
    // example: answers
    var referrals = SafeMobility.ReferralServiceFake()
    referrals.onListReferrals = { _ in
      .with { $0.referrals = [.with { $0.name = "referrals/0ref" }] }
    }
    let names = try await names(of: referrals)
    // end
    return names
  }

  // example: fake
  struct FullOffice: SafeMobility.AppointmentService {
    func holdSlot(
      _ request: SafeMobility.HoldSlotRequest, call: ServerCall
    ) async throws -> SafeMobility.HoldSlotResponse {
      throw RPCError(.unavailable, "closed for the day")
    }
  }
  // end

  static func client() throws -> SafeMobilityClient {
    // example: fake client
    var configuration = SafeMobilityClient.Configuration()
    configuration.repeatsCalls = false
    let client = try SafeMobilityClient(
      transport: InProcessTransport(router: Router(services: [FullOffice()])),
      configuration: configuration)
    // end
    return client
  }
}

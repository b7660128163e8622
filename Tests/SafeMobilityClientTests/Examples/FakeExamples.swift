import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import SafeMobilityClient

enum FakeExamples {
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

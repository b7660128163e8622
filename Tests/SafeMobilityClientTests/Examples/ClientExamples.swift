import Protobuf
import RPCCore
import RPCTransportHTTP2
import SafeMobilityAPI
import SafeMobilityClient

// What the articles of SafeMobilityClient.docc show; ExampleTests compares them region by region.

enum ClientExamples {
  static func connect() throws -> SafeMobilityClient {
    // example: connect
    let certificate = ClientTLSConfiguration(
      trustRootsPath: "/etc/movilidad/ca.pem",
      certificatePath: "/etc/movilidad/ministry.pem",
      privateKeyPath: "/etc/movilidad/ministry.key")
    let client = try SafeMobilityClient(
      target: "movilidad.example:443", identity: .certificate(certificate),
      purpose: .resettlement)
    // end
    return client
  }

  static func call(_ client: SafeMobilityClient) async throws {
    // example: call
    let office = try await client.offices.getOffice(.with { $0.name = "offices/gt-xel-01" }).office
    print(office?.timeZone ?? "unknown")
    // end
  }

  static func purpose(_ client: SafeMobilityClient) -> SafeMobilityClient {
    // example: purpose
    let reporting = client.with(purpose: .reporting)
    // end
    return reporting
  }

  static func close(_ client: SafeMobilityClient) async {
    // example: close
    await client.close()
    // end
  }

  static func develop() throws -> SafeMobilityClient {
    // example: development
    let officer = DevelopmentIdentity("us-rsc/PARTNER_OFFICER")
    let client = try SafeMobilityClient(
      target: "localhost:50051",
      identity: officer.map { .development($0) } ?? .anonymous(tls: nil),
      purpose: .resettlement)
    // end
    return client
  }

  static func hold(
    _ request: SafeMobility.HoldSlotRequest, _ client: SafeMobilityClient
  ) async throws -> String? {
    // example: errors
    do {
      let hold = try await client.appointments.holdSlot(request).hold
      return hold?.name
    } catch {
      switch SafeMobilityError(error) {
      case .slotFull, .slotBlocked:
        return nil
      case .fieldInvalid(let failure):
        for violation in failure.fieldViolations { print(violation.field, violation.description) }
        throw error
      default:
        throw error
      }
    }
    // end
  }
}

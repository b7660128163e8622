import Protobuf
import RPCCore
import RPCTransportInProcess
import SafeMobilityAPI
import SafeMobilityClient
import Synchronization
import Testing

/// What goes with every call.
@Suite struct SafeMobilityClientTests {
  /// Answers with an office named after the metadata it was called with.
  private struct Echo: SafeMobility.OfficeService {
    func getOffice(
      _ request: SafeMobility.GetOfficeRequest, call: ServerCall
    ) async throws -> SafeMobility.GetOfficeResponse {
      let names = ["pasarela-dev-identity", "pasarela-purpose", "pasarela-end-user"]
      return .with {
        $0.office = .with {
          $0.addressLines = names.map { call.requestMetadata[$0] ?? "(none)" }
        }
      }
    }
  }

  private func said(_ client: SafeMobilityClient) async throws -> [String] {
    try await client.offices.getOffice(.init()).office?.addressLines ?? []
  }

  private let transport = InProcessTransport(router: Router(services: [Echo()]))

  @Test("identity, purpose and user go with every call")
  func metadata() async throws {
    let client = try SafeMobilityClient(
      transport: transport, identity: DevelopmentIdentity("unhcr/SCREENER"),
      purpose: .processing, endUser: "desk-4")
    #expect(try await said(client) == ["unhcr/SCREENER", "PROCESSING", "desk-4"])
    #expect(try await said(client.with(purpose: .reporting))[1] == "REPORTING")
    #expect(try await said(client.with(purpose: nil))[1] == "(none)")
  }

  @Test("nothing is said of a caller who says nothing")
  func anonymous() async throws {
    let client = try SafeMobilityClient(transport: transport)
    #expect(try await said(client) == ["(none)", "(none)", "(none)"])
  }

  @Test("a user that cannot travel as metadata is refused at once", arguments: ["José", "a\nb"])
  func illegalUser(name: String) {
    #expect(throws: SafeMobilityClient.SetupError.endUser) {
      try SafeMobilityClient(transport: transport, endUser: name)
    }
  }

  @Test("every purpose has a name that leads back to it")
  func purposes() {
    for value in SafeMobility.Purpose.descriptor.values {
      let purpose = SafeMobility.Purpose(rawValue: value.number)
      guard value.number != 0 else {
        #expect(purpose.metadataName == nil)
        continue
      }
      #expect(purpose.metadataName == String(value.name.dropFirst("PURPOSE_".count)))
      #expect(purpose.metadataName.flatMap { SafeMobility.Purpose(metadataName: $0) } == purpose)
    }
    #expect(SafeMobility.Purpose(metadataName: "UNSPECIFIED") == nil)
    #expect(SafeMobility.Purpose(metadataName: "processing") == nil)
    #expect(SafeMobility.Purpose.unrecognized(99).metadataName == nil)
  }
}

public import RPCCore
public import RPCTransportHTTP2
public import SafeMobilityAPI

/// The programme's services, as one partner sees them.
///
///     let client = SafeMobilityClient(
///       target: endpoint, security: .tls(certificates), purpose: .resettlement)
///     let referrals = try await client.referrals.listReferrals(.init())
///     await client.close()
///
/// A value: copies, also those that ``with(purpose:)`` makes, share one connection, which is made at
/// the first call. Calls may come from any task. They throw ``RPCCore/RPCError``, of which
/// ``CallFailure`` makes a readable one.
public struct SafeMobilityClient: Sendable {
  /// How the connection is made safe, and by whom it is used.
  public enum Security: Sendable {
    /// TLS; the client's certificate says which partner and role is calling.
    case tls(ClientTLSConfiguration)
    /// Plaintext, for development: the caller says itself who it is, or is nobody.
    case plaintext(DevelopmentIdentity?)
  }

  private let transport: any ClientTransport
  private let callers: Metadata
  private let channel: HTTP2Channel?

  /// What the calls are for; nil suffices only for methods that everybody may call.
  public let purpose: SafeMobility.Purpose?

  /// Calls by method descriptor, for tools that know the method only as data.
  public let rpc: RPCClient
  /// The programme itself, its intake windows and eligibility rules.
  public let programs: SafeMobility.ProgramServiceClient
  /// Offices, their services, schedules and slots.
  public let offices: SafeMobility.OfficeServiceClient
  /// Registrations, persons, documents and consents.
  public let applicants: SafeMobility.ApplicantServiceClient
  /// Holds and appointments.
  public let appointments: SafeMobility.AppointmentServiceClient
  /// Pathways and referrals.
  public let referrals: SafeMobility.ReferralServiceClient
  /// The partners of the programme.
  public let partners: SafeMobility.PartnerServiceClient

  /// A client that connects at its first call.
  ///
  /// - Parameters:
  ///   - target: where the server is
  ///   - security: TLS with a client certificate, or plaintext for development
  ///   - purpose: what the calls are for
  ///   - endUser: who sits at the keyboard, as a pseudonym of the partner's; nil when nobody does
  /// - Throws: ``RPCCore/Metadata/Refusal`` when `endUser` is not printable ASCII
  public init(
    target: Endpoint, security: Security, purpose: SafeMobility.Purpose? = nil,
    endUser: String? = nil
  ) throws(Metadata.Refusal) {
    var tls: ClientTLSConfiguration?
    var identity: DevelopmentIdentity?
    switch security {
    case .tls(let configuration): tls = configuration
    case .plaintext(let caller): identity = caller
    }
    let channel = HTTP2Channel(target: target, tls: tls)
    self.init(
      transport: channel, channel: channel,
      callers: try Self.metadata(identity: identity, endUser: endUser), purpose: purpose)
  }

  /// A client over a transport that the caller opens and closes: for tests and tools.
  ///
  /// - Throws: as the other `init`
  public init(
    transport: any ClientTransport, identity: DevelopmentIdentity? = nil,
    purpose: SafeMobility.Purpose? = nil, endUser: String? = nil
  ) throws(Metadata.Refusal) {
    self.init(
      transport: transport, channel: nil,
      callers: try Self.metadata(identity: identity, endUser: endUser), purpose: purpose)
  }

  private init(
    transport: any ClientTransport, channel: HTTP2Channel?, callers: Metadata,
    purpose: SafeMobility.Purpose?
  ) {
    self.transport = transport
    self.channel = channel
    self.callers = callers
    self.purpose = purpose
    var metadata = callers
    // The names in the schema are plain ASCII, so setting one cannot fail.
    if let name = purpose?.metadataName { try? metadata.set("pasarela-purpose", name) }
    let client = RPCClient(transport: transport, metadata: metadata)
    rpc = client
    programs = .init(client)
    offices = .init(client)
    applicants = .init(client)
    appointments = .init(client)
    referrals = .init(client)
    partners = .init(client)
  }

  /// The same client with calls for another purpose, on the same connection.
  public func with(purpose: SafeMobility.Purpose?) -> SafeMobilityClient {
    SafeMobilityClient(transport: transport, channel: channel, callers: callers, purpose: purpose)
  }

  /// Takes no new calls, waits for running ones, then closes the connection; for every copy.
  public func close() async {
    await channel?.close()
  }

  private static func metadata(
    identity: DevelopmentIdentity?, endUser: String?
  ) throws(Metadata.Refusal) -> Metadata {
    var metadata: Metadata = [:]
    if let identity { try metadata.set("pasarela-dev-identity", identity.description) }
    if let endUser { try metadata.set("pasarela-end-user", endUser) }
    return metadata
  }
}

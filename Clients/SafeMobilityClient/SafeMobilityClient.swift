public import RPCCore
public import RPCTransportHTTP2
public import SafeMobilityAPI

/// The programme's services, as one partner sees them.
///
///     let client = try SafeMobilityClient(
///       target: "movilidad.example:443", identity: .certificate(certificate), purpose: .resettlement)
///     for try await referral in client.referrals.all() { print(referral.name) }
///     await client.close()
///
/// A value: copies, also those that ``with(purpose:)`` makes, share one connection, which is made at
/// the first call. Calls may come from any task. They throw ``RPCCore/RPCError``, of which
/// ``SafeMobilityError`` makes one to switch on.
///
/// A change without a `request_id` gets one, and what may have happened or not is asked for again with the same
/// bytes: after UNAVAILABLE, after an attempt that took too long, when the server was overloaded or still at work
/// on the first. That ends at the call's deadline, or after ``Configuration/patience`` when it has none. So one call
/// has one effect, or, when it fails, at most one; see <doc:WritesHappenOnce>.
public struct SafeMobilityClient: Sendable {
  private let transport: any ClientTransport
  private let callers: Metadata
  private let channel: HTTP2Channel?
  let configuration: Configuration

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
  /// The pilot's published figures.
  public let reports: SafeMobility.ReportServiceClient

  /// A client that connects at its first call.
  ///
  /// - Parameters:
  ///   - target: where the server is
  ///   - identity: who calls, and how the connection is made safe
  ///   - purpose: what the calls are for
  ///   - endUser: who sits at the keyboard, as a pseudonym of the partner's; nil when nobody does
  ///   - configuration: limits and habits
  /// - Throws: ``SetupError/endUser``
  public init(
    target: ChannelTarget, identity: Identity, purpose: SafeMobility.Purpose? = nil,
    endUser: String? = nil, configuration: Configuration = .init()
  ) throws(SetupError) {
    let callers = try Self.metadata(identity: identity.development, endUser: endUser)
    let channel = HTTP2Channel(
      target: target, tls: identity.tls, configuration: configuration.channel)
    self.init(
      transport: channel.wrapped(by: configuration), channel: channel, callers: callers,
      purpose: purpose, configuration: configuration)
  }

  /// A client of a target in one of the forms that ``RPCTransportHTTP2/ChannelTarget`` reads, such as
  /// `movilidad.example:443`.
  ///
  /// - Throws: ``SetupError``
  public init(
    target: String, identity: Identity, purpose: SafeMobility.Purpose? = nil,
    endUser: String? = nil, configuration: Configuration = .init()
  ) throws(SetupError) {
    guard let place = ChannelTarget(target) else { throw .target(target) }
    try self.init(
      target: place, identity: identity, purpose: purpose, endUser: endUser,
      configuration: configuration)
  }

  /// A client over a transport that the caller opens and closes: for tests and tools.
  ///
  /// - Throws: ``SetupError/endUser``
  public init(
    transport: any ClientTransport, identity: DevelopmentIdentity? = nil,
    purpose: SafeMobility.Purpose? = nil, endUser: String? = nil,
    configuration: Configuration = .init()
  ) throws(SetupError) {
    self.init(
      transport: transport.wrapped(by: configuration), channel: nil,
      callers: try Self.metadata(identity: identity, endUser: endUser), purpose: purpose,
      configuration: configuration)
  }

  private init(
    transport: any ClientTransport, channel: HTTP2Channel?, callers: Metadata,
    purpose: SafeMobility.Purpose?, configuration: Configuration
  ) {
    self.transport = transport
    self.channel = channel
    self.callers = callers
    self.purpose = purpose
    self.configuration = configuration
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
    reports = .init(client)
  }

  /// The same client with calls for another purpose, on the same connection.
  public func with(purpose: SafeMobility.Purpose?) -> SafeMobilityClient {
    SafeMobilityClient(
      transport: transport, channel: channel, callers: callers, purpose: purpose,
      configuration: configuration)
  }

  /// Takes no new calls, waits for running ones, then closes the connection; for every copy.
  public func close() async {
    await channel?.close()
  }

  private static func metadata(
    identity: DevelopmentIdentity?, endUser: String?
  ) throws(SetupError) -> Metadata {
    var metadata: Metadata = [:]
    do {
      if let identity { try metadata.set("pasarela-dev-identity", identity.description) }
      if let endUser { try metadata.set("pasarela-end-user", endUser) }
    } catch {
      // An identity has been checked when it was made.
      throw .endUser
    }
    return metadata
  }
}

extension ClientTransport {
  /// With everything around it that stands around a client's calls.
  fileprivate func wrapped(by configuration: SafeMobilityClient.Configuration)
    -> any ClientTransport
  {
    intercepted(by: configuration.interceptors + [CallRepeater(configuration: configuration)])
  }
}

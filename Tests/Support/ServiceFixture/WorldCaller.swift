public import RPCCore
public import SafeMobilityAPI

/// Somebody who calls, with a client for every service.
public struct WorldCaller: Sendable {
  /// For calls that no generated client makes.
  public let client: RPCClient
  /// Who it is, as its calls say.
  public let metadata: Metadata

  /// The programme.
  public var programs: SafeMobility.ProgramServiceClient { .init(client) }
  /// The offices.
  public var offices: SafeMobility.OfficeServiceClient { .init(client) }
  /// The registrations.
  public var applicants: SafeMobility.ApplicantServiceClient { .init(client) }
  /// The appointments.
  public var appointments: SafeMobility.AppointmentServiceClient { .init(client) }
  /// The referrals.
  public var referrals: SafeMobility.ReferralServiceClient { .init(client) }
  /// The partners.
  public var partners: SafeMobility.PartnerServiceClient { .init(client) }
  /// The pilot's figures.
  public var reports: SafeMobility.ReportServiceClient { .init(client) }
}

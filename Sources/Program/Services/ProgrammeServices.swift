public import RPCCore
import SafeMobilityAPI

/// The services of the programme, all of them: what a server serves, and what tests call.
public enum ProgrammeServices {
  /// Every service at a desk.
  public static func all(at desk: Desk) -> [any RPCService] {
    [
      ProgramDesk(desk: desk), OfficeDesk(desk: desk), PartnerDesk(desk: desk),
      AppointmentDesk(desk: desk), ApplicantDesk(desk: desk), ReferralDesk(desk: desk),
      AuditDesk(desk: desk), ReportDesk(desk: desk),
    ]
  }

  /// The router of every service, behind the access check and the account of it, and those behind `outer`.
  public static func router(
    at desk: Desk, behind outer: [any ServerInterceptor] = []
  ) -> Router {
    router(of: all(at: desk), at: desk, behind: outer)
  }

  /// The router of some services: whatever of them is called, the access check and the account of it stand before it.
  static func router(
    of services: [any RPCService], at desk: Desk, behind outer: [any ServerInterceptor] = []
  ) -> Router {
    Router(
      services: services,
      interceptors: outer + [AuditInterceptor(desk: desk), AccessInterceptor(desk: desk)])
  }
}

import RPCCore
import SafeMobilityAPI
import Services
import Storage

/// Which services the server has, and what stands before them.
enum Composition {
  /// The router over a store.
  ///
  /// - Throws: when the compiled schema lacks an annotation, which is a defect of the build
  static func router(over store: any Store) throws -> Router {
    let desk = try Desk(store: store)
    return Router(
      services: [
        AppointmentDesk(desk: desk), UnservedProgram(), UnservedOffice(), UnservedApplicant(),
        UnservedReferral(), UnservedPartner(), UnservedAudit(), UnservedReport(),
      ],
      interceptors: [AccessInterceptor(desk: desk)])
  }
}

// Services whose methods are still to come: known to the server, checked for access, and answered
// with UNIMPLEMENTED.
private struct UnservedProgram: SafeMobility.ProgramService {}
private struct UnservedOffice: SafeMobility.OfficeService {}
private struct UnservedApplicant: SafeMobility.ApplicantService {}
private struct UnservedReferral: SafeMobility.ReferralService {}
private struct UnservedPartner: SafeMobility.PartnerService {}
private struct UnservedAudit: SafeMobility.AuditService {}
private struct UnservedReport: SafeMobility.ReportService {}

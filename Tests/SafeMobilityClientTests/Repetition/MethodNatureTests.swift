import Protobuf
import RPCCore
import SafeMobilityAPI
import Testing

@testable import SafeMobilityClient

/// What may be repeated, by the schema.
@Suite struct MethodNatureTests {
  private static let unary =
    (SafeMobility.ProgramServiceMethods.all + SafeMobility.OfficeServiceMethods.all
    + SafeMobility.ApplicantServiceMethods.all + SafeMobility.AppointmentServiceMethods.all
    + SafeMobility.ReferralServiceMethods.all + SafeMobility.PartnerServiceMethods.all
    + SafeMobility.AuditServiceMethods.all + SafeMobility.ReportServiceMethods.all).filter {
      $0.kind == .unary
    }

  @Test("what gets, lists or checks is a read, and what else there is has a request_id")
  func contract() {
    for method in Self.unary {
      switch MethodNature.of(method) {
      case .read: break
      case .change(let field): #expect(field == 15, "\(method)")
      case .other: Issue.record("\(method) is neither a read nor carries a request_id")
      }
    }
    let lists = Self.unary.filter { $0.method.hasPrefix("List") || $0.method.hasPrefix("Get") }
    #expect(lists.count > 20)
    #expect(lists.allSatisfy { MethodNature.of($0) == .read })
    #expect(
      MethodNature.of(SafeMobility.ReferralServiceMethods.sendReferral)
        == .change(requestIDField: 15))
  }

  @Test("streams and methods of others are never repeated")
  func strangers() {
    #expect(MethodNature.of(SafeMobility.ReferralServiceMethods.watchReferrals) == .other)
    #expect(MethodNature.of(SafeMobility.ReferralServiceMethods.exchange) == .other)
    let stranger = MethodDescriptor(
      service: "grpc.health.v1.Health", method: "Check", kind: .unary)
    #expect(MethodNature.of(stranger) == .other)
  }
}

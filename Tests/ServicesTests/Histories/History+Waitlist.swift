import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  /// Who waits is offered seats by whoever gives some back.
  func workOnWaitlist() async -> String {
    let waiting = any("waitlistEntries", in: ["WAITING"])
    switch int(1...10) {
    case ...6: return await joinWaitlist()
    case 7:
      return await call(
        "iom/CONTACT_CENTRE",
        request(waiting, \SafeMobility.LeaveWaitlistRequest.name, \.etag, \.requestId)
      ) { (caller, request) throws(RPCError) in
        try await caller.appointments.leaveWaitlist(request)
      }
    default: return await listWaitlist()
    }
  }

  private func joinWaitlist() async -> String {
    let isInterview = chance(75)
    let registration = any(
      "registrations", in: isInterview ? ["INVITED"] : ["INVITED", "ELIGIBLE", "REFERRED"])
    let request = SafeMobility.JoinWaitlistRequest.with {
      $0.waitlistEntry = .with {
        $0.registration = registration
        $0.serviceKind = isInterview ? .interview : .counselling
        $0.offices = ["offices/gt-xel-01"] + (chance(25) ? ["offices/gt-gua-01"] : [])
        $0.notice = GoogleProtobuf.Duration(.seconds(60 * int(60...600)))
        $0.seats = Int32(chance(95) ? persons(of: registration).count : int(1...6))
      }
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.appointments.joinWaitlist(request)
    }
  }

  private func listWaitlist() async -> String {
    let reader = one(of: ["iom/SCHEDULER", "iom/CONTACT_CENTRE", "iom/APPLICANT:marta"]) ?? ""
    let filter = one(of: ["", "state = WAITING", "service_kind = INTERVIEW"]) ?? ""
    let isOfOffice = chance(60)
    let request = SafeMobility.ListWaitlistRequest.with {
      if isOfOffice {
        $0.office = "offices/gt-xel-01"
      } else {
        $0.registration = any("registrations", in: ["INVITED"])
      }
      $0.filter = filter
      // Two of one rank have no order that is the same in every world, so none may be split off.
      $0.pageSize = 100
    }
    return await call(reader, request) {
      (caller, request) throws(RPCError) in try await caller.appointments.listWaitlist(request)
    }
  }
}

import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  /// Looks for those who are registered twice, and says what they are.
  func workOnDuplicates() async -> String {
    let open = any("duplicateCandidates", in: ["OPEN", "UNDECIDED"])
    switch int(1...10) {
    case ...3:
      let request = SafeMobility.FindDuplicatesRequest.with {
        $0.registration = any("registrations", in: ["SUBMITTED", "SCREENING", "INVITED"])
        $0.requestId = requestID()
      }
      return await call("iom/SCREENER", request) { (caller, request) throws(RPCError) in
        try await caller.applicants.findDuplicates(request)
      }
    case 4...6:
      let request = SafeMobility.ListDuplicateCandidatesRequest.with {
        if chance(40) { $0.registration = any("registrations", in: ["SUBMITTED", "SCREENING"]) }
        $0.filter = one(of: ["", "", "state = OPEN", "score >= 20"]) ?? ""
        // Two of one score have no order that is the same in every world, so none may be split off.
        $0.pageSize = 1_000
      }
      return await call(one(of: ["iom/REVIEWER", "unhcr/SCREENER"]) ?? "", request) {
        (caller, request) throws(RPCError) in
        try await caller.applicants.listDuplicateCandidates(request)
      }
    default:
      return await call(
        "iom/REVIEWER",
        request(open, \SafeMobility.ResolveDuplicateRequest.name, \.etag, \.requestId) {
          $0.resolution = one(of: [.distinct, .distinct, .undecided, .confirmed]) ?? .distinct
        }
      ) { (caller, request) throws(RPCError) in
        try await caller.applicants.resolveDuplicate(request)
      }
    }
  }
}

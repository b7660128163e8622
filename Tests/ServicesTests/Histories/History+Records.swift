import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

// What is corrected, checked and looked up besides a case's own moves.
extension History {
  /// A correction of somebody in a registration, or what a look at the original shows.
  func correct() async -> String {
    if chance(40) {
      return await call(
        one(of: ["iom/SCREENER", "unhcr/INTERVIEWER"]) ?? "",
        request(
          any("registrations/documents"), \SafeMobility.VerifyDocumentRequest.name, \.etag,
          \.requestId
        ) { $0.outcome = one(of: [.genuine, .genuine, .doubtful, .notSeen]) ?? .genuine }
      ) { (caller, request) throws(RPCError) in try await caller.applicants.verifyDocument(request)
      }
    }
    let name = any("registrations/persons")
    let isName = chance(60)
    let request = SafeMobility.UpdatePersonRequest.with {
      $0.person = person()
      $0.person?.name = name
      $0.updateMask = .with { $0.paths = isName ? ["full_name", "birth_date"] : ["phone"] }
      $0.etag = etag(of: name)
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.updatePerson(request)
    }
  }

  /// Ends a case with its outcome.
  func resolve(_ name: String) async -> String {
    await call(
      "unhcr/CASEWORKER",
      request(name, \SafeMobility.ResolveRegistrationRequest.name, \.etag, \.requestId) {
        $0.resolution = .with { $0.outcome = one(of: [.none_, .localServices]) ?? .none_ }
      }
    ) { (caller, request) throws(RPCError) in
      try await caller.applicants.resolveRegistration(request)
    }
  }

  func readSeveral() async -> String {
    // In the order in which they are chosen: that of ids would be another in every world.
    let names = (0..<3).reduce(into: [String]()) { names, _ in
      let name = any("registrations")
      if !names.contains(name) { names.append(name) }
    }
    let request = SafeMobility.BatchGetRegistrationsRequest.with {
      $0.names = names
      $0.view = chance(50) ? .full : .basic
    }
    return await call(one(of: ["unhcr/CASEWORKER", "iom/SCREENER"]) ?? "", request) {
      (caller, request) throws(RPCError) in
      try await caller.applicants.batchGetRegistrations(request)
    }
  }

  func listDisclosures() async -> String {
    let request = SafeMobility.ListDisclosuresRequest.with {
      $0.parent = any("registrations", in: ["REFERRED", "ELIGIBLE"])
      $0.pageSize = 1_000
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.listDisclosures(request)
    }
  }
}

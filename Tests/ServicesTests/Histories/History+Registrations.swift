import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  private static let people = [
    "Marta Xol Caal", "Juan Quej Tzoc", "Ana Caal Xol", "Pedro Choc Pop", "Rosa Tut Cac",
  ]

  /// Of so few names and years that some are somebody else's.
  func person() -> SafeMobility.Person {
    .with {
      $0.fullName = one(of: Self.people) ?? ""
      $0.nameSystem = .twoSurnames
      $0.birthDate = .with {
        let year = chance(50) ? int(1955...2012) : one(of: [1961, 1984, 1990]) ?? 1990
        ($0.year, $0.month, $0.day) = (Int32(year), Int32(int(1...4)), 5)
      }
      $0.nationalityCodes = ["GT"]
      if chance(50) { $0.phone = "+50255550100" }
    }
  }

  func createRegistration() async -> String {
    let isOwn = chance(20)
    let request = SafeMobility.CreateRegistrationRequest.with {
      $0.registration = .with {
        $0.program = ProgramDeskTests.name
        $0.hostRegionCode = "GT"
        $0.homeRegionCode = chance(85) ? "GT" : "HN"
        $0.languageCode = "quc"
        $0.channel = isOwn ? .self_ : .contactCentre
        $0.answers = .with {
          $0.hostStatus = .national
          if chance(20) { $0.protectionNeeds = [.violence] }
        }
      }
      $0.principal = person()
      $0.members = (0..<int(0...2)).map { number in
        .with {
          $0.person = person()
          $0.relationship = number == 0 ? .spouse : .child
        }
      }
      $0.requestId = requestID()
    }
    let caller = isOwn ? one(of: ["iom/APPLICANT:marta", "iom/APPLICANT:juan"]) : nil
    return await call(caller ?? "iom/CONTACT_CENTRE", request) {
      (caller, request) throws(RPCError) in
      try await caller.applicants.createRegistration(request)
    }
  }

  func workOnRegistration() async -> String {
    if chance(15) {
      return await moveRegistration(ongoing("registrations", in: ["INTERVIEWED"]), 7)
    }
    let name = ongoing(
      "registrations", in: ["DRAFT", "SUBMITTED", "SCREENING", "INFO_REQUESTED", "SCREENED_OUT"])
    if chance(12) { return await moveRegistration(name, int(0...9)) }
    if chance(8) {
      return await resolve(any("registrations", in: ["ELIGIBLE", "NOT_ELIGIBLE", "REFERRED"]))
    }
    let state = state(of: name).replacing("REGISTRATION_STATE_", with: "")
    switch state {
    case "DRAFT": return await fillIn(name)
    case "SUBMITTED": return await moveRegistration(name, 1)
    case "SCREENING": return await moveRegistration(name, one(of: [2, 4, 5, 5, 5, 5]) ?? 5)
    case "INFO_REQUESTED": return await moveRegistration(name, 3)
    case "SCREENED_OUT": return await moveRegistration(name, 6)
    default: return await moveRegistration(name, 8)
    }
  }

  /// What a draft needs before it can be handed in.
  private func fillIn(_ name: String) async -> String {
    let consents = (self.names["registrations/consents"] ?? []).filter { $0.hasPrefix(name + "/") }
    let proposed = consents.filter { state(of: $0).hasSuffix("PROPOSED") }
    switch int(1...14) {
    case 1: return await addDocument(name)
    case 2...3 where proposed.isEmpty: return await proposeConsent(name)
    case 2...4: return await grantConsent(one(of: proposed) ?? any("registrations/consents"))
    case 5: return await addPerson(name)
    case 6: return await removePerson(name)
    case 7 where chance(50): return await addDocument(name)
    default: return await bringForward(name)
    }
  }

  /// The first thing that is still missing.
  private func bringForward(_ name: String) async -> String {
    let documents = (self.names["registrations/documents"] ?? [])
      .filter { $0.hasPrefix(name + "/") }
    if documents.isEmpty { return await addDocument(name) }
    for person in persons(of: name) {
      let own = (self.names["registrations/consents"] ?? [])
        .filter { $0.hasPrefix(name + "/") && text($0, "person") == person }
      if own.isEmpty { return await proposeConsent(name, person: person) }
      if let open = own.first(where: { state(of: $0).hasSuffix("PROPOSED") }),
        !own.contains(where: { state(of: $0).hasSuffix("ACTIVE") })
      {
        return await grantConsent(open)
      }
    }
    return await moveRegistration(name, 0)
  }

  private func addDocument(_ name: String) async -> String {
    let request = SafeMobility.AddDocumentRequest.with {
      $0.parent = name
      $0.document = .with {
        $0.person = one(of: persons(of: name)) ?? ""
        $0.type = .dpi
        // Of so few that some bring a number that somebody else has.
        $0.number = "12345678999\(int(10...45))"
      }
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.addDocument(request)
    }
  }

  private func addPerson(_ name: String) async -> String {
    let request = SafeMobility.AddPersonRequest.with {
      $0.parent = name
      $0.person = person()
      $0.relationship = one(of: [.child, .parent, .spouse]) ?? .child
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.addPerson(request)
    }
  }

  private func removePerson(_ name: String) async -> String {
    let person = persons(of: name).last ?? ""
    let request = SafeMobility.RemovePersonRequest.with {
      $0.name = person
      $0.etag = etag(of: person)
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.removePerson(request)
    }
  }

  func proposeConsent(
    _ name: String, person: String? = nil, to recipient: String = "partners/iom",
    _ purpose: SafeMobility.Purpose = .processing
  ) async -> String {
    let person = person ?? one(of: persons(of: name)) ?? ""
    let request = SafeMobility.ProposeConsentRequest.with {
      $0.parent = name
      $0.consent = .with {
        $0.person = person
        $0.grantor = person
        $0.recipient = recipient
        $0.purpose = purpose
        $0.dataClasses = [
          .identity, .contact, .document, .family, .employment, .protection, .health,
        ]
        $0.textVersion = "2023.1"
        $0.languageCode = "quc"
        $0.textSha256 = [UInt8](repeating: 7, count: 32)
      }
      $0.requestId = requestID()
    }
    return await call("unhcr/CASEWORKER", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.proposeConsent(request)
    }
  }

  func grantConsent(_ name: String) async -> String {
    let request = SafeMobility.GrantConsentRequest.with {
      $0.name = name
      $0.method = .signed
      $0.witness = "Desk 4"
      $0.etag = etag(of: name)
      $0.requestId = requestID()
    }
    return await call("unhcr/CASEWORKER", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.grantConsent(request)
    }
  }

  func withdrawConsent() async -> String {
    let name = any("registrations/consents", in: ["ACTIVE", "PROPOSED"])
    let request = SafeMobility.WithdrawConsentRequest.with {
      $0.name = name
      $0.etag = etag(of: name)
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.withdrawConsent(request)
    }
  }

  /// A request with its name, etag and request_id.
  func request<Request: Message>(
    _ resource: String, _ name: WritableKeyPath<Request, String>,
    _ etag: WritableKeyPath<Request, String>, _ id: WritableKeyPath<Request, String>,
    _ fill: (inout Request) -> Void = { _ in }
  ) -> Request {
    var request = Request()
    request[keyPath: name] = resource
    request[keyPath: etag] = self.etag(of: resource)
    request[keyPath: id] = requestID()
    fill(&request)
    return request
  }
}

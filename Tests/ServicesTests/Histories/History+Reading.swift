import Foundation
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture

extension History {
  static func bytes(_ base64: String) -> [UInt8]? { Data(base64Encoded: base64).map(Array.init) }

  /// A question: one thing, or a page of many.
  func read() async -> String {
    switch int(1...11) {
    case 1: return await readRegistration()
    case 2...3: return await listRegistrations()
    case 4: return await listAppointments()
    case 5...6: return await listReferrals()
    case 7: return await listSlots()
    case 8: return await listConsents()
    case 9: return await readSeveral()
    case 10: return await listDisclosures()
    default: return await readOthers()
    }
  }

  /// Goes on where the last answer to the same question ended, or begins.
  private func token(_ list: String) -> String {
    defer { pageTokens[list] = nil }
    return chance(75) ? pageTokens[list] ?? "" : ""
  }

  private func readRegistration() async -> String {
    let name = any("registrations")
    if chance(20) {
      let receipt = text(name, "receipt")
      let request = SafeMobility.LookupReceiptRequest.with { $0.receipt = receipt }
      return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
        try await caller.applicants.lookupReceipt(request)
      }
    }
    let request = SafeMobility.GetRegistrationRequest.with {
      $0.name = name
      $0.view = chance(50) ? .full : .basic
    }
    return await call(one(of: Self.readers) ?? "", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.getRegistration(request)
    }
  }

  private static let readers = [
    "iom/CONTACT_CENTRE", "unhcr/CASEWORKER", "iom/APPLICANT:marta", "iom/APPLICANT:juan",
    "iom/FRONT_DESK", "unhcr/REVIEWER",
  ]

  private func listRegistrations() async -> String {
    let reader = one(of: ["unhcr/SCREENER", "iom/SCREENER", "iom/APPLICANT:marta"]) ?? ""
    let filter = one(of: ["", "", "state = DRAFT", "state = SUBMITTED", "state = NONE"]) ?? ""
    let list = "registrations \(reader) \(filter)"
    let request = SafeMobility.ListRegistrationsRequest.with {
      $0.program = ProgramDeskTests.name
      $0.filter = filter
      $0.pageSize = 3
      $0.pageToken = token(list)
    }
    return await call(reader, request, pagesOf: list) {
      (caller, request) throws(RPCError) in try await caller.applicants.listRegistrations(request)
    }
  }

  private func listAppointments() async -> String {
    let filter = one(of: [
      "", "state = CONFIRMED", "service = offices/gt-xel-01/services/interview",
    ])
    let request = SafeMobility.ListAppointmentsRequest.with {
      if chance(50) {
        $0.office = "offices/gt-xel-01"
      } else {
        $0.registration = any("registrations")
      }
      $0.filter = filter ?? ""
      // Two in one slot have no order that is the same in every world, so none may be split off.
      $0.pageSize = 1_000
    }
    let reader = one(of: ["iom/SCHEDULER", "iom/FRONT_DESK", "iom/APPLICANT:juan"]) ?? ""
    return await call(reader, request) { (caller, request) throws(RPCError) in
      try await caller.appointments.listAppointments(request)
    }
  }

  private func listReferrals() async -> String {
    let reader =
      one(of: [
        "unhcr/CASEWORKER", "us-rsc/PARTNER_OFFICER", "gt-mintrab/PARTNER_OFFICER",
        "ca-gov/PARTNER_OFFICER", "unhcr/REVIEWER",
      ]) ?? ""
    let filter = one(of: ["", "state = DRAFT", "pathway = pathways/USRAP", "overdue = true"]) ?? ""
    let list = "referrals \(reader) \(filter)"
    let request = SafeMobility.ListReferralsRequest.with {
      if chance(20) { $0.registration = any("registrations", in: ["REFERRED"]) }
      $0.filter = filter
      $0.pageSize = 2
      $0.pageToken = token(list)
    }
    return await call(reader, request, pagesOf: list) {
      (caller, request) throws(RPCError) in try await caller.referrals.listReferrals(request)
    }
  }

  private func listSlots() async -> String {
    let free = int(0...3)
    let list = "slots \(free)"
    let request = SafeMobility.ListSlotsRequest.with {
      $0.parent = SlotTests.office
      $0.minFreeSeats = Int32(free)
      $0.pageSize = 5
      $0.pageToken = token(list)
    }
    return await call(
      "iom/CONTACT_CENTRE", request, pagesOf: list
    ) { (caller, request) throws(RPCError) in try await caller.offices.listSlots(request) }
  }

  private func listConsents() async -> String {
    let registration = any("registrations")
    let list = "consents \(registration)"
    let request = SafeMobility.ListConsentsRequest.with {
      $0.parent = registration
      $0.pageSize = 2
      $0.pageToken = token(list)
    }
    return await call("unhcr/CASEWORKER", request, pagesOf: list) {
      (caller, request) throws(RPCError) in try await caller.applicants.listConsents(request)
    }
  }

  func readAppointment(_ name: String, _ reader: String) async -> String {
    let request = SafeMobility.GetAppointmentRequest.with { $0.name = name }
    return await call(reader, request) { (caller, request) throws(RPCError) in
      try await caller.appointments.getAppointment(request)
    }
  }

  private func readOthers() async -> String {
    switch int(1...3) {
    case 1:
      let readers = ["iom/SCHEDULER", "iom/FRONT_DESK", "iom/APPLICANT:marta"]
      return await readAppointment(any("appointments"), one(of: readers) ?? "")
    case 2:
      let request = SafeMobility.GetReferralRequest.with { $0.name = any("referrals") }
      return await call(
        one(of: ["unhcr/CASEWORKER", "us-rsc/PARTNER_OFFICER", "gt-mintrab/PARTNER_OFFICER"]) ?? "",
        request
      ) { (caller, request) throws(RPCError) in try await caller.referrals.getReferral(request) }
    default:
      let request = SafeMobility.CheckCapacityRequest.with {
        $0.pathway = "pathways/USRAP"
        $0.partner = "partners/us-rsc"
      }
      return await call("unhcr/CASEWORKER", request) { (caller, request) throws(RPCError) in
        try await caller.referrals.checkCapacity(request)
      }
    }
  }

  /// Something that is edited, not moved.
  func change() async -> String {
    if chance(25) {
      let slot = names["offices/schedules/slots"].flatMap { one(of: $0) }
      let request = SafeMobility.BlockSlotsRequest.with {
        $0.parent = SlotTests.office
        $0.slots = [slot ?? ""]
        $0.reason = .security
        $0.requestId = requestID()
      }
      return await call("iom/SCHEDULER", request) { (caller, request) throws(RPCError) in
        try await caller.offices.blockSlots(request)
      }
    }
    let name = any("registrations", in: ["DRAFT", "SUBMITTED", "SCREENING"])
    let request = SafeMobility.UpdateRegistrationRequest.with {
      $0.registration = .with {
        $0.name = name
        $0.municipality = one(of: ["Salcajá", "Zunil", "Almolonga"]) ?? ""
      }
      $0.updateMask = .with { $0.paths = ["municipality"] }
      $0.etag = etag(of: name)
      $0.requestId = requestID()
    }
    return await call("iom/CONTACT_CENTRE", request) { (caller, request) throws(RPCError) in
      try await caller.applicants.updateRegistration(request)
    }
  }
}

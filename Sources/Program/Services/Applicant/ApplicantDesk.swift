import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// Registrations, their people, documents and consents, as the contract has them.
public struct ApplicantDesk: SafeMobility.ApplicantService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func createRegistration(
    _ request: SafeMobility.CreateRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.CreateRegistrationResponse {
    try await desk.change(request, id: \.requestId, call) { work in
      let registration = try work.createRegistration(request)
      return try .with { $0.registration = try work.message(for: registration, view: .full) }
    }
  }

  public func getRegistration(
    _ request: SafeMobility.GetRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.GetRegistrationResponse {
    try await desk.read(request, about: request.name, call) { work in
      let registration = try work.registration(RegistrationID(name: request.name))
      return try .with { $0.registration = try work.message(for: registration, view: request.view) }
    }
  }

  public func lookupReceipt(
    _ request: SafeMobility.LookupReceiptRequest, call: ServerCall
  ) async throws -> SafeMobility.LookupReceiptResponse {
    try await desk.read(request, call) { work in
      let receipt = try Receipt(typed: request.receipt).known("receipt")
      // Where there is none, an id that nobody has is asked for: time would tell it from one that is hidden.
      var random = SystemRandomNumberGenerator()
      let named = try work.reader.registration(receipt: receipt)?.id
      let registration = try work.registration(named ?? RegistrationID(using: &random))
      return try .with { $0.registration = try work.message(for: registration, view: .basic) }
    }
  }

  public func listRegistrations(
    _ request: SafeMobility.ListRegistrationsRequest, call: ServerCall
  ) async throws -> SafeMobility.ListRegistrationsResponse {
    let desk = desk
    return try await desk.read(request, call) { work in
      let reach = Reach(caller: work.caller, reader: work.reader)
      let terms = try RegistrationTerms(request.filter)
      var filter = RegistrationFilter()
      if !request.program.isEmpty { filter.program = try ProgramID(name: request.program) }
      terms.narrow(&filter)
      reach.narrow(&filter)
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.program, request.filter])
      let registrations = try Page(
        limit: page.limit, after: page.timeKey(RegistrationID.self),
        next: { try work.reader.registrations(filter, after: $0, limit: page.limit) },
        keyOf: { TimeKey($0.listTime, $0.id) },
        where: { try terms.admit($0) && reach.includes($0) })
      let handover = try Handover(
        to: SafeMobility.ApplicantServiceMethods.watchRegistrations,
        [request.program, request.filter], behind: page, at: desk, in: work)
      return try .with {
        $0.registrations = try registrations.items.map {
          try work.disclosing($0.id, work.message(for: $0, view: request.view))
        }
        $0.nextPageToken = page.nextToken(registrations, beside: handover?.beside ?? []) {
          TimeKey($0.listTime, $0.id)
        }
        $0.resumeToken = try handover?.token(after: registrations, in: work) ?? ""
      }
    }
  }

  public func updateRegistration(
    _ request: SafeMobility.UpdateRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.UpdateRegistrationResponse {
    try await desk.change(request, id: \.requestId, about: request.registration?.name ?? "", call) {
      work in
      let wanted = request.registration ?? .init()
      let registration = try work.registration(named: wanted.name, etag: request.etag)
      let merged = try SafeMobility.Registration(registration)
        .merged(with: wanted, mask: request.updateMask)
      guard merged.hostRegionCode == registration.hostRegion.rawValue else {
        throw Refusal.field("registration.host_region_code", "is the programme's and stays")
      }
      var edited = registration
      try edited.takeForm(from: merged)
      try registration.demandNeedsStay(in: edited, by: work.caller.role)
      var machine = RegistrationMachine(registration, limits: work.limits)
      let change = try machine.update(to: edited, at: work.now)
      try work.store(change)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }

  public func submitRegistration(
    _ request: SafeMobility.SubmitRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.SubmitRegistrationResponse {
    try await desk.change(
      request, id: \.requestId, about: request.name, validateOnly: request.validateOnly, call
    ) { work in
      let registration = try work.registration(named: request.name, etag: request.etag)
      let submitted = try work.submit(registration)
      return try .with { $0.registration = try work.message(for: submitted, view: .full) }
    }
  }
}

extension Registration {
  /// Seats are kept for those who need protection, and a screener has looked at what an invited household says of it:
  /// from then on it is not the applicant's to change.
  fileprivate func demandNeedsStay(in edited: Registration, by role: Role) throws(Refusal) {
    guard state.isInvited, [.applicant, .contactCentre].contains(role),
      Set(answers.protectionNeeds) != Set(edited.answers.protectionNeeds)
    else { return }
    throw Refusal.field(
      "registration.answers.protection_needs", "is corrected by the office once you are invited")
  }
}

extension DeskWork {
  /// The registration of that name within the caller's reach, at the version the caller has read.
  mutating func registration(named name: String, etag: String) throws -> Registration {
    let registration = try registration(RegistrationID(name: name))
    try registration.requireEtag(etag)
    return registration
  }
}

import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func startScreening(
    _ request: SafeMobility.StartScreeningRequest, call: ServerCall
  ) async throws -> SafeMobility.StartScreeningResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let registration = try work.registration(named: request.name, etag: request.etag)
      var machine = RegistrationMachine(try work.reheld(registration), limits: work.limits)
      let change = try machine.startScreening(at: work.now)
      try work.demandProcessingConsent(of: registration)
      try work.carryOut(change)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }

  public func requestInfo(
    _ request: SafeMobility.RequestInfoRequest, call: ServerCall
  ) async throws -> SafeMobility.RequestInfoResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let items = try request.items.enumerated().map { index, item in
        try InfoItem(item, field: "items[\(index)]")
      }
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.requestInfo(items, at: now)
      }
      return try .with { $0.registration = try work.message(for: moved, view: .full) }
    }
  }

  public func provideInfo(
    _ request: SafeMobility.ProvideInfoRequest, call: ServerCall
  ) async throws -> SafeMobility.ProvideInfoResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        let registration = machine.current
        let answers = try request.answers.map { given throws(Refusal) in
          try Answers(given, of: registration, field: "answers")
        }
        return try machine.provideInfo(answers ?? registration.answers, at: now)
      }
      return try .with { $0.registration = try work.message(for: moved, view: .full) }
    }
  }

  public func screenOut(
    _ request: SafeMobility.ScreenOutRequest, call: ServerCall
  ) async throws -> SafeMobility.ScreenOutResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason = try ScreenOutReason(request.reason, field: "reason")
      let advice = try request.advice.enumerated().map { index, advice in
        try LocalAdvice(advice, field: "advice[\(index)]")
      }
      // The one appeal is another person's to hear, so that it must be known who this one was.
      try work.demandNamedCaller()
      let actor = work.caller.actor
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.screenOut(reason, advice: advice, by: actor, at: now)
      }
      return try .with { $0.registration = try work.message(for: moved, view: .full) }
    }
  }

  public func reopenRegistration(
    _ request: SafeMobility.ReopenRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.ReopenRegistrationResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let registration = try work.registration(named: request.name, etag: request.etag)
      // Meanwhile somebody of it may have registered anew.
      let persons = try work.tx.persons(of: registration.id)
      let matched = try work.matched(
        registration, persons: persons, documents: try work.documents(of: persons))
      var machine = RegistrationMachine(matched, limits: work.limits)
      let change = try machine.reopen(by: work.caller.actor, at: work.now)
      try work.carryOut(change)
      // Nor may those go on who were free while this one was over.
      try work.reviewLater(than: change.entity.id)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }

  public func inviteRegistration(
    _ request: SafeMobility.InviteRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.InviteRegistrationResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let kind = try ServiceKind(request.serviceKind, field: "service_kind")
      let registration = try work.registration(named: request.name, etag: request.etag)
      var machine = RegistrationMachine(try work.reheld(registration), limits: work.limits)
      let pathways = try work.pathways(request.pathways)
      let change = try machine.invite(to: kind, for: pathways, at: work.now)
      try work.demandProcessingConsent(of: registration)
      try work.carryOut(change)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }

  public func recordEligibility(
    _ request: SafeMobility.RecordEligibilityRequest, call: ServerCall
  ) async throws -> SafeMobility.RecordEligibilityResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let registration = try work.registration(named: request.name, etag: request.etag)
      let findings = try work.findings(request.findings)
      var machine = RegistrationMachine(registration, limits: work.limits)
      let change = try machine.recordEligibility(findings, at: work.now)
      try work.demandProcessingConsent(of: registration)
      try work.demandPetitions(for: findings, of: registration)
      let pending = try work.awaitSecondPerson(
        for: registration.id.name, at: registration.etag, .anyOther)
      if pending == nil { try work.store(change) }
      let current = pending == nil ? change.entity : registration
      return try .with {
        $0.registration = try work.message(for: current, view: .full)
        $0.pendingApproval = pending
      }
    }
  }

  public func resolveRegistration(
    _ request: SafeMobility.ResolveRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.ResolveRegistrationResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let resolution = request.resolution ?? .init()
      let outcome = try Outcome(resolution.outcome, field: "resolution.outcome")
      let registration = try work.registration(named: request.name, etag: request.etag)
      let pathway = try work.pathway(of: resolution, outcome, registration)
      let open = try work.openReferrals(of: registration.id).count
      var machine = RegistrationMachine(registration, limits: work.limits)
      let change = try machine.resolve(
        outcome, pathway: pathway, openReferralCount: open, at: work.now)
      try work.carryOut(change)
      return try .with { $0.registration = try work.message(for: change.entity, view: .full) }
    }
  }

  public func withdrawRegistration(
    _ request: SafeMobility.WithdrawRegistrationRequest, call: ServerCall
  ) async throws -> SafeMobility.WithdrawRegistrationResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let reason =
        request.reason == .unspecified
        ? nil : try WithdrawalReason(request.reason, field: "reason")
      let moved = try work.move(request.name, request.etag) { machine, now throws(Refusal) in
        try machine.withdraw(reason, at: now)
      }
      return try .with { $0.registration = try work.message(for: moved, view: .full) }
    }
  }
}

extension Writing {
  /// Makes one move of a registration and everything that follows from it, in this unit.
  mutating func move(
    _ name: String, _ etag: String,
    _ event: (inout RegistrationMachine, Instant) throws(Refusal) -> Change<Registration>
  ) throws -> Registration {
    var machine = RegistrationMachine(try registration(named: name, etag: etag), limits: limits)
    let change = try event(&machine, now)
    try carryOut(change)
    return change.entity
  }

  /// Stores a change of a registration and carries out what it asks for besides.
  mutating func carryOut(_ change: Change<Registration>) throws {
    for order in change.orders {
      switch order {
      case .admit(let id): try admit(change.entity, to: id)
      case .cancelAppointments(let party): try endAppointments(of: change.entity, by: party)
      case .endReferrals:
        _ = try endReferrals(of: change.entity.id, because: .applicantRequest) { _ in true }
      case .showReferrals(let isShown):
        try showReferrals(of: change.entity.id, isShown: isShown)
      }
    }
    // Last, so that the log's entry is about the registration and not about what followed.
    try store(change)
  }

  private mutating func admit(_ registration: Registration, to id: IntakeWindowID) throws {
    var machine = IntakeWindowMachine(try found(try tx.intakeWindow(id)))
    try store(try machine.admit(channel: registration.channel, at: now))
  }

  /// The pathways of a request, each of which exists.
  func pathways(_ names: [String]) throws -> [PathwayID] {
    try names.enumerated().map { index, name in
      try pathway(named: name, field: "pathways[\(index)]")
    }
  }

  private func pathway(named name: String, field: String) throws -> PathwayID {
    let id = try PathwayID(name: name)
    guard try tx.pathway(id) != nil else {
      throw Refusal.field(field, "is no pathway of the programme")
    }
    return id
  }

  /// The pathway of a resolution: one of those that the household was looked at for, since reports count by it.
  fileprivate func pathway(
    of resolution: SafeMobility.Resolution, _ outcome: Outcome, _ registration: Registration
  ) throws -> PathwayID? {
    let field = "resolution.pathway"
    if resolution.pathway.isEmpty {
      guard ![.departed, .admissionGranted].contains(outcome) else {
        throw Refusal.field(field, "is required for this outcome")
      }
      return nil
    }
    let id = try pathway(named: resolution.pathway, field: field)
    guard registration.findings.contains(where: { $0.pathway == id }) else {
      throw Refusal.field(field, "is none of the pathways that the registration has findings for")
    }
    return id
  }

  /// The findings of a request, each of a pathway that exists.
  func findings(_ messages: [SafeMobility.EligibilityFinding]) throws -> [EligibilityFinding] {
    try messages.enumerated().map { index, message in
      let path = "findings[\(index)]"
      let id = try pathway(named: message.pathway, field: "\(path).pathway")
      let reason =
        message.reason == .unspecified
        ? nil : try FindingReason(message.reason, field: "\(path).reason")
      return EligibilityFinding(
        pathway: id, finding: try Finding(message.finding, field: "\(path).finding"),
        reason: reason)
    }
  }
}

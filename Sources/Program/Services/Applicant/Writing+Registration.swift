import Domain
import SafeMobilityAPI
import Storage

extension Writing {
  /// Makes a draft of a whole household: the registration, its principal and its members.
  mutating func createRegistration(
    _ request: SafeMobility.CreateRegistrationRequest
  ) throws -> Registration {
    let form = request.registration ?? .init()
    let program = try program(ProgramID(name: form.program))
    let channel = try channel(of: form)
    try demandHost(form.hostRegionCode, of: program)
    let window = try window(of: program, for: channel)
    let id = makeID(RegistrationID.self)
    let principal = try person(request.principal ?? .init(), of: id, field: "principal")
    let members = try request.members.enumerated().map { index, member in
      let path = "members[\(index)]"
      return (
        try person(member.person ?? .init(), of: id, field: "\(path).person"),
        try Relation(member.relationship, field: "\(path).relationship")
      )
    }
    var draft = Registration(
      id: id, program: program.id, receipt: try makeReceipt(),
      owner: caller.role == .applicant ? caller.actor : nil, principal: principal.id,
      members: members.map { Member(person: $0.0.id, relation: $0.1, standing: .active) },
      hostRegion: program.hostRegion, channel: channel, state: .draft,
      revision: Revision(createdAt: now))
    try draft.takeForm(from: form)
    let persons = [principal] + members.map(\.0)
    let problems = Household.problems(
      draft, persons: persons, today: program.zone.local(now).date, limits: limits)
    guard problems.isEmpty else { throw Refusal(.fieldInvalid, violations: problems) }
    return try insert(try RegistrationMachine.create(draft, window: window, at: now), persons)
  }

  /// How a registration comes in, as the caller says; nobody but an applicant is one.
  private func channel(of form: SafeMobility.Registration) throws(Refusal) -> Channel {
    let channel = try Channel(form.channel, field: "registration.channel")
    guard (channel == .applicant) == (caller.role == .applicant) else {
      throw Refusal.field("registration.channel", "does not fit the caller's role")
    }
    return channel
  }

  /// The country whose office has the case is the programme's, whatever the form says.
  private func demandHost(_ code: String, of program: Program) throws(Refusal) {
    guard code == program.hostRegion.rawValue else {
      throw Refusal.field("registration.host_region_code", "is not the programme's host country")
    }
  }

  /// A receipt that no other registration has; eight characters are few enough to meet twice.
  private mutating func makeReceipt() throws -> Receipt {
    while true {
      let receipt = Receipt(using: &random)
      if try tx.registration(receipt: receipt) == nil { return receipt }
    }
  }

  private mutating func insert(
    _ change: Change<Registration>, _ persons: [Person]
  ) throws -> Registration {
    let key = Secrets.makeKey()
    try tx.insert(change.entity, caseKey: key)
    for person in persons {
      try tx.insert(person, key: Secrets.makeKey())
      try note(.person, person.id, .created(person.revision))
    }
    trail.subject = AuditTrail.Subject(registration: change.entity.id, key: key)
    try announce(change)
    return change.entity
  }

  /// A new person of a registration.
  mutating func person(
    _ message: SafeMobility.Person, of registration: RegistrationID, field: String
  ) throws -> Person {
    let id = makeID(PersonID.self)
    var person = Person(
      id: id, registration: registration, cluster: id, fullName: "", nameSystem: .other,
      revision: Revision(createdAt: now))
    try person.take(from: message, field: field, at: now)
    return person
  }

  /// The window by which registrations of a channel come in: the open one, else the next, else
  /// `last`; WINDOW_CLOSED when there is none.
  private func window(
    of program: Program, for channel: Channel, else last: IntakeWindowID? = nil
  ) throws -> IntakeWindow {
    switch program.state {
    case .pilot, .extended: break
    case .planned: throw Refusal(.windowClosed)
    case .windingDown, .closed: throw Refusal(.programFrozen)
    }
    guard program.contains(program.zone.local(now).date) else { throw Refusal(.windowClosed) }
    if let window = try currentWindow(of: program.id, for: channel) { return window }
    guard let window = try last.flatMap({ try tx.intakeWindow($0) }) else {
      throw Refusal(.windowClosed)
    }
    return window
  }

  /// Hands a draft in: complete, admitted by the rule in force, agreed to, and within the quota.
  mutating func submit(_ registration: Registration) throws -> Registration {
    let program = try program(registration.program)
    let persons = try tx.persons(of: registration.id)
    let today = program.zone.local(now).date
    let form = Completeness.Form(
      registration: registration, persons: persons, documents: try documents(of: persons),
      today: today)
    guard let rule = try tx.eligibilityRule(of: program.id, at: now) else {
      throw Refusal(.ruleNotMet, "No eligibility rule is in force.")
    }
    let found = try suspicions(
      of: persons, documents: form.documents, household: persons, in: registration)
    let first = try known(found)
    let held = found.filter(\.assessment.isHolding)
    let submission = RegistrationMachine.Submission(
      gaps: Completeness.gaps(form, limits: limits),
      verdict: Eligibility.judge(Eligibility.Facts(form), by: rule, today: today),
      ruleVersion: rule.version,
      hasProcessingConsent: try hasProcessingConsent(registration, persons, today: today),
      window: try window(of: program, for: registration.channel, else: registration.window),
      firstReceipt: first?.receipt, isDuplicateSuspected: !held.isEmpty,
      suspects: Set(held.map(\.person.id)))
    var machine = RegistrationMachine(registration, limits: limits)
    do {
      let change = try machine.submit(submission, at: now)
      try keep(persons, form.documents, in: program.id)
      _ = try file(found, of: registration)
      try carryOut(change)
      return change.entity
    } catch let refusal as Refusal {
      if let receipt = refusal.receipt, let first { try disclose(receipt, of: first) }
      throw refusal
    }
  }

  /// Tells the log of the first registration that its receipt was given away.
  private mutating func disclose(_ receipt: Receipt, of first: Registration) throws {
    let subject = AuditTrail.Subject(registration: first.id, key: try tx.caseKey(of: first.id))
    trail.disclose(subject, Array(receipt.rawValue.utf8))
  }

  /// Refuses with CONSENT_MISSING unless the principal, and every other adult, agrees now that the programme works on
  /// the case: somebody may have joined the household, come of age, or taken it back since it was handed in.
  func demandProcessingConsent(of registration: Registration) throws {
    let program = try program(registration.program)
    guard
      try hasProcessingConsent(
        registration, try tx.persons(of: registration.id), today: program.zone.local(now).date)
    else { throw Refusal(.consentMissing) }
  }

  private func hasProcessingConsent(
    _ registration: Registration, _ persons: [Person], today: CivilDate
  ) throws -> Bool {
    ConsentRule.hasProcessing(
      for: [registration.principal] + Household.adults(persons, today: today),
      consents: try tx.consents(of: registration.id), at: now)
  }
}

extension Eligibility.Facts {
  /// What a form says of its principal.
  fileprivate init(_ form: Completeness.Form) {
    let principal = form.persons.first { $0.id == form.registration.principal }
    self.init(
      nationalities: principal?.nationalities ?? [], birthDate: principal?.birthDate,
      isBirthDateEstimated: principal?.isBirthDateEstimated ?? false,
      presentSince: form.registration.answers.presentSince,
      hostStatus: form.registration.answers.hostStatus)
  }
}

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
    let window = try acceptingWindow(of: program, for: channel)
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
      id: id, program: program.id, receipt: Receipt(using: &random),
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

  private mutating func insert(
    _ change: Change<Registration>, _ persons: [Person]
  ) throws -> Registration {
    let key = makeKey()
    try tx.insert(change.entity, caseKey: key)
    for person in persons {
      try tx.insert(person, key: makeKey())
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
    try person.take(from: message, field: field)
    return person
  }

  /// The window that takes registrations by a channel now; WINDOW_CLOSED without one.
  private func acceptingWindow(of program: Program, for channel: Channel) throws -> IntakeWindow {
    guard program.state == .pilot || program.state == .extended,
      let window = try currentWindow(of: program.id, for: channel)
    else { throw Refusal(.windowClosed) }
    return window
  }

  /// Hands a draft in: complete, admitted by the rule in force, agreed to, and within the quota.
  mutating func submit(_ registration: Registration) throws -> Registration {
    let program = try program(registration.program)
    let persons = try tx.persons(of: registration.id)
    let today = program.zone.local(now).date
    let form = Completeness.Form(
      registration: registration, persons: persons,
      documents: try persons.flatMap { try tx.documents(of: $0.id) }, today: today)
    guard let rule = try tx.eligibilityRule(of: program.id, at: now) else {
      throw Refusal(.ruleNotMet, "No eligibility rule is in force.")
    }
    let window = try acceptingWindow(of: program, for: registration.channel)
    let principal = persons.first { $0.id == registration.principal }
    let facts = Eligibility.Facts(
      nationalities: principal?.nationalities ?? [], birthDate: principal?.birthDate,
      presentSince: registration.answers.presentSince,
      hostStatus: registration.answers.hostStatus)
    var machine = RegistrationMachine(registration, limits: limits)
    let change = try machine.submit(
      RegistrationMachine.Submission(
        gaps: Completeness.gaps(form, limits: limits),
        verdict: Eligibility.judge(facts, by: rule, today: today), ruleVersion: rule.version,
        hasProcessingConsent: try hasProcessingConsent(registration),
        window: window, firstReceipt: try receiptElsewhere(of: persons, besides: registration)),
      at: now)
    try carryOut(change)
    return change.entity
  }

  /// Whether the principal agrees now that the programme works on the case.
  private func hasProcessingConsent(_ registration: Registration) throws -> Bool {
    try tx.consents(of: registration.id).contains {
      $0.person == registration.principal && $0.purpose == .processing && $0.isActive(at: now)
    }
  }

  /// The receipt of a live registration that has one of these people already (INV-8).
  private func receiptElsewhere(
    of persons: [Person], besides registration: Registration
  ) throws -> Receipt? {
    for person in persons {
      let other = try tx.liveRegistration(of: person.cluster, in: registration.program)
      if let other, other.id != registration.id { return other.receipt }
    }
    return nil
  }
}

import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension DeskWork {
  /// A registration as the contract has it, as far as the caller's role may see it: in VIEW_FULL all
  /// of it, with its persons and their documents; else without what was asked and found.
  func message(
    for registration: Registration, view: SafeMobility.View
  ) throws -> SafeMobility.Registration {
    var message = SafeMobility.Registration(registration)
    message.holds = holds(on: registration)
    if trail.caller.role == .applicant {
      for index in message.members.indices { message.members[index].standing = .unspecified }
    }
    if view == .full {
      message.persons = try persons(of: registration)
    } else {
      message.answers = nil
      message.findings = []
      message.invitedPathways = []
    }
    return try seen(message)
  }

  /// A registration as far as the caller's role may see it.
  func seen(_ full: SafeMobility.Registration) throws -> SafeMobility.Registration {
    trail.caller.role == .frontDesk ? try FrontDeskView.of(full) : full
  }

  /// A document as far as the caller's role may see it.
  func seen(_ full: SafeMobility.IdentityDocument) -> SafeMobility.IdentityDocument {
    trail.caller.role == .frontDesk ? FrontDeskView.of(full) : full
  }

  /// What stops a case, as far as the caller may know: applicants learn by the steps that follow, since
  /// whoever tries out other people's numbers would learn by this, and by whether a member counts; a
  /// protection hold is the United Nations' own.
  private func holds(on registration: Registration) -> SafeMobility.RegistrationHolds? {
    guard trail.caller.role != .applicant else { return nil }
    return .with {
      $0.duplicate = registration.holds.contains(.duplicate)
      $0.fraud = registration.holds.contains(.fraud)
      $0.protection = registration.holds.contains(.protection) && trail.caller.kind == .un
    }
  }

  /// The household's people in its own order, not that of their ids: the principal first.
  private func persons(of registration: Registration) throws -> [SafeMobility.Person] {
    let order = Dictionary(
      registration.persons.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return try reader.persons(of: registration.id)
      .sorted { order[$0.id, default: .max] < order[$1.id, default: .max] }
      .map { try message(for: $0) }
  }

  /// A person as the contract has it, with its documents.
  func message(for person: Person) throws -> SafeMobility.Person {
    var message = SafeMobility.Person(person)
    message.documents = try reader.documents(of: person.id).map {
      self.message(for: $0, of: person.registration)
    }
    return message
  }

  /// A document as the contract has it, as far as the caller's role may see it.
  func message(
    for document: IdentityDocument, of registration: RegistrationID
  ) -> SafeMobility.IdentityDocument {
    seen(.init(document, of: registration, today: reader.now.utcDate.date))
  }
}

extension SafeMobility.Registration {
  /// The registration itself, without the people in it.
  init(_ registration: Registration) {
    self.init()
    name = registration.id.name
    uid = registration.id.rawValue
    createTime = .init(registration.revision.createTime)
    updateTime = .init(registration.revision.updateTime)
    etag = registration.etag.text
    state = .init(registration.state)
    receipt = registration.receipt.rawValue
    program = registration.program.name
    principal = PersonName(registration.id, registration.principal).text
    members = registration.members.map { .init($0, of: registration.id) }
    hostRegionCode = registration.hostRegion.rawValue
    homeRegionCode = registration.homeRegion?.rawValue ?? ""
    subdivisionCode = registration.subdivision ?? ""
    municipality = registration.municipality ?? ""
    languageCode = registration.language.rawValue
    interpreterNeeded = registration.needsInterpreter
    channel = .init(registration.channel)
    answers = .init(registration.answers, of: registration.id)
    intakeWindow = registration.window?.name ?? ""
    addProgress(of: registration)
  }

  private mutating func addProgress(of registration: Registration) {
    if let version = registration.ruleVersion {
      ruleVersion = Int32(version)
      eligibilityRule = "\(registration.program.name)/eligibilityRules/\(version)"
    }
    submitTime = registration.submitTime.map { .init($0) }
    queueRankTime = registration.queueRankTime.map { .init($0) }
    requestedItems = registration.requestedItems.map { .init($0) }
    screeningResult = registration.screening.map { screening in
      .with {
        $0.reason = .init(screening.reason)
        $0.advice = screening.advice.map { .init($0) }
        $0.recordTime = .init(screening.recordTime)
      }
    }
    appealUsed = registration.appealUsed
    invitedServiceKind = .init(registration.invitedServiceKind)
    invitedPathways = registration.invitedPathways.map(\.name)
    findings = registration.findings.map { finding in
      .with {
        $0.pathway = finding.pathway.name
        $0.finding = .init(finding.finding)
        $0.reason = .init(finding.reason)
      }
    }
    resolution = registration.resolution.map { resolution in
      .with {
        $0.outcome = .init(resolution.outcome)
        $0.pathway = resolution.pathway?.name ?? ""
        $0.recordTime = .init(resolution.recordTime)
      }
    }
  }
}

extension SafeMobility.HouseholdMember {
  init(_ member: Member, of registration: RegistrationID) {
    self.init()
    person = PersonName(registration, member.person).text
    relationship = .init(member.relation)
    standing = .init(member.standing)
  }
}

extension Registration {
  /// Takes over what the form says; the request validator has checked every format.
  mutating func takeForm(from form: SafeMobility.Registration) throws(Refusal) {
    let path = "registration"
    homeRegion =
      form.homeRegionCode.isEmpty
      ? nil : try RegionCode(rawValue: form.homeRegionCode).known("\(path).home_region_code")
    subdivision = form.subdivisionCode.isEmpty ? nil : form.subdivisionCode
    municipality = form.municipality.isEmpty ? nil : form.municipality
    if !form.languageCode.isEmpty {
      language = try LanguageTag(reading: form.languageCode).known("\(path).language_code")
    }
    needsInterpreter = form.interpreterNeeded
    answers = try Answers(form.answers ?? .init(), of: self, field: "\(path).answers")
  }
}

import Domain
import SafeMobilityAPI

extension SafeMobility.Petitioner {
  init(_ petitioner: Petitioner, of registration: RegistrationID) {
    self.init()
    fullName = petitioner.fullName ?? ""
    relation = .init(petitioner.relation)
    standing = .init(petitioner.standing)
    beneficiaries = petitioner.beneficiaries.map { PersonName(registration, $0).text }
    stage = .init(petitioner.stage)
    priorityDate = petitioner.priorityDate.map { .init($0) }
    approvalDate = petitioner.approvalDate.map { .init($0) }
    regionCode = petitioner.region?.rawValue ?? ""
  }
}

extension Petitioner {
  /// The petitioner of a message; whose petition names nobody petitions for the principal.
  init(
    _ message: SafeMobility.Petitioner, of registration: Registration, field path: String
  ) throws(Refusal) {
    self.init(
      fullName: message.fullName.isEmpty ? nil : message.fullName,
      relation: try PetitionerRelation(message.relation, field: "\(path).relation"),
      beneficiaries: [])
    if message.standing != .unspecified {
      standing = try PetitionerStanding(message.standing, field: "\(path).standing")
    }
    for (index, name) in message.beneficiaries.enumerated() {
      beneficiaries.append(
        try registration.id.person(named: name, field: "\(path).beneficiaries[\(index)]"))
    }
    if beneficiaries.isEmpty { beneficiaries = [registration.principal] }
    if message.stage != .unspecified {
      stage = try PetitionStage(message.stage, field: "\(path).stage")
    }
    if let date = message.priorityDate {
      priorityDate = try CivilDate(date).known("\(path).priority_date")
    }
    if let date = message.approvalDate {
      approvalDate = try CivilDate(date).known("\(path).approval_date")
    }
    if !message.regionCode.isEmpty {
      region = try RegionCode(rawValue: message.regionCode).known("\(path).region_code")
    }
  }
}

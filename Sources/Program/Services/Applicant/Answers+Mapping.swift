import Domain
import SafeMobilityAPI

extension SafeMobility.RegistrationAnswers {
  init(_ answers: Answers, of registration: RegistrationID) {
    self.init()
    hostStatus = .init(answers.hostStatus)
    presentSinceDate = answers.presentSince.map { .init($0) }
    protectionNeeds = answers.protectionNeeds.map { .init($0) }
    medicalNeeds = answers.medicalNeeds.map { .init($0) }
    relativesInUs = answers.hasRelativesInUS
    familyPetitionPending = answers.hasFamilyPetition
    usSponsor = answers.hasUSSponsor
    seeksTemporaryWork = answers.seeksTemporaryWork
    occupationCodes = answers.occupationCodes
    workYears = answers.workYears.map { Int32($0) }
    destinationCodes = answers.destinations.map(\.rawValue)
    petitioners = answers.petitioners.map { .init($0, of: registration) }
    leavingReasons = answers.leavingReasons.map { .init($0) }
  }
}

extension Answers {
  /// The answers of a message about a registration's household; numbers of enums that the programme
  /// does not know are refused, because a judgement rests on them, and so is what contradicts itself.
  init(
    _ message: SafeMobility.RegistrationAnswers, of registration: Registration, field path: String
  ) throws(Refusal) {
    self.init()
    if message.hostStatus != .unspecified {
      hostStatus = try HostStatus(message.hostStatus, field: "\(path).host_status")
    }
    if let date = message.presentSinceDate {
      presentSince = try CivilDate(date).known("\(path).present_since_date")
    }
    for need in message.protectionNeeds {
      protectionNeeds.append(try ProtectionNeed(need, field: "\(path).protection_needs"))
    }
    for need in message.medicalNeeds {
      medicalNeeds.append(try MedicalNeed(need, field: "\(path).medical_needs"))
    }
    hasRelativesInUS = message.relativesInUs
    hasFamilyPetition = message.familyPetitionPending
    hasUSSponsor = message.usSponsor
    seeksTemporaryWork = message.seeksTemporaryWork
    occupationCodes = message.occupationCodes
    workYears = message.workYears.map { Int($0) }
    for code in message.destinationCodes {
      destinations.append(try RegionCode(rawValue: code).known("\(path).destination_codes"))
    }
    for (index, petitioner) in message.petitioners.enumerated() {
      petitioners.append(
        try Petitioner(petitioner, of: registration, field: "\(path).petitioners[\(index)]"))
    }
    for reason in message.leavingReasons {
      leavingReasons.append(try LeavingReason(reason, field: "\(path).leaving_reasons"))
    }
    let problems = problems(household: registration.persons)
    guard problems.isEmpty else {
      throw Refusal(
        .fieldInvalid, violations: problems.map { .init("\(path).\($0.field)", $0.problem) })
    }
  }
}

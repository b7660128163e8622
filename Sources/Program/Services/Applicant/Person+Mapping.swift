import Domain
import Protobuf
import SafeMobilityAPI

extension SafeMobility.Person {
  /// The person, without documents.
  init(_ person: Person) {
    self.init()
    name = PersonName(person.registration, person.id).text
    uid = person.id.rawValue
    createTime = .init(person.revision.createTime)
    updateTime = .init(person.revision.updateTime)
    etag = person.etag.text
    fullName = person.fullName
    nameParts = person.nameParts.map { part in
      .with {
        $0.text = part.text
        $0.kind = .init(part.kind)
      }
    }
    nameSystem = .init(person.nameSystem)
    if let date = person.birthDate {
      birthDate = .init(date)
      birthDatePrecision =
        person.isBirthDateEstimated ? .estimated : .init(rawValue: Int32(date.precision.rawValue))
    }
    sex = person.sex.map { .init($0) }
    genderText = person.genderText ?? ""
    nationalityCodes = person.nationalities.map(\.rawValue)
    icaoStatus = person.icaoStatus?.code ?? ""
    phone = person.phone?.rawValue ?? ""
    email = person.email?.rawValue ?? ""
    guardian = person.guardian.map { PersonName(person.registration, $0).text } ?? ""
    parents = person.parents.map { PersonName(person.registration, $0).text }
    spouse = person.spouse.map { PersonName(person.registration, $0).text } ?? ""
    work = person.work.map { .init($0) }
    photoSha256 = person.photoDigest?.bytes ?? []
    clusterUid = person.cluster.rawValue
  }
}

extension Person {
  /// A date that says more than is said to be known of it would be believed to the day.
  private func demandStatedPrecision(
    of message: SafeMobility.Person, field path: String
  ) throws(Refusal) {
    let stated = message.birthDatePrecision
    guard stated != .unspecified, stated != .estimated, let birthDate,
      Int(stated.rawValue) != birthDate.precision.rawValue
    else { return }
    throw Refusal.field(
      "\(path).birth_date_precision",
      "is not that of birth_date, whose parts that are not known must be 0")
  }

  /// Takes over everything a caller may say of a person.
  mutating func take(
    from message: SafeMobility.Person, field path: String, at now: Instant
  ) throws(Refusal) {
    fullName = message.fullName
    nameParts = message.nameParts.map { part in
      NamePart(text: part.text, kind: NamePartKind(rawValue: Int(part.kind.rawValue)))
    }
    nameSystem =
      message.nameSystem == .unspecified
      ? .other : NameSystem(rawValue: Int(message.nameSystem.rawValue))
    birthDate = nil
    if let date = message.birthDate {
      birthDate = try CivilDate(date).known("\(path).birth_date")
    }
    isBirthDateEstimated = message.birthDatePrecision == .estimated
    try demandStatedPrecision(of: message, field: path)
    sex = nil
    if let said = message.sex, said != .unspecified { sex = try Sex(said, field: "\(path).sex") }
    genderText = message.genderText.isEmpty ? nil : message.genderText
    nationalities = []
    for code in message.nationalityCodes {
      nationalities.append(try RegionCode(rawValue: code).known("\(path).nationality_codes"))
    }
    icaoStatus =
      message.icaoStatus.isEmpty
      ? nil : try IcaoStatus(code: message.icaoStatus).known("\(path).icao_status")
    phone =
      message.phone.isEmpty ? nil : try PhoneNumber(rawValue: message.phone).known("\(path).phone")
    email =
      message.email.isEmpty ? nil : try EmailAddress(rawValue: message.email).known("\(path).email")
    try takeTies(from: message, field: path)
    work = nil
    if let said = message.work, said != .init() {
      work = try WorkFacts(said, field: "\(path).work", at: now)
    }
    photoDigest =
      message.photoSha256.isEmpty
      ? nil : try Digest(message.photoSha256).known("\(path).photo_sha256")
  }

  /// Who they are to others; whether that can be so is for ``Kinship`` to say.
  private mutating func takeTies(
    from message: SafeMobility.Person, field path: String
  ) throws(Refusal) {
    guardian =
      message.guardian.isEmpty
      ? nil : try registration.person(named: message.guardian, field: "\(path).guardian")
    parents = []
    for (index, name) in message.parents.enumerated() {
      parents.append(try registration.person(named: name, field: "\(path).parents[\(index)]"))
    }
    spouse =
      message.spouse.isEmpty
      ? nil : try registration.person(named: message.spouse, field: "\(path).spouse")
  }
}

extension RegistrationID {
  /// The person of that name, who must be of this registration.
  func person(named text: String, field: String) throws(Refusal) -> PersonID {
    let name = try PersonName(text)
    guard name.registration == self else {
      throw Refusal.field(field, "must be a person of the registration")
    }
    return name.person
  }
}

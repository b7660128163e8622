import Domain
import Protobuf
import SafeMobilityAPI
import Storage

extension Writing {
  /// A new document of a person, with what its number and its machine-readable zone give away.
  mutating func document(
    _ message: SafeMobility.IdentityDocument, of person: Person
  ) throws -> IdentityDocument {
    let path = "document"
    var document = IdentityDocument(
      id: makeID(), person: person.id,
      kind: try DocumentKind(message.type, field: "\(path).type"), number: message.number,
      mrzLines: message.mrzLines, revision: Revision(createdAt: now))
    if document.kind != .none, document.number.isEmpty {
      throw Refusal.field("\(path).number", "is required unless type is NONE")
    }
    if document.kind == .none, !document.number.isEmpty {
      throw Refusal.field(
        "\(path).number", "must be empty where type is NONE: there is no document")
    }
    if !message.issuingRegionCode.isEmpty {
      document.issuingRegion = try RegionCode(rawValue: message.issuingRegionCode)
        .known("\(path).issuing_region_code")
    }
    if [.passport, .foreignId].contains(document.kind), document.issuingRegion == nil {
      // Without its issuer a number is no number: two countries give the same.
      throw Refusal.field("\(path).issuing_region_code", "is required for this type")
    }
    if let date = message.issueDate {
      document.issueDate = try CivilDate(date).known("\(path).issue_date")
    }
    if let date = message.expiryDate {
      document.expiryDate = try CivilDate(date).known("\(path).expiry_date")
    }
    if !message.imageSha256.isEmpty {
      document.imageDigest = try Digest(message.imageSha256).known("\(path).image_sha256")
    }
    let today = now.utcDate.date
    if !message.mrzLines.isEmpty,
      MachineReadableZone(lines: message.mrzLines, today: today) == nil
    {
      throw Refusal.field("\(path).mrz_lines", "must be all the lines of one zone of ICAO 9303")
    }
    document.warnings = document.doubts(today: today, of: person)
    document.numberIndex = document.typedNumber.map { secrets.index(of: $0) }
    return document
  }
}

extension IdentityDocument {
  /// What makes a document worth a second look; never a refusal, because tables are stale and scans
  /// are bad (domain § 10).
  func doubts(today: CivilDate, of person: Person) -> [DocumentWarning] {
    var doubts: [DocumentWarning] = []
    if kind == .dpi { doubts += Cui(typed: number)?.warnings ?? [.cuiCheckFailed] }
    if let zone = MachineReadableZone(lines: mrzLines, today: today) {
      if !zone.isChecked { doubts.append(.mrzCheckFailed) }
      if contradicts(zone, person) { doubts.append(.mrzMismatch) }
    }
    if let expiryDate, expiryDate.isSurelyBefore(today) { doubts.append(.expired) }
    return doubts
  }

  /// Whether the zone says another number or issuer than the form, or another birth date than the
  /// person's as far as both are known. A date whose check digit is wrong says nothing.
  private func contradicts(_ zone: MachineReadableZone, _ person: Person) -> Bool {
    if kind == .passport, zone.documentNumber != plainNumber { return true }
    if let issuer = RegionCode(alpha3: zone.issuer), let issuingRegion, issuer != issuingRegion {
      return true
    }
    guard zone.isBirthDateChecked, let printed = zone.birthDate, let birthDate = person.birthDate
    else { return false }
    return printed.isSurelyBefore(birthDate) || birthDate.isSurelyBefore(printed)
  }
}

extension SafeMobility.IdentityDocument {
  init(_ document: IdentityDocument, of registration: RegistrationID, today: CivilDate) {
    self.init()
    name = "\(registration.name)/documents/\(document.id)"
    uid = document.id.rawValue
    createTime = .init(document.revision.createTime)
    updateTime = .init(document.revision.updateTime)
    etag = document.etag.text
    person = PersonName(registration, document.person).text
    type = .init(document.kind)
    issuingRegionCode = document.issuingRegion?.rawValue ?? ""
    number = document.number
    issueDate = document.issueDate.map { .init($0) }
    expiryDate = document.expiryDate.map { .init($0) }
    mrzLines = document.mrzLines
    mrz = MachineReadableZone(lines: document.mrzLines, today: today).map { .init($0) }
    warnings = document.warnings.map { .init($0) }
    verification = document.verification.map { verification in
      .with {
        $0.outcome = .init(verification.outcome)
        $0.verifier = "\(verification.verifier.partner)/\(verification.verifier.role.name)"
        $0.verifyTime = .init(verification.verifyTime)
      }
    }
    imageSha256 = document.imageDigest?.bytes ?? []
  }
}

extension SafeMobility.MachineReadableZone {
  init(_ zone: MachineReadableZone) {
    self.init()
    documentCode = zone.documentCode
    issuerCode = zone.issuer
    documentNumber = zone.documentNumber
    surname = zone.surname
    givenNames = zone.givenNames
    nationalityCode = zone.nationality
    birthDate = zone.birthDate.map { .init($0) }
    sex = .init(zone.sex)
    expiryDate = zone.expiryDate.map { .init($0) }
    optionalData = zone.optionalData
    documentNumberCheck = zone.isDocumentNumberChecked ? .passed : .failed
    birthDateCheck = zone.isBirthDateChecked ? .passed : .failed
    expiryDateCheck = zone.isExpiryDateChecked ? .passed : .failed
    optionalDataCheck = zone.isOptionalDataChecked.map { $0 ? .passed : .failed } ?? .unspecified
    compositeCheck = zone.isCompositeChecked ? .passed : .failed
  }
}

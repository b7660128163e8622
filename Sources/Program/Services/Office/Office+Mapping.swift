import Domain
import SafeMobilityAPI
import Storage

extension SafeMobility.Office {
  /// An office as the contract shows it to a caller.
  ///
  /// Its address is for staff, and only once the premises are confirmed; applicants get it with
  /// their appointment, and nobody else at all: swindlers sold places at "secret offices".
  init(_ office: Office, for caller: Caller) {
    self.init()
    name = office.id.name
    uid = office.uid.rawValue
    createTime = .init(office.revision.createTime)
    updateTime = .init(office.revision.updateTime)
    etag = office.etag.text
    displayName = office.displayName
    organisation = office.organisation.name
    program = office.program.name
    regionCode = office.region.rawValue
    subdivisionCode = office.subdivision
    locode = office.locode
    timeZone = office.zone.rawValue
    confirmed = office.isConfirmed
    if caller.role.administersOffices || (office.isConfirmed && caller.role.worksInOffices) {
      addressLines = office.addressLines
    }
    accessibilityFeatures = office.accessibility.map { .init($0) }
    languageCodes = office.languages.map(\.rawValue)
    verificationCode = office.verificationCode
  }
}

extension Office {
  /// Takes over what an administrator may change.
  mutating func apply(_ message: SafeMobility.Office) throws {
    displayName = message.displayName
    organisation = try PartnerID(name: message.organisation)
    guard message.subdivisionCode.hasPrefix("\(region)-") else {
      throw Refusal.field("office.subdivision_code", "must be of the office's region")
    }
    subdivision = message.subdivisionCode
    locode = message.locode
    zone = try FixedZone(rawValue: message.timeZone).known("office.time_zone")
    isConfirmed = message.confirmed
    addressLines = message.addressLines
    accessibility = try message.accessibilityFeatures.map {
      try AccessibilityFeature($0, field: "office.accessibility_features")
    }
    languages = try message.languageCodes.map {
      try LanguageTag(rawValue: $0).known("office.language_codes")
    }
  }
}

extension Role {
  /// Those who may change offices must see what they change.
  fileprivate var administersOffices: Bool { self == .programAdmin || self == .scheduler }

  /// The staff of the offices and of the contact centre.
  fileprivate var worksInOffices: Bool {
    switch self {
    case .contactCentre, .screener, .interviewer, .reviewer, .frontDesk, .caseworker, .supervisor:
      true
    default: false
    }
  }
}

import Domain
import Protobuf
import SafeMobilityAPI

extension SafeMobility.Service {
  /// A service as the contract has it.
  init(_ service: ServiceOffer) {
    self.init()
    name = service.id.name
    uid = service.uid.rawValue
    createTime = .init(service.revision.createTime)
    updateTime = .init(service.revision.updateTime)
    etag = service.etag.text
    kind = .init(service.kind)
    modality = .init(service.mode)
    displayNames = service.displayNames.map { text in
      .with {
        $0.languageCode = text.language.rawValue
        $0.text = text.text
      }
    }
    duration = .init(.minutes(service.durationMinutes))
    documentTypes = service.documents.map { .init($0) }
    partyMax = Int32(service.partyCountMax)
    leadTime = .init(.minutes(service.leadTimeMinutes))
    noShowPolicy = .with {
      $0.grace = .init(.minutes(service.noShowGraceMinutes))
      $0.requeue = service.requeuesNoShow
    }
    bookableStates = service.bookableStates.map { .init($0) }
  }
}

extension ServiceOffer {
  /// Takes over what an administrator may change.
  mutating func apply(_ message: SafeMobility.Service) throws(Refusal) {
    mode = try ServiceMode(message.modality, field: "service.modality")
    displayNames = []
    for text in message.displayNames {
      let language = try LanguageTag(rawValue: text.languageCode)
        .known("service.display_names.language_code")
      displayNames.append(LocalizedText(language: language, text: text.text))
    }
    durationMinutes = try message.duration?.wholeMinutes("service.duration") ?? 0
    documents = []
    for type in message.documentTypes {
      documents.append(try DocumentKind(type, field: "service.document_types"))
    }
    partyCountMax = Int(message.partyMax)
    leadTimeMinutes = try message.leadTime?.wholeMinutes("service.lead_time") ?? 0
    if let policy = message.noShowPolicy {
      noShowGraceMinutes = try policy.grace?.wholeMinutes("service.no_show_policy.grace") ?? 0
      requeuesNoShow = policy.requeue
    }
    bookableStates = []
    for state in message.bookableStates {
      let state = try RegistrationState(state, field: "service.bookable_states")
      guard state.mayBeBookable else {
        throw Refusal.field(
          "service.bookable_states",
          "must be states of a registration that was handed in and runs, such as INVITED")
      }
      bookableStates.append(state)
    }
  }
}

extension RegistrationState {
  /// Whether a service may be open to registrations in it. A draft has been held to no rule, and a seat is no use to
  /// one that is stopped or over. Of those that are over two may still be advised: who was screened out or resolved.
  fileprivate var mayBeBookable: Bool {
    switch self {
    case .draft, .withdrawn, .expired, .frozen, .erased: false
    case .submitted, .screening, .infoRequested, .screenedOut, .invited, .interviewed, .eligible,
      .notEligible, .referred, .resolved:
      true
    }
  }
}

extension GoogleProtobuf.Duration {
  /// The minutes, when it is whole ones: people read times by the minute.
  fileprivate func wholeMinutes(_ field: String) throws(Refusal) -> Int {
    guard nanos == 0, seconds.isMultiple(of: 60) else {
      throw Refusal.field(field, "must be whole minutes")
    }
    return Int(seconds / 60)
  }
}

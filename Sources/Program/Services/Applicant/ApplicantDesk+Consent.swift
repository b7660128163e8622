import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  public func proposeConsent(
    _ request: SafeMobility.ProposeConsentRequest, call: ServerCall
  ) async throws -> SafeMobility.ProposeConsentResponse {
    try await desk.change(request, id: \.requestId, about: request.parent, call) { work in
      let consent = try work.propose(
        request.consent ?? .init(), of: RegistrationID(name: request.parent))
      return .with { $0.consent = .init(consent) }
    }
  }

  public func grantConsent(
    _ request: SafeMobility.GrantConsentRequest, call: ServerCall
  ) async throws -> SafeMobility.GrantConsentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let consent = try work.consent(named: request.name, etag: request.etag)
      let method = try ConsentMethod(request.method, field: "method")
      guard method == .click ? work.caller.role == .applicant : true else {
        throw Refusal.field("method", "CLICK is the applicant's own; record how it was said")
      }
      let replaced = try work.tx.consents(
        of: consent.person, recipient: consent.recipient, purpose: consent.purpose
      ).filter { $0.state == .active }
      var machine = ConsentMachine(consent)
      let change = try machine.grant(
        method: method, witness: request.witness.isEmpty ? nil : request.witness,
        interpreter: request.interpreter.isEmpty ? nil : request.interpreter,
        replaced: replaced.map(\.id), at: work.now)
      try work.supersede(replaced)
      try work.store(change)
      return .with { $0.consent = .init(change.entity) }
    }
  }

  public func withdrawConsent(
    _ request: SafeMobility.WithdrawConsentRequest, call: ServerCall
  ) async throws -> SafeMobility.WithdrawConsentResponse {
    try await desk.change(request, id: \.requestId, about: request.name, call) { work in
      let consent = try work.consent(named: request.name, etag: request.etag)
      var machine = ConsentMachine(consent)
      let change = try machine.withdraw(at: work.now)
      let ended = try work.endReferrals(after: change)
      try work.store(change)
      return .with {
        $0.consent = .init(change.entity)
        $0.recalledReferrals = ended.filter { $0.state == .recalled }.map(\.id.name)
        $0.requestedReferrals = ended.filter { $0.state != .recalled }.map(\.id.name)
      }
    }
  }

  public func listConsents(
    _ request: SafeMobility.ListConsentsRequest, call: ServerCall
  ) async throws -> SafeMobility.ListConsentsResponse {
    try await desk.read(request, about: request.parent, call) { work in
      let registration = try work.registration(RegistrationID(name: request.parent))
      let person = request.person.isEmpty ? nil : try PersonName(request.person).person
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent, request.person])
      let before = page.timeKey(ConsentID.self)
      let consents = try work.reader.consents(of: registration.id)
        .filter { consent in person.map { $0 == consent.person } ?? true }
        .filter { consent in before.map { $0.isAfter(consent.listKey) } ?? true }
        .sorted { $0.listKey.isAfter($1.listKey) }
      let part = Page(found: consents, limit: page.limit)
      return .with {
        $0.consents = part.items.map { .init($0) }
        $0.nextPageToken = page.nextToken(part) { $0.listKey }
      }
    }
  }
}

extension Writing {
  /// Puts a text before a person: one recipient, one purpose, nothing agreed yet.
  mutating func propose(
    _ message: SafeMobility.Consent, of id: RegistrationID
  ) throws -> Consent {
    let registration = try registration(id)
    let (_, person) = try person(named: message.person)
    let program = try program(registration.program)
    guard person.registration == registration.id else {
      throw Refusal.field("consent.person", "must be a person of the registration")
    }
    let recipient = try PartnerID(name: message.recipient)
    guard try tx.partner(recipient) != nil else {
      throw Refusal.field("consent.recipient", "is no partner of the programme")
    }
    let grantor = try PersonName(message.grantor)
    guard grantor.registration == registration.id else {
      throw Refusal.field("consent.grantor", "must be a person of the registration")
    }
    let draft = Consent(
      id: makeID(), registration: registration.id, person: person.id,
      grantor: grantor.person,
      recipient: recipient, purpose: try Purpose(message.purpose, field: "consent.purpose"),
      dataClasses: DataClassSet(
        classes: try message.dataClasses.map { try DataClass($0, field: "consent.data_classes") }),
      textVersion: message.textVersion,
      textLanguage: try LanguageTag(reading: message.languageCode)
        .known("consent.language_code"),
      textDigest: try Digest(message.textSha256).known("consent.text_sha256"),
      // How it is given, and before whom, is said when it is granted.
      method: .signed, expireTime: message.expireTime.flatMap { Instant($0) }, state: .proposed,
      revision: Revision(createdAt: now))
    let change = try ConsentMachine.propose(
      draft, person: person, today: program.zone.local(now).date, at: now)
    try store(change)
    return change.entity
  }

  /// Ends what rests on a consent that has just been withdrawn (INV-6).
  ///
  /// - Returns: the referrals as they stand now
  fileprivate func endReferrals(after change: Change<Consent>) throws -> [Referral] {
    guard change.orders.contains(.endReferrals) else { return [] }
    let consent = change.entity
    return try endReferrals(of: consent.registration, because: .consentWithdrawn) { referral in
      // Not by the consent's id alone: what was sent on an older text rests on the newer one since.
      referral.to == consent.recipient && referral.purpose == consent.purpose
        && referral.persons.contains(consent.person)
    }
  }

  /// A newer text takes the place of these.
  fileprivate mutating func supersede(_ consents: [Consent]) throws {
    for consent in consents {
      var machine = ConsentMachine(consent)
      try store(try machine.supersede(at: now))
    }
  }

  /// The consent of that name within the caller's reach, at the version the caller has read.
  fileprivate mutating func consent(named name: String, etag: String) throws -> Consent {
    let ids = try NestedName.ids(in: name, "registrations", "consents")
    let registration = try registration(NestedName.id(ids[0]))
    let consent = try found(try tx.consent(NestedName.id(ids[1])))
    guard consent.registration == registration.id else { throw Refusal.denied(.otherParent) }
    try consent.requireEtag(etag)
    return consent
  }
}

extension Consent {
  /// Its place in lists, the latest first.
  fileprivate var listKey: TimeKey<ConsentID> { TimeKey(revision.createTime, id) }
}

extension TimeKey {
  /// Whether this comes later, ids deciding between equal times.
  fileprivate func isAfter(_ other: TimeKey) -> Bool {
    (time.microseconds, id.rawValue) > (other.time.microseconds, other.id.rawValue)
  }
}

extension SafeMobility.Consent {
  init(_ consent: Consent) {
    self.init()
    name = "\(consent.registration.name)/consents/\(consent.id)"
    uid = consent.id.rawValue
    createTime = .init(consent.revision.createTime)
    updateTime = .init(consent.revision.updateTime)
    etag = consent.etag.text
    state = .init(consent.state)
    person = PersonName(consent.registration, consent.person).text
    grantor = PersonName(consent.registration, consent.grantor).text
    recipient = consent.recipient.name
    purpose = .init(consent.purpose)
    dataClasses = consent.dataClasses.classes.map { .init($0) }
    textVersion = consent.textVersion
    languageCode = consent.textLanguage.rawValue
    textSha256 = consent.textDigest.bytes
    method = .init(consent.method)
    witness = consent.witness ?? ""
    interpreter = consent.interpreter ?? ""
    grantTime = consent.grantTime.map { .init($0) }
    expireTime = consent.expireTime.map { .init($0) }
    withdrawTime = consent.withdrawTime.map { .init($0) }
  }
}

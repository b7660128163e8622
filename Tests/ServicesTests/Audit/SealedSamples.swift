import Domain
import Storage
import StoreSamples

/// One of everything that is sealed, for each of many households.
struct SealedSamples: Sendable {
  let world: StoredWorld
  private(set) var households: [StoredHousehold] = []
  private(set) var documents: [IdentityDocument] = []
  private(set) var consents: [Consent] = []
  private(set) var approvals: [PendingApproval] = []
  private(set) var records: [IdempotencyRecord] = []
  private(set) var entries: [AuditEntry] = []
  private(set) var candidates: [DuplicateCandidate] = []
  private(set) var appointments: [Appointment] = []
  private(set) var referrals: [Referral] = []
  private(set) var decisions: [Decision] = []
  private let slot: Slot

  init(households count: Int) throws {
    world = try StoredWorld()
    var maker = SampleMaker(world, seed: 7)
    slot = maker.slot(seats: 1)
    for number in 0..<count {
      var household = maker.household(of: 2, state: .submitted)
      household.registration.owner = Actor(
        partner: world.referrer.id, role: .applicant, user: "applicant-\(number)@example.org")
      for index in household.persons.indices {
        household.persons[index].fullName = "\(Self.word(number)) \(Self.word(999 - number))"
        household.persons[index].birthDate = CivilDate(
          year: 1990, month: 1 + number % 12, day: 1 + number % 28)
      }
      if let last = households.last {
        candidates.append(maker.candidate(of: last.persons[0], and: household.persons[0]))
      }
      households.append(household)
      try add(household, number, &maker)
      addDecided(household, number, &maker)
    }
  }

  /// A word that no other number below 1000 has, so that few share a key.
  private static func word(_ number: Int) -> String {
    let syllables = ["BA", "DE", "FI", "GO", "KU", "LA", "ME", "NI", "PO", "RU"]
    return [number / 100 % 10, number / 10 % 10, number % 10].map { syllables[$0] }.joined()
  }

  private mutating func add(
    _ household: StoredHousehold, _ number: Int, _ maker: inout SampleMaker
  ) throws {
    let (now, person) = (StoredWorld.opening, household.persons[0])
    let revision = Revision(createdAt: now)
    let digest = try maker.digest()
    documents.append(
      IdentityDocument(
        id: DocumentID(using: &maker.random), person: person.id, kind: .passport,
        issuingRegion: .honduras, number: "X\(number)", revision: revision))
    consents.append(
      Consent(
        id: ConsentID(using: &maker.random), registration: person.registration, person: person.id,
        grantor: person.id, recipient: world.receiver.id, purpose: .resettlement,
        dataClasses: DataClassSet(classes: [.identity]), textVersion: "3", textLanguage: .fallback,
        textDigest: digest, method: .signed, grantTime: now, expireTime: now + .days(90),
        state: .active, revision: revision))
    approvals.append(
      PendingApproval(
        id: PendingApprovalID(using: &maker.random), method: "m/M", resource: "referrals/\(number)",
        etag: Etag(uid: "x", version: .first), requestDigest: digest,
        actor: Actor(partner: world.referrer.id, role: .reviewer, user: "reviewer"),
        actorKind: .un, expireTime: now + .days(3), state: .pending, revision: revision))
    records.append(try maker.record(requestID: "request-\(number)"))
    var entry = try maker.entry()
    entry.subject = AuditSubject(registration: person.registration, referral: nil)
    entries.append(entry)
  }

  /// Its visit, and what was decided of it.
  private mutating func addDecided(
    _ household: StoredHousehold, _ number: Int, _ maker: inout SampleMaker
  ) {
    var appointment = maker.appointment(in: slot, for: household)
    appointment.excuse = .security
    appointments.append(appointment)
    var referral = maker.referral(of: household, state: .decided)
    referral.partnerCaseReference = "RSC-\(number)"
    referrals.append(referral)
    decisions.append(
      Decision(
        id: DecisionID(using: &maker.random), referral: referral.id, number: 1,
        authority: world.receiver.id, kind: .denied, date: world.program.pilotStart,
        reason: .security, createTime: StoredWorld.opening))
  }

  /// With the indexes that a key makes.
  private func indexed(by indexes: VaultChange) -> [IdentityDocument] {
    documents.map { document in
      var document = document
      document.numberIndex = indexes.numberIndex(document)
      return document
    }
  }

  func insert(_ tx: any StoreTransaction, _ indexes: VaultChange) throws {
    try world.seed(tx)
    for household in households {
      try household.insert(tx)
      let person = household.persons[0]
      try tx.setMatchKeys(matchKeys(of: person, by: indexes), of: person.id)
    }
    for document in indexed(by: indexes) { try tx.insert(document) }
    for consent in consents { try tx.insert(consent) }
    for approval in approvals { try tx.insert(approval) }
    for record in records { try tx.record(record) }
    for candidate in candidates { try tx.insert(candidate) }
    try tx.insert(slot)
    for appointment in appointments { try tx.insert(appointment) }
    for referral in referrals { try tx.insert(referral) }
    for decision in decisions { try tx.insert(decision) }
    for entry in entries {
      // What the log's tree is made of is not what this is about.
      try tx.append(entry, digest: consents[0].textDigest)
    }
  }

  /// Every index of documents and persons.
  func indexes(by indexes: VaultChange) -> [Digest] {
    documents.compactMap { indexes.numberIndex($0) }
      + households.flatMap { matchKeys(of: $0.persons[0], by: indexes) }
  }

  private func matchKeys(of person: Person, by indexes: VaultChange) -> [Digest] {
    let own = documents.filter { $0.person == person.id }
    return indexes.matchIndexes(person, own, world.program.id)
  }

  /// What cannot be read back as it was put in; or found.
  func missing(from reader: any StoreReader, _ indexes: VaultChange) throws -> [String] {
    var missing: [String] = []
    func expect(_ isThere: Bool, _ what: String) { if !isThere { missing.append(what) } }
    for (number, household) in households.enumerated() {
      let (id, person) = (household.registration.id, household.persons[0])
      expect(try reader.registration(id) == household.registration, "registration \(number)")
      expect(try reader.caseKey(of: id) == [UInt8](repeating: 1, count: 32), "case key \(number)")
      expect(Set(try reader.persons(of: id)) == Set(household.persons), "persons \(number)")
      expect(
        try reader.personKey(of: person.id) == [UInt8](repeating: 2, count: 32), "key \(number)")
      var filter = RegistrationFilter()
      filter.owner = household.registration.owner
      expect(
        try reader.registrations(filter, after: nil, limit: 9).items.map(\.id) == [id],
        "owner \(number)")
      let hits = try reader.matchHits(
        matchKeys(of: person, by: indexes), in: world.program.id, limit: 500)
      expect(hits.contains { $0.person == person.id }, "match \(number)")
    }
    for (number, document) in indexed(by: indexes).enumerated() {
      expect(try reader.document(document.id) == document, "document \(number)")
      let holders = try document.numberIndex.map {
        try reader.holders(ofNumber: $0, in: world.program.id)
      }
      expect(holders?.map(\.id) == [document.person], "holder \(number)")
    }
    for consent in consents { expect(try reader.consent(consent.id) == consent, "consent") }
    for approval in approvals {
      expect(try reader.pendingApproval(approval.id) == approval, "approval")
    }
    for record in records {
      let kept = try reader.idempotencyRecord(
        partner: record.partner, method: record.method, requestID: record.requestID)
      expect(kept == record, "answer")
    }
    for candidate in candidates {
      expect(try reader.duplicateCandidate(candidate.id) == candidate, "candidate")
    }
    for appointment in appointments {
      expect(try reader.appointment(appointment.id) == appointment, "appointment")
    }
    for (referral, decision) in zip(referrals, decisions) {
      expect(try reader.referral(referral.id) == referral, "referral")
      expect(try reader.decisions(of: referral.id) == [decision], "decision")
    }
    for entry in entries { expect(try reader.auditEntry(entry.id)?.entry == entry, "entry") }
    return missing
  }
}

import Domain
import Storage
import StoreSamples

/// A store in which something stands under every law: two households in one opening of the programme, with all that
/// their calls would have left.
struct LawScene {
  private let world: StoredWorld
  private var maker: SampleMaker
  private let now = StoredWorld.opening
  /// Found eligible; booked, and referred.
  private let household: StoredHousehold
  /// Handed in later with a number of the first: held, and invited all the same before that.
  private let neighbour: StoredHousehold

  /// - Parameter holdsLater: whether the later of the two households is held
  init(holdsLater: Bool = true) throws {
    world = try StoredWorld()
    maker = SampleMaker(world, seed: 9)
    household = maker.household(of: 2, state: .eligible)
    var later = maker.household(of: 1, state: .invited)
    if holdsLater { later.registration.holds.insert(.duplicate) }
    neighbour = later
  }

  /// Stores everything, in one unit.
  mutating func fill(_ store: any Store, hash: @escaping MerkleTree.Hash) async throws {
    let entry = try maker.entry(at: now)
    let record = try maker.record(requestID: "kept")
    var parts = [people(), try papers(), booking()]
    parts.append(try referrals())
    parts.append { tx in
      try tx.append(entry, digest: hash(entry.canonicalBytes))
      try tx.record(record)
    }
    try await store.write { [world, parts] tx in
      try world.seed(tx)
      for part in parts { try part(tx) }
    }
  }

  private typealias Part = @Sendable (any StoreTransaction) throws -> Void

  private mutating func event(
    _ kind: AggregateKind, _ uid: String, _ type: String, _ version: Int64 = 1,
    from before: Int? = nil,
    to state: Int
  ) -> StatusEvent {
    var event = maker.event(kind, uid: uid, state: state)
    event.version = Version(rawValue: version) ?? .first
    (event.type, event.stateBefore) = (type, before)
    return event
  }

  /// Both households, handed in by the window.
  private mutating func people() -> Part {
    var window = world.window
    var events: [StatusEvent] = []
    for household in [household, neighbour] {
      let registration = household.registration
      events.append(
        event(
          .registration, registration.id.rawValue, "Submit", to: registration.state.rawValue))
      let before = window.revision.version
      window.admitted += 1
      window.revision.advance(at: now)
      events.append(
        event(
          .intakeWindow, window.uid.rawValue, "Admit", before.rawValue + 1,
          from: window.state.rawValue, to: window.state.rawValue))
    }
    return { [household, neighbour, window, events] tx in
      try household.insert(tx)
      try neighbour.insert(tx)
      try tx.update(window, from: .first)
      for event in events { try tx.append(event) }
    }
  }

  /// One number in both, which holds the second; and a move that waits for its second person.
  private mutating func papers() throws -> Part {
    let digest = try maker.digest()
    let owners = [household.persons[0], neighbour.persons[0]]
    let documents = owners.map { person in
      IdentityDocument(
        id: DocumentID(using: &maker.random), person: person.id, kind: .dpi,
        issuingRegion: .guatemala, number: "2345678099902", numberIndex: digest,
        revision: Revision(createdAt: now))
    }
    let candidate = maker.candidate(of: owners[0], and: owners[1])
    let approval = try Papers(&maker, of: owners[0], digest: digest).approval
    let events = [
      event(
        .duplicateCandidate, candidate.id.rawValue, "Open", to: candidate.state.rawValue),
      event(.pendingApproval, approval.id.rawValue, "Create", to: approval.state.rawValue),
    ]
    return { tx in
      for document in documents { try tx.insert(document) }
      try tx.insert(candidate)
      try tx.insert(approval)
      for event in events { try tx.append(event) }
    }
  }

  /// An appointment of the first household, one of another service that was called off, and what the second waits
  /// with.
  private mutating func booking() -> Part {
    var other = world.offer
    other.id = ServiceOfferID(checked: "\(world.office.id)/documents")
    other.uid = ResourceUID(using: &maker.random)
    let slot = maker.slot(seats: 4)
    var later = maker.slot(seats: 2, hoursAfterOpening: 48)
    (later.service, later.schedule) = (other.id, nil)
    let visit = maker.appointment(in: slot, for: household)
    let past = maker.appointment(in: later, for: household, state: .cancelled)
    let hold = maker.hold(on: slot, for: neighbour, at: now, until: now + .minutes(10))
    let wish = maker.waitlistEntry(of: neighbour, at: [world.office.id])
    let events = [
      event(.appointment, visit.id.rawValue, "Book", to: visit.state.rawValue),
      event(.appointment, past.id.rawValue, "Cancel", to: past.state.rawValue),
      event(.hold, hold.id.rawValue, "HoldSlot", to: hold.state.rawValue),
      event(.waitlistEntry, wish.id.rawValue, "Join", to: wish.state.rawValue),
    ]
    return { [other, later] tx in
      try tx.insert(other)
      for slot in [slot, later] { try tx.insert(slot) }
      _ = try tx.claimSeats(visit.seats, of: slot.id, among: .anybody, for: .appointment(visit.id))
      for appointment in [visit, past] { try tx.insert(appointment) }
      var held = hold
      held.fence = try tx.claimSeats(
        hold.seats, of: slot.id, among: .anybody, for: .hold(hold.id, until: hold.expireTime))
      try tx.insert(held)
      try tx.insert(wish)
      for event in events { try tx.append(event) }
    }
  }

  /// A referral that is sent, with everybody's consent, and a draft on another pathway of its group.
  private mutating func referrals() throws -> Part {
    let digest = try maker.digest()
    let consents = household.persons.map { person in
      Consent(
        id: ConsentID(using: &maker.random), registration: person.registration, person: person.id,
        grantor: person.id, recipient: world.receiver.id, purpose: .resettlement,
        dataClasses: DataClassSet(classes: [.identity]), textVersion: "3",
        textLanguage: .fallback, textDigest: digest, method: .signed, grantTime: now,
        state: .active, revision: Revision(createdAt: now))
    }
    let sent = maker.referral(of: household, state: .sent)
    let draft = maker.referral(of: household, onPathway: 1)
    var events = consents.map {
      event(.consent, $0.id.rawValue, "Grant", to: $0.state.rawValue)
    }
    for referral in [sent, draft] {
      events.append(event(.referral, referral.id.rawValue, "Send", to: referral.state.rawValue))
    }
    return { [events] tx in
      for consent in consents { try tx.insert(consent) }
      for referral in [sent, draft] { try tx.insert(referral) }
      for event in events { try tx.append(event) }
    }
  }
}

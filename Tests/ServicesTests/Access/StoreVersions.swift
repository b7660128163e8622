import Domain
import ServiceFixture
import Storage

/// The version of everything that a store holds, its feed and its log, at one instant.
struct StoreVersions: Sendable {
  /// A resource, as events name it.
  struct Resource: Hashable, Sendable, CustomStringConvertible {
    var kind: AggregateKind
    var uid: String

    init(_ kind: AggregateKind, _ uid: String) { (self.kind, self.uid) = (kind, uid) }
    init(_ event: StatusEvent) { self.init(event.aggregate, event.uid) }
    var description: String { "\(kind) \(uid.prefix(4))" }
  }

  private(set) var versions: [Resource: Int64] = [:]
  private(set) var events: [StatusEvent] = []
  private(set) var entries: [AuditEntry] = []

  init(_ store: any Store) async throws {
    self = try await store.read { reader in
      var found = StoreVersions()
      try found.read(reader)
      return found
    }
  }

  private init() {}

  /// The versions that resources have come to since: of a new one from the first on, and one more of one that is gone.
  func changes(since before: Self) -> [Resource: ClosedRange<Int64>] {
    var changes: [Resource: ClosedRange<Int64>] = [:]
    for (resource, version) in versions {
      let last = before.versions[resource] ?? 0
      if version != last { changes[resource] = last + 1...max(version, last + 1) }
    }
    for (resource, last) in before.versions where versions[resource] == nil {
      changes[resource] = last + 1...last + 1
    }
    return changes
  }

  /// More than a test has of anything.
  private static let limit = 10_000

  private mutating func read(_ reader: any StoreReader) throws {
    events = try reader.statusEvents(after: 0, limit: Self.limit).items.map(\.event)
    entries = try reader.auditEntries(from: 0, limit: Self.limit).items.map(\.entry)
    try readProgramme(reader)
    try readOffices(reader)
    try readCases(reader)
    try readReferrals(reader)
    try readByEvents(reader)
  }

  private mutating func keep(_ kind: AggregateKind, _ uid: String, _ revision: Revision?) {
    guard let revision else { return }
    versions[Resource(kind, uid)] = revision.version.rawValue
  }

  private mutating func readProgramme(_ reader: any StoreReader) throws {
    for program in try reader.programs() {
      keep(.program, program.uid.rawValue, program.revision)
      let windows = try reader.intakeWindows(of: program.id, after: nil, limit: Self.limit)
      for window in windows.items { keep(.intakeWindow, window.uid.rawValue, window.revision) }
    }
    for partner in try reader.partners() {
      keep(.partner, partner.uid.rawValue, partner.revision)
    }
  }

  private mutating func readOffices(_ reader: any StoreReader) throws {
    for office in try reader.offices(after: nil, limit: Self.limit).items {
      keep(.office, office.uid.rawValue, office.revision)
      for offer in try reader.serviceOffers(of: office.id) {
        keep(.serviceOffer, offer.uid.rawValue, offer.revision)
      }
      for schedule in try reader.schedules(of: office.id, after: nil, limit: Self.limit).items {
        keep(.schedule, schedule.uid.rawValue, schedule.revision)
      }
      let all = SlotFilter(
        office: office.id, starts: Instant(microseconds: 0)..<Instant.latest, includesBlocked: true)
      for found in try reader.slots(all, after: nil, limit: Self.limit).items {
        keep(.slot, found.slot.id.rawValue, found.slot.revision)
      }
    }
  }

  private mutating func readCases(_ reader: any StoreReader) throws {
    let all = try reader.registrations(RegistrationFilter(), after: nil, limit: Self.limit)
    for registration in all.items {
      keep(.registration, registration.id.rawValue, registration.revision)
      for person in try reader.persons(of: registration.id) {
        keep(.person, person.id.rawValue, person.revision)
        for document in try reader.documents(of: person.id) {
          keep(.document, document.id.rawValue, document.revision)
        }
      }
      for consent in try reader.consents(of: registration.id) {
        keep(.consent, consent.id.rawValue, consent.revision)
      }
      for candidate in try reader.duplicateCandidates(of: registration.id) {
        keep(.duplicateCandidate, candidate.id.rawValue, candidate.revision)
      }
      if let hold = try reader.openHold(of: registration.id) {
        keep(.hold, hold.id.rawValue, hold.revision)
      }
    }
    for found in try reader.appointments(AppointmentFilter(), after: nil, limit: Self.limit).items {
      keep(.appointment, found.id.rawValue, found.revision)
    }
    for found in try reader.waitlistEntries(WaitlistFilter(), after: nil, limit: Self.limit).items {
      keep(.waitlistEntry, found.id.rawValue, found.revision)
    }
  }

  private mutating func readReferrals(_ reader: any StoreReader) throws {
    for referral in try reader.referrals(ReferralFilter(), after: nil, limit: Self.limit).items {
      keep(.referral, referral.id.rawValue, referral.revision)
      // Decisions never change.
      for decision in try reader.decisions(of: referral.id) {
        versions[Resource(.decision, decision.id.rawValue)] = 1
      }
    }
  }

  /// What no list has: holds that have ended, and approvals.
  private mutating func readByEvents(_ reader: any StoreReader) throws {
    for resource in Set(events.map { Resource($0) }) {
      switch resource.kind {
      case .hold:
        let hold = try HoldID(rawValue: resource.uid).flatMap { try reader.hold($0) }
        keep(.hold, resource.uid, hold?.revision)
      case .pendingApproval:
        let approval = try PendingApprovalID(rawValue: resource.uid)
          .flatMap { try reader.pendingApproval($0) }
        keep(.pendingApproval, resource.uid, approval?.revision)
      default: break
      }
    }
  }
}

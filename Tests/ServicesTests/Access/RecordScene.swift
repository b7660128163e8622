import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

/// One record of each kind that methods name, with callers to whose side they belong and callers who are strangers.
struct RecordScene: Sendable {
  /// Who has nothing to do with any of it, whatever certificates and purposes it has.
  static let stranger = PartnerID.caGov

  let world: World
  private let names: [String: String]
  private let receipt: String
  private let visitCode: String

  /// The patterns of records that are somebody's.
  private static let personal = [
    "registrations/", "appointments/", "holds/", "waitlistEntries/", "referrals/",
    "duplicateCandidates/",
  ]

  /// Whether a method's request must name such a record.
  static func names(_ method: DescribedMethod) -> Bool {
    guard let input = try? input(of: method), let rules = try? FieldRules() else { return false }
    return required(input.descriptor, rules).contains { rule in
      rule.format == .receipt
        || rule.resources.contains { pattern in
          let text = pattern.joined(separator: "/")
          return personal.contains { text.hasPrefix($0) }
        }
    }
  }

  private static func required(_ message: MessageDescriptor, _ rules: FieldRules) -> [FieldRule] {
    (rules[message] ?? []).filter(\.isRequired).flatMap { rule -> [FieldRule] in
      guard let inner = rule.field.type.messageDescriptor else { return [rule] }
      return [rule] + required(inner, rules)
    }
  }

  private static let pool = DescriptorPool(SafeMobility.fileDescriptors)

  /// The type of a method's requests, by the rule of their names.
  private static func input(of method: DescribedMethod) throws -> any Message.Type {
    let name = method.name.split(separator: "/").last ?? ""
    return try #require(pool.message(named: "safemobility.v1.\(name)Request"))
  }

  init() async throws {
    let visit = try await Visit()
    world = visit.world
    let (registration, offices) = (visit.registration, visit.slot.service.office)
    try await world.permitEverything(to: .iom)
    try await world.permitEverything(to: .unhcr)
    try await world.permitEverything(to: .usRsc)
    try await world.permitEverything(to: Self.stranger)
    // An appointment of today, so that the front desk expects the household.
    let today = try await world.slot(in: .hours(2))
    let booked = try await visit.offered(in: today)
    var random = SystemRandomNumberGenerator()
    var consents: [Consent] = []
    for person in registration.persons {
      consents.append(
        try await world.consent(of: person, in: registration.id, to: .usRsc, for: .resettlement))
    }
    let hold = Hold(
      id: HoldID(using: &random), slot: visit.slot.id, registration: registration.id, seats: 1,
      expireTime: world.clock.now + .minutes(10), fence: 1, state: .active,
      revision: Revision(createdAt: world.clock.now))
    let entry = WaitlistEntry(
      id: WaitlistEntryID(using: &random), registration: registration.id, kind: .documentCheck,
      offices: [offices], notice: .zero, seats: 2, rankTime: world.clock.now, state: .waiting,
      revision: Revision(createdAt: world.clock.now))
    let release = Release(
      profile: "us-rsc/USRAP", version: 1, classes: DataClassSet(classes: [.identity]), fields: [],
      digest: try #require(Digest([UInt8](repeating: 7, count: 32))),
      releaseTime: world.clock.now)
    let referral = Referral(
      id: ReferralID(using: &random), registration: registration.id,
      persons: registration.persons, pathway: .usrap, destination: .unitedStates, from: .unhcr,
      to: .usRsc, purpose: .resettlement, release: release, priority: .routine,
      dueTime: world.clock.now + .days(14), state: .sent,
      revision: Revision(createdAt: world.clock.now))
    let document = IdentityDocument(
      id: DocumentID(using: &random), person: registration.principal, kind: .passport,
      issuingRegion: .guatemala, number: "X1", revision: Revision(createdAt: world.clock.now))
    let other = try await world.household(.single, in: .submitted, seed: 77)
    let (first, second) = try await world.store.read { reader in
      (try reader.person(registration.principal), try reader.person(other.registration.principal))
    }
    let candidate = DuplicateCandidate(
      id: DuplicateCandidateID(using: &random), program: registration.program,
      first: .init(try #require(first)), second: .init(try #require(second)), score: 30,
      isHolding: true, evidence: [], algorithmVersion: MatchingRule.standard.version, state: .open,
      revision: Revision(createdAt: world.clock.now))
    try await world.store.write { tx in
      var owned = registration
      owned.state = .referred
      owned.owner = Actor(partner: .iom, role: .applicant, user: "marta")
      owned.revision.advance(at: tx.now)
      try tx.update(
        owned, from: try #require(try tx.registration(registration.id)).revision.version)
      try tx.insert(hold)
      try tx.insert(entry)
      try tx.insert(referral)
      try tx.insert(document)
      try tx.insert(candidate)
    }
    names = Self.names(visit, slotOffice: offices).merging([
      "registrations/*/documents/*": "\(visit.name)/documents/\(document.id)",
      "registrations/*/consents/*": "\(visit.name)/consents/\(consents[0].id)",
      "appointments/*": booked.name, "holds/*": "holds/\(hold.id)",
      "waitlistEntries/*": "waitlistEntries/\(entry.id)",
      "referrals/*": "referrals/\(referral.id)",
      "duplicateCandidates/*": "duplicateCandidates/\(candidate.id)",
    ]) { $1 }
    (receipt, visitCode) = (registration.receipt.rawValue, booked.visitCode)
  }

  private static func names(_ visit: Visit, slotOffice: OfficeID) -> [String: String] {
    [
      "registrations/*": visit.name, "registrations/*/persons/*": visit.persons[0],
      "offices/*": "offices/\(slotOffice)",
      "offices/*/services/*": "offices/\(visit.slot.service)",
      "offices/*/schedules/*/slots/*": visit.slot.resourceName,
      "programs/*": "programs/\(visit.registration.program)", "partners/*": "partners/us-rsc",
      "pathways/*": "pathways/USRAP",
    ]
  }

  // MARK: Who calls

  /// Somebody of the record's side, or the stranger in the same role.
  func caller(_ role: Role, isOwn: Bool, on method: DescribedMethod) -> WorldCaller {
    var partner = isOwn ? PartnerID.unhcr : Self.stranger
    if isOwn {
      switch role {
      case .applicant, .frontDesk: partner = .iom
      case .partnerOfficer: partner = .usRsc
      default: break
      }
    }
    let purpose =
      method.purposes.sorted().first ?? (role == .partnerOfficer ? "RESETTLEMENT" : "PROCESSING")
    return world.caller(
      "\(partner)/\(role.name)", purpose: purpose,
      user: role == .applicant && isOwn ? "marta" : "somebody")
  }

  // MARK: What is asked

  /// A request in which every field that the schema demands is as it demands it, and names the records.
  func request(of method: DescribedMethod) throws -> [UInt8] {
    let type = try Self.input(of: method)
    let text = try json(of: type.descriptor, FieldRules())
    return try type.init(jsonString: text).serializedBytes()
  }

  /// That it passes what every request passes before a record is looked for.
  func check(
    _ request: [UInt8], of method: DescribedMethod, _ validator: RequestValidator
  ) throws {
    try Self.check(Self.input(of: method), request, validator, world.clock.now)
  }

  private static func check<Request: Message>(
    _ type: Request.Type, _ bytes: [UInt8], _ validator: RequestValidator, _ now: Instant
  ) throws {
    try validator.check(try Request(serializedBytes: bytes), now: now)
  }

  private func json(of message: MessageDescriptor, _ rules: FieldRules) throws -> String {
    let members = (rules[message] ?? []).filter {
      $0.isRequired && !$0.isOutputOnly || $0.itemCount.lowerBound > 0 || $0.field.name == "etag"
    }
    return try "{"
      + members.map { rule in
        let value = try value(of: rule, rules)
        let count = max(1, rule.itemCount.lowerBound)
        let list = "[\(Array(repeating: value, count: count).joined(separator: ", "))]"
        return "\"\(rule.field.jsonName)\": \(rule.field.isRepeated ? list : value)"
      }.joined(separator: ", ") + "}"
  }

  private func value(of rule: FieldRule, _ rules: FieldRules) throws -> String {
    if let message = rule.field.type.messageDescriptor {
      return try value(ofMessage: message, rule, rules)
    }
    if let values = rule.field.type.enumDescriptor {
      return "\(values.values.first { $0.number != 0 }?.number ?? 0)"
    }
    switch rule.field.type {
    case .bool: return "true"
    case .bytes: return "\"\(String(repeating: "A", count: 43))=\""
    case .string: return "\"\(text(of: rule))\""
    default: return "\(max(rule.minimum ?? 1, 1))"
    }
  }

  private func value(
    ofMessage message: MessageDescriptor, _ rule: FieldRule, _ rules: FieldRules
  ) throws -> String {
    switch message.fullName {
    case "google.protobuf.Timestamp":
      let time = rule.when == .past ? World.opening - .days(2) : World.opening + .days(2)
      return "\"\(time)\""
    case "google.protobuf.Duration": return "\"3600s\""
    case "google.protobuf.FieldMask": return "\"\""
    case SafeMobility.CivilDate.descriptor.fullName:
      return "{\"year\": 2023, \"month\": 6, \"day\": 1}"
    default: return try json(of: message, rules)
    }
  }

  private func text(of rule: FieldRule) -> String {
    for pattern in rule.resources {
      if let name = names[pattern.joined(separator: "/")] { return name }
    }
    return switch rule.format {
    case .uuidV4: requestID()
    case .etag: "\\\"x.1\\\""
    case .receipt: receipt
    case .visitCode: visitCode
    case .regionCode: "US"
    case .subdivisionCode: "GT-09"
    case .languageCode: "es-GT"
    case .timeZone: "America/Guatemala"
    case .e164: "+50255550100"
    case .email: "somebody@example.org"
    case .resourceId: "abc"
    case .uid: ResourceUID(checked: "x").rawValue
    default: String(repeating: "x", count: max(1, rule.length.lowerBound))
    }
  }
}

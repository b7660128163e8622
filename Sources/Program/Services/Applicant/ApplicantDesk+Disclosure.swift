import AuditProof
import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

extension ApplicantDesk {
  /// Every allowed call that told somebody of the case, but for the applicant's own and the server's: whoever reads this
  /// knows those. There is no exception yet that would protect one adult of a household from another: such calls
  /// are [later].
  public func listDisclosures(
    _ request: SafeMobility.ListDisclosuresRequest, call: ServerCall
  ) async throws -> SafeMobility.ListDisclosuresResponse {
    let desk = desk
    return try await desk.read(request, about: request.parent, call) { work in
      let registration = try work.registration(RegistrationID(name: request.parent))
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent])
      let pseudonyms = try work.pseudonyms(of: registration.id)
      let place = page.key?.first.flatMap { Int64($0) }
      let (found, next) = try desk.disclosures(
        of: pseudonyms, before: place, limit: page.limit, work.reader)
      return try .with {
        $0.disclosures = try found.map { try desk.disclosure($0, work.reader) }
        if let next { $0.nextPageToken = page.token(after: [String(next)]) }
      }
    }
  }
}

extension Reading {
  /// All that a case is called in the log: another name for each referral, and one with each partner.
  fileprivate func pseudonyms(of registration: RegistrationID) throws -> [Digest] {
    // A household has few: one page holds them all many times over.
    let referrals = try reader.referrals(
      ReferralFilter(registration: registration), after: nil, limit: 1_000)
    let scopes =
      try reader.partners().map { PseudonymScope.partner($0.id) }
      + referrals.items.map { .referral($0.id) }
    return scopes.map { $0.pseudonym(of: registration, from: trail.caseKey) }
  }
}

extension Desk {
  /// How many entries of a case one call looks at: a page may be short where few of them are disclosures.
  private static let lookCountMax = 2_000

  /// Disclosures before a place, the latest first, and where the next page begins; nil where there are no more.
  fileprivate func disclosures(
    of pseudonyms: [Digest], before place: Int64?, limit: Int, _ reader: any StoreReader
  ) throws -> (found: [AuditEntry], next: Int64?) {
    let look = try entries(
      of: pseudonyms, before: place, limit: min(Self.lookCountMax, 4 * limit + 100), reader)
    var found: [AuditEntry] = []
    var last: Int64?
    for sequenced in look.items {
      if found.count == limit { return (found, last) }
      last = sequenced.leaf.position
      if isDisclosure(sequenced.entry) { found.append(sequenced.entry) }
    }
    return (found, look.hasMore ? last : nil)
  }

  /// The entries with any of these pseudonyms, the latest first.
  private func entries(
    of pseudonyms: [Digest], before place: Int64?, limit: Int, _ reader: any StoreReader
  ) throws -> Page<SequencedEntry> {
    var found: [SequencedEntry] = []
    // Behind the last of a page that has more, others of its pseudonym would be missing.
    var end = Int64.min
    for pseudonym in pseudonyms {
      let page = try reader.auditEntries(ofCase: pseudonym, before: place, limit: limit)
      found += page.items
      if page.hasMore, let last = page.items.last { end = max(end, last.leaf.position) }
    }
    let whole = found.filter { $0.leaf.position >= end }
      .sorted { $0.leaf.position > $1.leaf.position }
    return Page(items: whole, hasMore: end != .min)
  }

  fileprivate func isDisclosure(_ entry: AuditEntry) -> Bool {
    // Without an answer nobody was told: such an entry is of what a call about something else has changed.
    entry.verdict == .allow && entry.responseCommitment != nil && entry.role != .applicant
      && entry.role != .system && rules[entry.method]?.disclosesPersonalData == true
  }

  fileprivate func disclosure(
    _ entry: AuditEntry, _ reader: any StoreReader
  ) throws -> SafeMobility.Disclosure {
    let sent = try sentReferral(by: entry, reader)
    return .with {
      $0.auditEntry = "\(AuditLogName.text)/entries/\(entry.id)"
      $0.discloseTime = .init(entry.eventTime)
      $0.partner = (sent?.to ?? entry.partner)?.name ?? ""
      $0.purpose = .init(sent?.purpose ?? entry.purpose)
      $0.dataClasses = classes(of: entry).map { .init($0) }
      $0.referral = entry.subject?.referral?.name ?? ""
    }
  }

  /// The referral that a call has sent: who gets the data by that is its receiver, for its purpose, and not who called.
  private func sentReferral(
    by entry: AuditEntry, _ reader: any StoreReader
  ) throws -> Referral? {
    guard Self.sendings.contains(entry.method), entry.profile != nil else { return nil }
    return try entry.subject?.referral.flatMap { try reader.referral($0) }
  }

  /// The methods that hand over what a referral releases.
  private static let sendings: Set = [
    SafeMobility.ReferralServiceMethods.sendReferral.fullName,
    SafeMobility.ReferralServiceMethods.resendReferral.fullName,
  ]

  /// What a release released; of another answer, the classes of everything that it can hold.
  private func classes(of entry: AuditEntry) -> [DataClass] {
    if let bitmap = entry.releasedFields { return DataClassSet(bitmap: bitmap).classes }
    return validator.rules.answerClasses(of: entry.method)
  }
}

extension FieldRules {
  /// The classes of data that a method's answer can hold.
  func answerClasses(of method: String) -> [DataClass] {
    let verb = method.split(separator: "/").last.map(String.init) ?? ""
    let package = method.prefix { $0 != "/" }.split(separator: ".").dropLast()
      .joined(separator: ".")
    guard let type = pool.message(named: "\(package).\(verb)Response") else { return [] }
    var seen: Set<String> = []
    var found = DataClassSet()
    collect(type.descriptor, &seen, &found)
    return found.classes
  }

  private func collect(
    _ message: MessageDescriptor, _ seen: inout Set<String>, _ found: inout DataClassSet
  ) {
    guard seen.insert(message.fullName).inserted, let rules = self[message] else { return }
    for rule in rules {
      if let dataClass = rule.dataClass { found.formUnion(DataClassSet(classes: [dataClass])) }
      // What a released record released is in the entry itself.
      guard let inner = rule.field.type.messageDescriptor,
        inner !== SafeMobility.ReleasedRecord.descriptor
      else { continue }
      collect(inner, &seen, &found)
    }
  }
}

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
      let pseudonym = Hash.commitment(
        to: Hash.sha256(registration.id.rawValue), key: work.trail.pseudonymKey)
      let found = try Page(
        limit: page.limit, after: page.key?.first.flatMap { Int64($0) },
        next: {
          try work.reader.auditEntries(ofCase: pseudonym, before: $0, limit: page.limit)
        }, keyOf: { $0.leaf.position }, where: { desk.isDisclosure($0.entry) })
      return .with {
        $0.disclosures = found.items.map { desk.disclosure($0.entry) }
        guard found.hasMore, let last = found.items.last else { return }
        $0.nextPageToken = page.token(after: [String(last.leaf.position)])
      }
    }
  }
}

extension Desk {
  fileprivate func isDisclosure(_ entry: AuditEntry) -> Bool {
    entry.verdict == .allow && entry.role != .applicant && entry.role != .system
      && rules[entry.method]?.disclosesPersonalData == true
  }

  fileprivate func disclosure(_ entry: AuditEntry) -> SafeMobility.Disclosure {
    .with {
      $0.auditEntry = "\(AuditLogName.text)/entries/\(entry.id)"
      $0.discloseTime = .init(entry.eventTime)
      $0.partner = entry.partner?.name ?? ""
      $0.purpose = .init(entry.purpose)
      $0.dataClasses = classes(of: entry).map { .init($0) }
      $0.referral = entry.subject?.referral?.name ?? ""
    }
  }

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
      if let inner = rule.field.type.messageDescriptor { collect(inner, &seen, &found) }
    }
  }
}

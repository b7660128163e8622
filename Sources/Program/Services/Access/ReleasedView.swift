import Domain
import Protobuf
import SafeMobilityAPI

/// Cuts a record down to what a set of data classes allows, field by field of the schema.
///
/// A field without a class does not exist (the schema is refused), and a field of a class that is not
/// in the set is left out: a new field is released to nobody before somebody has classified it, and a
/// new list of messages to nobody before it is cut here.
/// Names and uids stay, because the referral that carries the release names the same resources.
///
/// What is said of the household as a whole is of everybody in it: it goes only where all of them are referred, and so
/// have consented. Of the findings only that of the referral's pathway goes, because others are other partners' affair.
struct ReleasedView {
  /// What the two sides call the things they talk about; the pathway is that of a finding.
  private static let identifiers: Set<String> = ["name", "uid", "person", "pathway"]
  /// What says how the record was cut, and the people, who are cut one by one.
  private static let framework: Set<String> = ["redacted_paths", "persons"]

  private let rules: FieldRules
  private let classes: DataClassSet

  init(_ classes: DataClassSet, rules: FieldRules) {
    self.rules = rules
    self.classes = classes
  }

  /// The registration with a referral's persons and nothing the classes do not allow; every path of
  /// the schema that was left out is in `redacted_paths`, whether it had a value or not.
  ///
  /// - Parameter pathway: the name of the referral's
  func registration(
    _ full: SafeMobility.Registration, persons: [PersonID], pathway: String
  ) throws -> SafeMobility.Registration {
    let ids = Set(persons.map(\.rawValue))
    let referred = full.persons.filter { ids.contains($0.uid) }
    let names = Set(referred.map(\.name))
    var released = try cut(full)
    released.invitedPathways.removeAll { $0 != pathway }
    let isWhole = full.persons.allSatisfy { ids.contains($0.uid) }
    if !isWhole { released.answers = nil }
    // Who else lives in the household is nobody's business who was not sent them.
    if keeps(full, "members") {
      released.members = try full.members.filter { names.contains($0.person) }.map { try cut($0) }
    }
    if keeps(full, "findings"), isWhole {
      released.findings = try full.findings.filter { $0.pathway == pathway }.map { try cut($0) }
    }
    if let answers = full.answers, keeps(answers, "petitioners") {
      let petitioners = try petitioners(answers, names)
      if !petitioners.isEmpty {
        released.answers = released.answers ?? .init()
        released.answers?.petitioners = petitioners
      }
    }
    released.persons = try referred.map { try person($0, among: names) }
    released.redactedPaths =
      paths(of: SafeMobility.Registration.descriptor).redacted
      + paths(of: SafeMobility.Person.descriptor).redacted.map { "persons.\($0)" }
    return released
  }

  /// Every field of the schema that is released where it has a value, by its path, what is in lists
  /// too; but for names and uids, which are no news.
  var releasedPaths: [String] {
    released(of: SafeMobility.Registration.descriptor)
      + released(of: SafeMobility.Person.descriptor).map { "persons.\($0)" }
  }

  private func released(of descriptor: MessageDescriptor) -> [String] {
    let rules = rules[descriptor] ?? []
    return rules.filter { !Self.framework.contains($0.field.name) }.flatMap { rule in
      let name = rule.field.name
      guard let inner = structure(of: rule.field) else { return allows(rule) ? [name] : [] }
      return reaches(into: rule) ? released(of: inner).map { "\(name).\($0)" } : []
    }
  }

  /// The petitioners of those who were referred.
  private func petitioners(
    _ full: SafeMobility.RegistrationAnswers, _ names: Set<String>
  ) throws -> [SafeMobility.Petitioner] {
    try full.petitioners.compactMap { petitioner in
      var cut = try cut(petitioner)
      cut.beneficiaries = petitioner.beneficiaries.filter(names.contains)
      return cut.beneficiaries.isEmpty ? nil : cut
    }
  }

  /// - Parameter names: the persons who were referred, the only ones of whom others may tell
  private func person(
    _ full: SafeMobility.Person, among names: Set<String>
  ) throws -> SafeMobility.Person {
    var released = try cut(full)
    released.parents = released.parents.filter(names.contains)
    if !names.contains(released.guardian) { released.guardian = "" }
    if !names.contains(released.spouse) { released.spouse = "" }
    if let work = full.work, keeps(work, "seasons"), !work.seasons.isEmpty {
      released.work = released.work ?? .init()
      released.work?.seasons = try work.seasons.map { try cut($0) }
    }
    if keeps(full, "name_parts") { released.nameParts = try full.nameParts.map { try cut($0) } }
    if keeps(full, "documents") { released.documents = try full.documents.map { try cut($0) } }
    return released
  }

  /// The message with the values and single messages that the classes allow, and no lists of
  /// messages.
  private func cut<Value: Message>(_ message: Value) throws -> Value {
    try Value().updated(
      from: message, mask: GoogleProtobuf.FieldMask(paths: paths(of: Value.descriptor).kept))
  }

  /// Whether a list of messages may be there at all; what is in it is cut besides.
  private func keeps<Value: Message>(_ message: Value, _ list: String) -> Bool {
    rules[Value.descriptor]?.contains { $0.field.name == list && allows($0) } ?? false
  }

  private func allows(_ rule: FieldRule) -> Bool {
    guard let dataClass = rule.dataClass, dataClass != .operational else { return false }
    return classes.contains(dataClass)
  }

  /// The paths of a message's schema, sorted into those that stay and those that go. Paths into
  /// lists of messages are never among those that stay: no mask leads there.
  private func paths(of descriptor: MessageDescriptor) -> (kept: [String], redacted: [String]) {
    var kept: [String] = []
    var redacted: [String] = []
    for rule in rules[descriptor] ?? [] where !Self.framework.contains(rule.field.name) {
      let name = rule.field.name
      guard let inner = structure(of: rule.field) else {
        let stays = allows(rule) || Self.identifiers.contains(name)
        stays ? kept.append(name) : redacted.append(name)
        continue
      }
      guard reaches(into: rule) else {
        redacted.append(name)
        continue
      }
      let inside = paths(of: inner)
      redacted += inside.redacted.map { "\(name).\($0)" }
      if !rule.field.isRepeated { kept += inside.kept.map { "\(name).\($0)" } }
    }
    return (kept, redacted)
  }

  /// Whether anything of a field with fields of its own can be released. A message without a class only
  /// groups fields that have one; a list must have one.
  private func reaches(into rule: FieldRule) -> Bool {
    allows(rule) || (rule.dataClass == .operational && !rule.field.isRepeated)
  }

  /// The schema of a field that has fields of its own; nil for values, of which dates are one.
  private func structure(of field: FieldDescriptor) -> MessageDescriptor? {
    guard let message = field.type.messageDescriptor,
      message !== SafeMobility.CivilDate.descriptor, rules[message] != nil
    else { return nil }
    return message
  }
}

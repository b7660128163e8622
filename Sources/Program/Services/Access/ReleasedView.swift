import Domain
import Protobuf
import SafeMobilityAPI

/// Cuts a record down to what a set of data classes allows, field by field of the schema.
///
/// A field without a class does not exist (the schema is refused), and a field of a class that is not
/// in the set is left out: a new field is released to nobody before somebody has classified it.
/// Names and uids stay, because the referral that carries the release names the same resources.
struct ReleasedView {
  /// What the two sides call the things they talk about.
  private static let identifiers: Set<String> = ["name", "uid"]

  private let rules: FieldRules
  private let classes: DataClassSet

  init(_ classes: DataClassSet, rules: FieldRules) {
    self.rules = rules
    self.classes = classes
  }

  /// The registration with the persons given and nothing the classes do not allow; every path of
  /// the schema that was left out is in `redacted_paths`, whether it had a value or not.
  func registration(
    _ full: SafeMobility.Registration, persons: [PersonID]
  ) throws -> SafeMobility.Registration {
    let own = paths(of: SafeMobility.Registration.descriptor)
    let inner = paths(of: SafeMobility.Person.descriptor)
    var released = try SafeMobility.Registration().updated(
      from: full, mask: GoogleProtobuf.FieldMask(paths: own.kept.filter { $0 != "persons" }))
    let ids = Set(persons.map(\.rawValue))
    released.persons = try full.persons.filter { ids.contains($0.uid) }.map { person in
      try SafeMobility.Person().updated(
        from: person, mask: GoogleProtobuf.FieldMask(paths: inner.kept))
    }
    released.redactedPaths =
      own.redacted.filter { $0 != "persons" } + inner.redacted.map { "persons.\($0)" }
    return released
  }

  /// The paths of a message's schema, sorted into those that stay and those that go.
  private func paths(
    of descriptor: MessageDescriptor, under prefix: String = ""
  ) -> (kept: [String], redacted: [String]) {
    var kept: [String] = []
    var redacted: [String] = []
    for rule in rules[descriptor] ?? [] {
      let path = prefix + rule.field.name
      if path == "redacted_paths" || path == "persons" { continue }
      if let message = rule.field.type.messageDescriptor, !rule.field.isRepeated,
        message !== SafeMobility.CivilDate.descriptor, rules[message] != nil
      {
        let inside = paths(of: message, under: path + ".")
        kept += inside.kept
        redacted += inside.redacted
      } else if Self.identifiers.contains(path)
        || rule.dataClass.map({ $0 != .operational && classes.contains($0) }) ?? false
      {
        kept.append(path)
      } else {
        redacted.append(path)
      }
    }
    return (kept, redacted)
  }

  /// A keyed digest of each field that is there, by path, and the digest over all of them (INV-7).
  static func digests(
    of released: SafeMobility.Registration, caseKey: [UInt8]?,
    personKey: (String) throws -> [UInt8]?
  ) throws -> (fields: [ReleasedField], digest: Digest) {
    var own = released
    own.persons = []
    own.redactedPaths = []
    var fields = try digests(of: own, prefix: "", key: caseKey)
    for person in released.persons {
      fields += try digests(
        of: person, prefix: "persons/\(person.uid).", key: try personKey(person.uid))
    }
    let all = fields.map { "\($0.path)=\($0.digest)" }.joined(separator: "\n")
    return (fields, Hash.sha256(all))
  }

  private static func digests<Value: Message>(
    of message: Value, prefix: String, key: [UInt8]?
  ) throws -> [ReleasedField] {
    try message.withView { $0.presentFields.map(\.name) }.map { name in
      let alone = try Value().updated(
        from: message, mask: GoogleProtobuf.FieldMask(paths: [name]))
      let digest = Hash.sha256(try alone.serializedBytes())
      return ReleasedField(path: prefix + name, digest: Hash.commitment(to: digest, key: key))
    }
  }
}

import AuditProof
import Domain
import Protobuf
import SafeMobilityAPI

/// A keyed digest for each field of a released record, and with them the means to tell whether a
/// field still is what was released (INV-7).
struct ReleaseDigests {
  /// k_case; nil once it is erased, and nothing is recognised any more.
  let caseKey: [UInt8]?
  /// k_person of each person, by uid.
  let personKeys: [String: [UInt8]]
  /// The referral's name, the version of the release and its profile: a signature under one sending is none under
  /// another, even of the same data.
  let binding: [String]

  /// The digest of each field that is there, by path, and the digest over the binding and all of them.
  func digests(
    of released: SafeMobility.Registration
  ) throws -> (fields: [ReleasedField], digest: Digest) {
    var fields = try fields(of: Self.withoutPersons(released), prefix: "", key: caseKey)
    for person in released.persons {
      fields += try self.fields(
        of: person, prefix: Self.prefix(person), key: personKeys[person.uid])
    }
    let lines = binding + fields.map { "\($0.path)=\($0.digest)" }
    return (fields, Hash.sha256(lines.joined(separator: "\n")))
  }

  /// What of a record is still exactly what was released, field by field: a correction made since
  /// is the receiver's to see once it is sent.
  func unchanged(
    _ record: SafeMobility.Registration, since released: [ReleasedField]
  ) throws -> SafeMobility.Registration {
    let known = Set(released)
    var result = try unchanged(Self.withoutPersons(record), "", caseKey, known)
    result.persons = try record.persons.map { person in
      try unchanged(person, Self.prefix(person), personKeys[person.uid], known)
    }
    result.redactedPaths = record.redactedPaths
    return result
  }

  private func unchanged<Value: Message>(
    _ message: Value, _ prefix: String, _ key: [UInt8]?, _ known: Set<ReleasedField>
  ) throws -> Value {
    let names = try fields(of: message, prefix: prefix, key: key)
      .filter { known.contains($0) }.map { String($0.path.dropFirst(prefix.count)) }
    return try Value().updated(from: message, mask: GoogleProtobuf.FieldMask(paths: names))
  }

  private func fields<Value: Message>(
    of message: Value, prefix: String, key: [UInt8]?
  ) throws -> [ReleasedField] {
    try message.withView { $0.presentFields.map(\.name) }.map { name in
      let alone = try Value().updated(
        from: message, mask: GoogleProtobuf.FieldMask(paths: [name]))
      let digest = Hash.sha256(try alone.serializedBytes())
      return ReleasedField(path: prefix + name, digest: Hash.commitment(to: digest, key: key))
    }
  }

  private static func withoutPersons(
    _ record: SafeMobility.Registration
  ) -> SafeMobility.Registration {
    var own = record
    own.persons = []
    own.redactedPaths = []
    return own
  }

  private static func prefix(_ person: SafeMobility.Person) -> String { "persons/\(person.uid)." }
}

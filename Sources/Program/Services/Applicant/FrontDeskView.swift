import Protobuf
import SafeMobilityAPI

/// What the front desk sees of a registration: who is to come, whose face and papers to compare, and
/// where the case stands; nothing of why they come (domain § 11).
enum FrontDeskView {
  private static let registrationFields: Set<String> = [
    "name", "uid", "create_time", "update_time", "etag", "state", "receipt", "program", "principal",
    "host_region_code", "language_code", "interpreter_needed", "channel",
  ]
  private static let personFields: Set<String> = [
    "name", "uid", "create_time", "update_time", "etag", "full_name", "name_parts", "name_system",
    "photo_sha256", "documents",
  ]

  /// The registration cut down to that. `redacted_paths` follows the schema, not the content: that a
  /// path is named tells nothing about whether there was a value.
  static func of(_ full: SafeMobility.Registration) throws -> SafeMobility.Registration {
    var seen = try keeping(registrationFields, of: full)
    seen.persons = try full.persons.map { person in
      var seen = try keeping(personFields, of: person)
      seen.documents = seen.documents.map { of($0) }
      return seen
    }
    seen.redactedPaths =
      redacted(SafeMobility.Registration.descriptor, registrationFields)
      .filter { $0 != "persons" && $0 != "redacted_paths" }
      + redacted(SafeMobility.Person.descriptor, personFields).map { "persons.\($0)" }
      + ["persons.documents.mrz_lines", "persons.documents.mrz"]
    return seen
  }

  /// A document without its zone, which repeats what is left out of persons: birth date, sex, nationality.
  static func of(_ full: SafeMobility.IdentityDocument) -> SafeMobility.IdentityDocument {
    var seen = full
    seen.mrzLines = []
    seen.mrz = nil
    return seen
  }

  private static func keeping<Value: Message>(
    _ fields: Set<String>, of message: Value
  ) throws -> Value {
    try Value().updated(from: message, mask: GoogleProtobuf.FieldMask(paths: fields.sorted()))
  }

  private static func redacted(_ type: MessageDescriptor, _ kept: Set<String>) -> [String] {
    type.fields.map(\.name).filter { !kept.contains($0) }
  }
}

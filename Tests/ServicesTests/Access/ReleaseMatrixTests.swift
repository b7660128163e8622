import Domain
import Protobuf
import SafeMobilityAPI
import Testing

@testable import Services

/// The other half of the access matrix: every field of the schema of a record, by its class, against
/// every release profile.
@Suite("Release by field and profile")
struct ReleaseMatrixTests {
  private static let person = "0person"
  private static let pathway = "pathways/USRAP"

  /// A registration in which every field there is has a value, made from the descriptors.
  private static func record() throws -> SafeMobility.Registration {
    var text = SchemaSample()
    let json = text.json(of: SafeMobility.Registration.descriptor)
    var record = try SafeMobility.Registration(jsonString: json)
    record.redactedPaths = []
    // Of other pathways than the referral's nothing is told.
    record.findings[0].pathway = pathway
    record.invitedPathways = [pathway]
    for index in record.persons.indices {
      record.persons[index].uid = person
      // Of others than those referred nothing is told.
      let name = record.persons[index].name
      record.persons[index].guardian = name
      record.persons[index].parents = [name]
      record.persons[index].spouse = name
      record.answers?.petitioners[0].beneficiaries = [name]
      for member in record.members.indices {
        record.members[member].person = record.persons[index].name
      }
    }
    return record
  }

  private static func released(
    _ record: SafeMobility.Registration, _ classes: DataClassSet
  ) throws -> SafeMobility.Registration {
    try ReleasedView(classes, rules: FieldRules())
      .registration(record, persons: [PersonID(checked: person)], pathway: pathway)
  }

  private static func isIdentifier(_ path: String) -> Bool {
    ["name", "uid", "pathway"].contains { path.hasSuffix($0) }
  }

  @Test("the sample has every field of the schema")
  func complete() throws {
    let values = Set(try ClassifiedSchema().values(in: Self.record()).map(\.path))
    let missing = SchemaSample.paths(of: SafeMobility.Registration.descriptor)
      .filter { $0 != "redacted_paths" && !values.contains($0) }
    #expect(missing == [])
    #expect(values.count > 60)
  }

  @Test("a field is released exactly where the profile has its class, of all fields and profiles")
  func matrix() throws {
    let schema = try ClassifiedSchema()
    let record = try Self.record()
    let all = try schema.values(in: record).filter { !$0.isIdentifier }
    var pairs: Set<[String]> = []
    for profile in ReferenceData.releaseProfiles {
      let given = Set(try schema.values(in: Self.released(record, profile.classes)).map(\.path))
      for value in all {
        pairs.insert([profile.name, "\(value.dataClass)"])
        let isExpected =
          value.dataClass != .operational && profile.classes.contains(value.dataClass)
          && schema.enclosing(value.path).allSatisfy { profile.classes.contains($0) }
        #expect(given.contains(value.path) == isExpected, "\(profile.name): \(value.path)")
      }
    }
    // Every class of every profile was met, or the matrix has holes.
    #expect(pairs.count == ReferenceData.releaseProfiles.count * DataClass.allCases.count)
  }

  @Test("each class alone gives its own fields and no others", arguments: DataClass.allCases)
  func alone(_ dataClass: DataClass) throws {
    let schema = try ClassifiedSchema()
    let released = try Self.released(Self.record(), DataClassSet(classes: [dataClass]))
    let given = try schema.values(in: released).filter { !$0.isIdentifier }
    #expect(given.allSatisfy { $0.dataClass == dataClass })
    #expect(given.isEmpty == (dataClass == .operational))
  }

  @Test("what is kept and what is redacted are together the whole schema, and never both")
  func paths() throws {
    let all = Set(SchemaSample.paths(of: SafeMobility.Registration.descriptor))
    for profile in ReferenceData.releaseProfiles {
      let released = try Self.released(Self.record(), profile.classes)
      let kept = Set(try ReleasedView(profile.classes, rules: FieldRules()).releasedPaths)
      let redacted = released.redactedPaths
      #expect(kept.isSubset(of: all), "\(profile.name)")
      for path in all.subtracting(kept) where !Self.isIdentifier(path) {
        let isFramework = path == "redacted_paths" || path.hasSuffix(".person")
        let isRedacted = redacted.contains { path == $0 || path.hasPrefix($0 + ".") }
        #expect(isRedacted || isFramework, "\(profile.name): \(path)")
      }
      for path in kept {
        #expect(!redacted.contains { path == $0 || path.hasPrefix($0 + ".") }, "\(path)")
      }
    }
  }
}

/// Messages of which every field has a value.
struct SchemaSample {
  private var count = 0

  private static func isStructure(_ message: MessageDescriptor) -> Bool {
    message !== SafeMobility.CivilDate.descriptor
      && message.fullName.hasPrefix("safemobility.v1.")
  }

  /// The paths of all values of a message, into those it contains.
  static func paths(of message: MessageDescriptor) -> [String] {
    message.fields.flatMap { field -> [String] in
      guard let inner = field.type.messageDescriptor, isStructure(inner) else {
        return [field.name]
      }
      return paths(of: inner).map { "\(field.name).\($0)" }
    }
  }

  /// Its JSON; of lists with one item.
  mutating func json(of message: MessageDescriptor) -> String {
    var members: [String] = []
    for field in message.fields {
      let value = json(of: field)
      members.append("\"\(field.jsonName)\": \(field.isRepeated ? "[\(value)]" : value)")
    }
    return "{\(members.joined(separator: ", "))}"
  }

  private mutating func json(of field: FieldDescriptor) -> String {
    count += 1
    if let message = field.type.messageDescriptor { return json(ofMessage: message) }
    if let descriptor = field.type.enumDescriptor {
      return "\(descriptor.values.first { $0.number != 0 }?.number ?? 0)"
    }
    return switch field.type {
    case .bool: "true"
    case .bytes: "\"AAAA\""
    case .string: "\"value\(count)\""
    default: "\(count)"
    }
  }

  private mutating func json(ofMessage message: MessageDescriptor) -> String {
    switch message.fullName {
    case "google.protobuf.Timestamp": "\"2023-06-12T08:00:00Z\""
    case "google.protobuf.Duration": "\"\(count)s\""
    default: json(of: message)
    }
  }
}

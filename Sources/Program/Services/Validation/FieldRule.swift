import Domain
import Protobuf
import SafeMobilityAPI

/// What the schema says about one field, made ready once so that a check per call reads no options.
struct FieldRule: Sendable {
  /// The limits for a field whose rules name none (annotations.proto, FieldRules).
  static let lengthMaxByDefault = 1_000
  static let byteCountMaxByDefault = 64 << 10
  static let itemCountMaxByDefault = 100

  let field: FieldDescriptor
  /// What kind of data it is; release profiles go by it.
  let dataClass: DataClass?
  let isRequired: Bool
  let isOutputOnly: Bool
  let isImmutable: Bool
  let format: SafeMobility.Format
  let resources: [[Substring]]
  let length: ClosedRange<Int>
  let byteCount: ClosedRange<Int>
  let itemCount: ClosedRange<Int>
  let uniqueItems: Bool
  let minimum: Int64?
  let maximum: Int64?
  let definedOnly: Bool
  let fullDate: Bool
  let when: SafeMobility.TimeRelation

  init(_ field: FieldDescriptor, _ dataClass: DataClass?, _ rules: SafeMobility.FieldRules) {
    self.field = field
    self.dataClass = dataClass
    isRequired = rules.required
    isOutputOnly = rules.outputOnly
    isImmutable = rules.immutable
    format = rules.format
    resources = rules.resource.map { Self.segments(of: $0) }
    let least = Int(rules.minLength ?? 0)
    length = least...max(least, rules.maxLength.map(Int.init) ?? Self.lengthMaxByDefault)
    byteCount = least...max(least, rules.maxLength.map(Int.init) ?? Self.byteCountMaxByDefault)
    let fewest = Int(rules.minItems ?? 0)
    itemCount = fewest...max(fewest, rules.maxItems.map(Int.init) ?? Self.itemCountMaxByDefault)
    uniqueItems = rules.uniqueItems
    minimum = rules.min
    maximum = rules.max
    definedOnly = rules.definedOnly
    fullDate = rules.fullDate
    when = rules.when
  }

  /// The parts of a resource name or pattern.
  static func segments(of name: String) -> [Substring] {
    name.split(separator: "/", omittingEmptySubsequences: false)
  }
}

/// The rules of every message of the schema, by the identity of its descriptor.
struct FieldRules: Sendable {
  /// The numbers of the `data_class` and `rules` options in annotations.proto.
  private static let dataClassExtension = 50011
  private static let rulesExtension = 50013

  private let byMessage: [ObjectIdentifier: [FieldRule]]
  /// The messages by name.
  let pool: DescriptorPool

  /// Reads the annotations of all messages in `files`.
  ///
  /// - Throws: ``SchemaDefect`` for a field without a data class: nobody has decided who may see it.
  init(files: [FileDescriptor] = SafeMobility.fileDescriptors) throws {
    var byMessage: [ObjectIdentifier: [FieldRule]] = [:]
    for file in files {
      let proto = try GoogleProtobuf.FileDescriptorProto(serializedBytes: file.serializedBytes)
      var named: [String: GoogleProtobuf.DescriptorProto] = [:]
      for message in proto.messageType { Self.collect(message, file.package, &named) }
      for type in file.messages {
        let descriptor = type.descriptor
        guard let message = named[descriptor.fullName] else { continue }
        byMessage[ObjectIdentifier(descriptor)] = try Self.rules(of: message, descriptor)
      }
    }
    self.byMessage = byMessage
    pool = DescriptorPool(files)
  }

  private static func collect(
    _ message: GoogleProtobuf.DescriptorProto, _ scope: String,
    _ named: inout [String: GoogleProtobuf.DescriptorProto]
  ) {
    let name = "\(scope).\(message.name ?? "")"
    named[name] = message
    for nested in message.nestedType { collect(nested, name, &named) }
  }

  private static func rules(
    of message: GoogleProtobuf.DescriptorProto, _ descriptor: MessageDescriptor
  ) throws -> [FieldRule] {
    try message.field.compactMap { proto in
      guard let field = descriptor.field(number: Int(proto.number ?? 0)) else { return nil }
      let options = proto.options?.unknownFields ?? UnknownFields()
      let dataClass = options.varint(dataClassExtension) ?? 0
      guard dataClass != 0 else {
        throw SchemaDefect(
          description: "\(descriptor.fullName).\(field.name) has no data class in the schema")
      }
      let rules = try options.message(rulesExtension, as: SafeMobility.FieldRules.self)
      return FieldRule(
        field, DataClass(rawValue: Int(dataClass)), rules ?? SafeMobility.FieldRules())
    }
  }

  /// The rules of a message's fields; nil for a message of another schema.
  subscript(descriptor: MessageDescriptor) -> [FieldRule]? {
    byMessage[ObjectIdentifier(descriptor)]
  }
}

/// A request, resolved: every name is chosen, every type found, nothing left to look up.
struct Schema {
  var files: [SchemaFile]
  var types: TypeTable
}

/// One `.proto` file.
struct SchemaFile {
  /// As `protoc` knows it: `safemobility/v1/office.proto`.
  var path: String
  var package: String
  /// The caseless enum its code extends.
  var namespace: String
  var enums: [SchemaEnum]
  var messages: [SchemaMessage]
  var services: [SchemaService]
  /// The serialized FileDescriptorProto, without source information.
  var descriptor: [UInt8]
  /// The constant that holds it: `officeFile`.
  var descriptorName: String

  /// `safemobility/v1/office`.
  var stem: String { path.hasSuffix(".proto") ? String(path.dropLast(6)) : path }

  /// The other modules whose types its fields mention.
  var fieldModules: Set<String> {
    let fields = messages.flatMap(\.withNested).flatMap(\.fields)
    return Set(fields.compactMap(\.type.swiftType?.module))
  }

  /// The other modules whose types its methods mention.
  var methodModules: Set<String> {
    let methods = services.flatMap(\.methods)
    return Set(methods.flatMap { [$0.input, $0.output] }.compactMap(\.module))
  }
}

/// What a comment of the schema says about a declaration, and whether it is on its way out.
struct SchemaNote: Hashable {
  var comment: [String]
  var isDeprecated: Bool

  /// Nothing will be written above the declaration.
  var isBare: Bool { comment.isEmpty && !isDeprecated }
}

struct SchemaMessage {
  var protoName: String
  /// `safemobility.v1.Office`, without a leading dot.
  var fullName: String
  var type: SwiftType
  var note: SchemaNote
  /// In the order of the schema; map entries are no fields of their own.
  var fields: [SchemaField]
  var oneofs: [SchemaOneof]
  var enums: [SchemaEnum]
  /// Nested messages; the entries of maps are left out.
  var messages: [SchemaMessage]
  /// Where its fields are kept, if it is too large to hold them itself.
  var box: SchemaBox?

  /// The fields as tables and slots want them.
  var fieldsByNumber: [SchemaField] { fields.sorted { $0.number < $1.number } }

  /// Itself and all messages inside it, outermost first.
  var withNested: [SchemaMessage] { [self] + messages.flatMap(\.withNested) }
}

/// The private storage of a large message.
struct SchemaBox: Hashable {
  /// The struct that holds the fields.
  var typeName: String
  /// The property that holds the struct.
  var property: String
}

struct SchemaField {
  var protoName: String
  var jsonName: String
  var swiftName: String
  var number: Int32
  var type: FieldType
  var cardinality: Cardinality
  /// Index into `SchemaMessage.oneofs`; nil for a proto3 `optional`.
  var oneof: Int?
  var note: SchemaNote
  /// The text of a proto2 default.
  var defaultText: String?
  /// The message's Swift value would contain itself if this field were stored inline.
  var isRecursive = false

  enum Cardinality: Hashable {
    /// Always a value; the default is not sent.
    case implicit
    /// Present or not: messages, proto3 `optional`, and all of proto2.
    case explicit
    case repeated(isPacked: Bool)
    case map(key: ScalarType)
  }
}

/// What one value of a field is; for a map, what its values are.
enum FieldType: Hashable {
  case scalar(ScalarType)
  case message(SwiftType)
  case enumeration(SwiftType, zeroCase: String)

  /// The generated type, if it is one.
  var swiftType: SwiftType? {
    switch self {
    case .scalar: nil
    case .message(let type), .enumeration(let type, _): type
    }
  }

  /// The message whose value a field of this type holds.
  var message: SwiftType? {
    if case .message(let type) = self { type } else { nil }
  }
}

struct SchemaOneof {
  var protoName: String
  var swiftName: String
  var type: SwiftType
  var note: SchemaNote
  /// The names of the enum's cases, by field number.
  var caseNames: [Int32: String]
}

struct SchemaEnum {
  var protoName: String
  var fullName: String
  var type: SwiftType
  var note: SchemaNote
  var values: [SchemaEnumValue]
}

struct SchemaEnumValue {
  var protoName: String
  var caseName: String
  var number: Int32
  var note: SchemaNote
  /// The case it is a second name of.
  var aliasOf: String?
}

struct SchemaService {
  var protoName: String
  var fullName: String
  var names: ServiceNames
  var note: SchemaNote
  var methods: [SchemaMethod]
}

struct SchemaMethod {
  var protoName: String
  var swiftName: String
  /// The fake's property with its answer: `onListPathways`.
  var answerName: String
  var input: SwiftType
  var output: SwiftType
  var kind: Kind
  var note: SchemaNote

  /// Named as the cases of `CallKind` in the runtime.
  enum Kind: String, Hashable {
    case unary
    case clientStreaming
    case serverStreaming
    case bidirectionalStreaming

    var hasOneRequest: Bool { self == .unary || self == .serverStreaming }
    var hasOneResponse: Bool { self == .unary || self == .clientStreaming }

    init(clientStreams: Bool, serverStreams: Bool) {
      switch (clientStreams, serverStreams) {
      case (false, false): self = .unary
      case (true, false): self = .clientStreaming
      case (false, true): self = .serverStreaming
      case (true, true): self = .bidirectionalStreaming
      }
    }
  }
}

/// The types a service becomes.
struct ServiceNames {
  /// The protocol a server implements.
  var server: String
  /// The enum that lists its methods.
  var methods: String
  /// The protocol of what calls it.
  var clientProtocol: String
  /// The struct that calls it.
  var client: String
  /// The struct that stands in for that in tests.
  var fake: String

  /// All of them, in the order in which they are declared.
  var all: [String] { [server, methods, clientProtocol, client, fake] }
}

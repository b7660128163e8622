import Crypto
import Protobuf
public import RPCCore

/// Replaces what tells of people by pseudonyms, as the schema says which fields those are.
///
/// What the schema does not know is left out: fields that it does not have, and metadata that is not known to be harmless.
/// A message of a method that it does not have is not recorded at all.
public struct SchemaRedactor: Redactor {
  /// A call of a method that the schema does not have.
  public struct UnknownMethod: Error, CustomStringConvertible {
    /// `/package.Service/Method`
    public var path: String

    public var description: String {
      "the schema does not have \(path), so its messages cannot be recorded without what they hold"
    }
  }

  /// Metadata that says nothing of people.
  public static let harmlessMetadata: Set<String> = [
    "pasarela-purpose", "accept-language", "grpc-accept-encoding", "content-language",
    // A partner and a role, where callers name themselves.
    "pasarela-dev-identity",
  ]

  public let policyID: String
  public let policySHA256: [UInt8]

  private let types: MethodTypes
  private let fields: SensitiveFields
  private let pseudonyms: Pseudonyms
  private let harmless: Set<String>

  /// Redacts by `fields`.
  ///
  /// - Parameters:
  ///   - key: of the pseudonyms; 32 random bytes
  ///   - harmless: names of metadata that may stay
  public init(
    _ types: MethodTypes, fields: SensitiveFields? = nil, key: [UInt8],
    harmless: Set<String> = harmlessMetadata
  ) {
    self.types = types
    self.fields = fields ?? SensitiveFields(types.schema)
    self.pseudonyms = Pseudonyms(key: key)
    self.harmless = harmless
    policyID = "schema-1"
    var hash = SHA256()
    for file in types.schema.files { hash.update(data: (try? file.serializedBytes()) ?? []) }
    hash.update(data: Array(harmless.sorted().joined(separator: "\n").utf8))
    policySHA256 = Array(hash.finalize())
  }

  public func redact(
    _ message: [UInt8], of path: String, isRequest: Bool
  ) throws -> (message: [UInt8], paths: [String]) {
    guard let type = types.message(of: path, isRequest: isRequest) else {
      throw UnknownMethod(path: path)
    }
    var paths: Set<String> = []
    let redacted = try redact(
      message[...], type, within: "", isInherited: false, depthLeft: 100, &paths)
    return (redacted, paths.sorted())
  }

  public func redact(_ value: Metadata.Value, named name: String) -> Metadata.Value? {
    if harmless.contains(name) { return value }
    switch value {
    case .string(let text): return .string(pseudonyms.text(text))
    case .binary(let bytes): return .binary(pseudonyms.bytes(bytes))
    }
  }

  /// Texts and details of statuses stay: they are for strangers, and hold no values by the programme's own rule. Details
  /// of another programme may, so they go with a schema that marks nothing.
  public func redact(_ status: Status, of path: String) -> Status { status }

  private func redact(
    _ bytes: ArraySlice<UInt8>, _ type: MessageDescriptor, within prefix: String,
    isInherited: Bool, depthLeft: Int, _ paths: inout Set<String>
  ) throws(UnreadableMessage) -> [UInt8] {
    guard depthLeft > 0 else { throw UnreadableMessage() }
    var result: [UInt8] = []
    for field in try WireFields.read(bytes) {
      guard let known = type.field(number: field.number) else {
        paths.insert("\(prefix)#\(field.number)")
        continue
      }
      let path = "\(prefix)\(known.name)"
      let isSensitive = isInherited || fields.contains(field.number, of: type)
      // That it is there at all says that it is true.
      if isSensitive, known.isFlag {
        paths.insert(path)
        continue
      }
      var changed = field
      if let inner = known.type.messageDescriptor {
        guard case .content(let content) = field.payload else { throw UnreadableMessage() }
        // A message whose own fields are marked says for itself which of them tell of people.
        changed.payload = .content(
          try redact(
            content[...], inner, within: "\(path).",
            isInherited: isSensitive && !fields.marksAny(of: inner), depthLeft: depthLeft - 1,
            &paths))
      } else if isSensitive {
        changed.payload = try replaced(field.payload, known)
        paths.insert(path)
      }
      WireFields.append(changed, to: &result)
    }
    return result
  }

  private func replaced(
    _ payload: WireField.Payload, _ field: FieldDescriptor
  ) throws(UnreadableMessage) -> WireField.Payload {
    switch payload {
    case .varint(let value): return .varint(number(value, field))
    // Measures of a person: nothing of them is kept.
    case .fixed64: return .fixed64(Array(repeating: 0, count: 8))
    case .fixed32: return .fixed32(Array(repeating: 0, count: 4))
    case .content(let content):
      switch field.type {
      case .string:
        let text = String(decoding: content, as: UTF8.self)
        return .content(Array(pseudonyms.text(text).utf8))
      case .bytes: return .content(pseudonyms.bytes(content))
      case .double, .float, .fixed32, .fixed64, .sfixed32, .sfixed64:
        return .content(Array(repeating: 0, count: content.count))
      default:
        var rest = content[...]
        var packed: [UInt8] = []
        while !rest.isEmpty {
          WireFields.append(varint: number(try WireFields.varint(&rest), field), to: &packed)
        }
        return .content(packed)
      }
    }
  }

  private func number(_ value: UInt64, _ field: FieldDescriptor) -> UInt64 {
    switch field.type {
    // One of two says what it was, so it is always the same.
    case .bool: return 1
    case .enum, .describedEnum:
      let values = field.type.enumDescriptor?.values.map(\.number).filter { $0 > 0 } ?? []
      return pseudonyms.choice(value, of: values.map(UInt64.init))
    // Zigzag, where even numbers are those that are not negative.
    case .sint32, .sint64: return pseudonyms.integer(value, named: field.name) << 1
    default: return pseudonyms.integer(value, named: field.name)
    }
  }
}

extension FieldDescriptor {
  /// Whether it is a bool that is written only when it is true.
  fileprivate var isFlag: Bool {
    if case .bool = type { cardinality == .implicit } else { false }
  }
}

extension SensitiveFields {
  /// Whether any field of a message is one of them.
  func marksAny(of message: MessageDescriptor) -> Bool {
    message.fields.contains { contains($0.number, of: message) }
  }
}

/// Fills a message from a JSON tree, by the proto3 JSON mapping
/// (https://protobuf.dev/programming-guides/json).
struct JSONDecoding {
  let options: JSONDecodingOptions

  /// Messages may be nested this much deeper: as in bytes, so that what is read can also be sent.
  private var depthLeft: Int

  init(options: JSONDecodingOptions) {
    self.options = options
    depthLeft = options.limits.depthMax
  }

  /// The same, one level further in.
  func deeper() throws(JSONError) -> JSONDecoding {
    guard depthLeft > 0 else { throw JSONError("messages are nested too deeply") }
    var inner = self
    inner.depthLeft -= 1
    return inner
  }

  /// Fills a message from an object, or from what its well-known type is written as.
  func fill(_ message: inout MessageBuilder, from value: JSONValue) throws {
    let inner = try deeper()
    if let known = WellKnownJSON(rawValue: message.descriptor.fullName) {
      return try inner.fill(&message, from: value, as: known)
    }
    guard case .object(let members) = value else {
      throw JSONError("must be an object, not \(value.kind)")
    }
    try inner.fill(&message, members)
  }

  /// Fills an ordinary message.
  func fill(
    _ message: inout MessageBuilder, _ members: [(key: String, value: JSONValue)]
  ) throws {
    var seen: Set<Int> = []
    for (key, value) in members {
      guard let field = message.descriptor.field(jsonOrProtoName: key) else {
        if options.ignoreUnknownFields { continue }
        throw JSONError("there is no such field").inside(key)
      }
      do {
        // Both spellings of one name are the same member twice.
        guard seen.insert(field.number).inserted else { throw JSONError("is there twice") }
        if case .null = value, !takesNull(field) { continue }
        if field.oneofName != nil, message.isSlotTaken(field) {
          throw JSONError("another member of its oneof is there too")
        }
        try set(field, of: &message, to: value)
      } catch let error as JSONError {
        throw error.inside(key)
      }
    }
  }

  private func takesNull(_ field: FieldDescriptor) -> Bool {
    if field.isRepeated { return false }
    return field.type.messageDescriptor?.fullName == WellKnownJSON.value.rawValue
      || field.type.enumDescriptor?.fullName == "google.protobuf.NullValue"
  }

  private func set(
    _ field: FieldDescriptor, of message: inout MessageBuilder, to value: JSONValue
  ) throws {
    if field.isMap { return try setMap(field, of: &message, to: value) }
    guard field.isRepeated else { return try add(value, to: field, of: &message) }
    guard case .array(let items) = value else {
      throw JSONError("must be an array, not \(value.kind)")
    }
    for (index, item) in items.enumerated() {
      do {
        try add(item, to: field, of: &message)
      } catch let error as JSONError {
        throw error.inside("[\(index)]")
      }
    }
  }

  private func setMap(
    _ field: FieldDescriptor, of message: inout MessageBuilder, to value: JSONValue
  ) throws {
    guard case .object(let members) = value else {
      throw JSONError("must be an object, not \(value.kind)")
    }
    for (key, item) in members {
      do {
        try addEntry(key, item, to: field, of: &message)
      } catch let error as JSONError {
        throw error.inside("[\(key.debugDescription)]")
      }
    }
  }

  private func addEntry(
    _ key: String, _ item: JSONValue, to field: FieldDescriptor, of message: inout MessageBuilder
  ) throws {
    guard let entryType = field.type.messageDescriptor,
      let keyField = entryType.field(number: 1), let valueField = entryType.field(number: 2)
    else { return }
    let keyScalar: Scalar
    if case .bool = keyField.type {
      guard key == "true" || key == "false" else { throw JSONError("the key must be a boolean") }
      keyScalar = .bool(key == "true")
    } else {
      guard let scalar = try scalar(.string(key), keyField.type) else { return }
      keyScalar = scalar
    }
    if !valueField.type.isMessage, try scalar(item, valueField.type) == nil { return }
    var entry = try message.addMessage(to: field)
    try entry.add(keyScalar, to: keyField)
    try deeper().add(item, to: valueField, of: &entry)
  }

  private func add(
    _ value: JSONValue, to field: FieldDescriptor, of message: inout MessageBuilder
  ) throws {
    if field.type.isMessage {
      var inner = try message.addMessage(to: field)
      return try fill(&inner, from: value)
    }
    if let scalar = try scalar(value, field.type) { try message.add(scalar, to: field) }
  }

  /// A scalar of a type; nil for an unknown enum name that is to be passed over.
  func scalar(_ value: JSONValue, _ type: FieldType) throws(JSONError) -> Scalar? {
    switch type {
    case .bool:
      guard case .bool(let flag) = value else { throw wrong("a boolean", value) }
      return .bool(flag)
    case .string:
      guard case .string(let text) = value else { throw wrong("a string", value) }
      return .string(text)
    case .bytes:
      guard case .string(let text) = value, let bytes = Base64.decode(text) else {
        throw wrong("a string in base64", value)
      }
      return .bytes(bytes)
    case .enum, .describedEnum:
      return try enumScalar(value, type)
    case .double:
      return .double(try number(value, "a number") { JSONNumber.floating($0, as: Double.self) })
    case .float:
      return .float(try number(value, "a number") { JSONNumber.floating($0, as: Float.self) })
    case .int32, .sint32, .sfixed32:
      return .int32(try number(value, "a 32-bit integer") { JSONNumber.signed($0, as: Int32.self) })
    case .int64, .sint64, .sfixed64:
      return .int64(try number(value, "a 64-bit integer") { JSONNumber.signed($0, as: Int64.self) })
    case .uint32, .fixed32:
      return .uint32(
        try number(value, "an unsigned 32-bit integer") { JSONNumber.unsigned($0, as: UInt32.self) }
      )
    case .uint64, .fixed64:
      return .uint64(
        try number(value, "an unsigned 64-bit integer") { JSONNumber.unsigned($0, as: UInt64.self) }
      )
    case .message, .describedMessage:
      throw JSONError("is a message")
    }
  }

  private func enumScalar(_ value: JSONValue, _ type: FieldType) throws(JSONError) -> Scalar? {
    let descriptor = type.enumDescriptor
    switch value {
    case .null where descriptor?.fullName == "google.protobuf.NullValue":
      return .enum(0)
    case .string(let name):
      if let number = descriptor?.number(named: name) { return .enum(number) }
      if options.ignoreUnknownFields { return nil }
      throw JSONError("is no value of \(descriptor?.fullName ?? "the enum")")
    case .number(let text):
      guard let number = JSONNumber.signed(text, as: Int32.self) else {
        throw wrong("an enum value", value)
      }
      return .enum(number)
    case .null, .bool, .array, .object:
      throw wrong("an enum value", value)
    }
  }

  private func number<Number>(
    _ value: JSONValue, _ what: String, _ read: (String) -> Number?
  ) throws(JSONError) -> Number {
    switch value {
    case .number(let text), .string(let text):
      guard let number = read(text) else { throw wrong(what, value) }
      return number
    case .null, .bool, .array, .object:
      throw wrong(what, value)
    }
  }

  private func wrong(_ what: String, _ value: JSONValue) -> JSONError {
    JSONError("must be \(what), not \(value.kind) like this")
  }
}

extension MessageDescriptor {
  /// The field that JSON calls so: by its lowerCamelCase name, or as in the .proto file.
  fileprivate func field(jsonOrProtoName name: String) -> FieldDescriptor? {
    fields.first { $0.jsonName == name } ?? field(named: name)
  }
}

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

  /// Runs `body` one step further in: what it throws is an error at that step.
  func within<Result>(
    _ name: @autoclosure () -> String, _ step: JSONStep, _ body: () throws -> Result
  ) throws(JSONError) -> Result {
    do {
      return try body()
    } catch let error as JSONError {
      throw error.inside(name(), step)
    } catch {
      throw JSONError("\(error)").inside(name(), step)
    }
  }

  /// Fills an ordinary message.
  ///
  /// - Parameter passedOver: a member that is no field.
  func fill(
    _ message: inout MessageBuilder, _ members: [(key: String, value: JSONValue)],
    except passedOver: String? = nil
  ) throws {
    var seen: Set<Int> = []
    for (place, (key, value)) in members.enumerated() where key != passedOver {
      guard let field = message.descriptor.field(jsonOrProtoName: key) else {
        if options.ignoreUnknownFields { continue }
        throw JSONError("there is no such field").inside(key, .name(place))
      }
      // Both spellings of one name are the same member twice.
      guard seen.insert(field.number).inserted else {
        throw JSONError("is there twice").inside(key, .name(place))
      }
      if case .null = value, !takesNull(field) { continue }
      if field.oneofName != nil, message.isSlotTaken(field) {
        throw JSONError("another member of its oneof is there too").inside(key, .name(place))
      }
      try within(key, .member(place)) { try set(field, of: &message, to: value) }
    }
  }

  private func takesNull(_ field: FieldDescriptor) -> Bool {
    if field.isRepeated { return false }
    return field.type.messageDescriptor?.fullName == WellKnownJSON.value.rawValue
      || field.type.enumDescriptor?.fullName == "google.protobuf.NullValue"
  }

  /// Sets a field to all the values it has.
  func set(
    _ field: FieldDescriptor, of message: inout MessageBuilder, to value: JSONValue
  ) throws {
    if field.isMap { return try setMap(field, of: &message, to: value) }
    guard field.isRepeated else { return try add(value, to: field, of: &message) }
    guard case .array(let items) = value else {
      throw JSONError("must be an array, not \(value.kind)")
    }
    for (place, item) in items.enumerated() {
      try within("[\(place)]", .item(place)) { try add(item, to: field, of: &message) }
    }
  }

  /// Sets a single field, or adds a value to a repeated one.
  func add(
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
      if name.isASCII, let number = descriptor?.number(named: name) { return .enum(number) }
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
    guard name.isASCII else { return nil }
    return fields.first { $0.jsonName == name } ?? field(named: name)
  }
}

extension String {
  /// Whether every scalar is ASCII. A name that is not can be none of a schema, but Swift holds some to
  /// be equal to one that is: the Kelvin sign to a K.
  var isASCII: Bool {
    utf8.allSatisfy { $0 < 0x80 }
  }
}

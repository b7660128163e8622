extension JSONDecoding {
  func fill(
    _ message: inout MessageBuilder, from value: JSONValue, as known: WellKnownJSON
  ) throws {
    switch known {
    case .timestamp:
      // RFC 3339 allows small letters, the JSON mapping does not.
      guard case .string(let text) = value, !text.utf8.contains(where: { $0 > 0x60 }),
        let time = GoogleProtobuf.Timestamp(text: text)
      else {
        throw JSONError("must be a time of RFC 3339, such as 2023-06-12T15:00:00Z")
      }
      try set(&message, [.int64(time.seconds), .int32(time.nanos)])
    case .duration:
      guard case .string(let text) = value, let span = GoogleProtobuf.Duration(text: text) else {
        throw JSONError("must be seconds with an s, such as 1.5s")
      }
      try set(&message, [.int64(span.seconds), .int32(span.nanos)])
    case .fieldMask:
      guard case .string(let text) = value else {
        throw JSONError("must be paths joined by commas")
      }
      guard let field = message.descriptor.field(number: 1) else { return }
      for path in try FieldMaskJSON.paths(of: text) { try message.add(.string(path), to: field) }
    case .any:
      try fillAny(&message, from: value)
    case .structure, .listValue:
      // The object, or array, is the value of its only field.
      if case .null = value { throw JSONError("must not be null") }
      guard let field = message.descriptor.field(number: 1) else { return }
      try set(field, of: &message, to: value)
    case .value:
      try fillDynamic(&message, from: value)
    case .doubleValue, .floatValue, .int64Value, .uint64Value, .int32Value, .uint32Value,
      .boolValue, .stringValue, .bytesValue:
      guard let field = message.descriptor.field(number: 1),
        let scalar = try scalar(value, field.type)
      else { return }
      try message.add(scalar, to: field)
    }
  }

  /// Sets fields 1, 2, …
  private func set(_ message: inout MessageBuilder, _ scalars: [Scalar]) throws {
    for (index, scalar) in scalars.enumerated() {
      guard let field = message.descriptor.field(number: index + 1) else { continue }
      try message.add(scalar, to: field)
    }
  }

  private func fillDynamic(_ message: inout MessageBuilder, from value: JSONValue) throws {
    func field(_ number: Int) throws -> FieldDescriptor {
      guard let field = message.descriptor.field(number: number) else {
        throw JSONError("the schema of Value lacks a kind")
      }
      return field
    }
    switch value {
    case .null: try message.add(.enum(0), to: try field(1))
    case .number(let text):
      guard let number = JSONNumber.floating(text, as: Double.self) else {
        throw JSONError("the number is out of range")
      }
      try message.add(.double(number), to: try field(2))
    case .string(let text): try message.add(.string(text), to: try field(3))
    case .bool(let flag): try message.add(.bool(flag), to: try field(4))
    case .object:
      var inner = try message.addMessage(to: try field(5))
      try fill(&inner, from: value)
    case .array:
      var inner = try message.addMessage(to: try field(6))
      try fill(&inner, from: value)
    }
  }

  private func fillAny(_ message: inout MessageBuilder, from value: JSONValue) throws {
    guard case .object(let members) = value else {
      throw JSONError("must be an object, not \(value.kind)")
    }
    if members.isEmpty { return }
    guard let typePlace = members.firstIndex(where: { $0.key == Self.typeKey }),
      case .string(let url) = members[typePlace].value
    else { throw JSONError("needs its type as \(Self.typeKey)") }
    let type = try within(Self.typeKey, .member(typePlace)) {
      let packed = GoogleProtobuf.Any_.with { $0.typeUrl = url }
      guard let type = options.registry.descriptor(named: packed.typeName) else {
        throw JSONError("the type \(packed.typeName) is not known here")
      }
      return type
    }
    let bytes = try serialized(members, as: type)
    try set(&message, [.string(url), .bytes(bytes)])
  }

  /// The member that names the type of an `Any`.
  private static let typeKey = "@type"

  /// The content of an `Any` as bytes.
  private func serialized(
    _ members: [(key: String, value: JSONValue)], as type: MessageDescriptor
  ) throws -> [UInt8] {
    var image = try NewImage(type, options.limits)
    if WellKnownJSON(rawValue: type.fullName) != nil {
      guard members.count == 2, let place = members.firstIndex(where: { $0.key == "value" }) else {
        throw JSONError("needs exactly one member besides \(Self.typeKey), value")
      }
      try within("value", .member(place)) {
        try fill(&image.message, from: members[place].value)
      }
    } else {
      try deeper().fill(&image.message, members, except: Self.typeKey)
    }
    return try image.serializedBytes()
  }
}

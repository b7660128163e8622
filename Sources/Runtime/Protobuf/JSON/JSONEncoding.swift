/// Makes the JSON tree of a message from its view, by the proto3 JSON mapping
/// (https://protobuf.dev/programming-guides/json).
struct JSONEncoding {
  let options: JSONEncodingOptions

  /// Messages may be nested this much deeper. The view bounds itself, but each `Any` opens another.
  private var depthLeft = 2 * DecodingLimits.standard.depthMax

  init(options: JSONEncodingOptions) { self.options = options }

  /// The tree of a message: an object, or what its well-known type is written as.
  func value(of view: borrowing MessageView) throws -> JSONValue {
    let inner = try deeper()
    if let known = WellKnownJSON(rawValue: view.descriptor.fullName) {
      return try inner.value(of: view, as: known)
    }
    return .object(try inner.members(of: view))
  }

  /// The same, one level further in.
  func deeper() throws(JSONError) -> JSONEncoding {
    guard depthLeft > 0 else { throw JSONError("messages are nested too deeply") }
    var inner = self
    inner.depthLeft -= 1
    return inner
  }

  /// The members of an ordinary message.
  func members(of view: borrowing MessageView) throws -> [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = []
    for field in view.descriptor.fields {
      let name = options.preserveProtoFieldNames ? field.name : field.jsonName
      do {
        guard let value = try value(of: field, in: view) else { continue }
        if field.sharesJSONName { throw JSONError("has the JSON name of another field") }
        members.append((name, value))
      } catch let error as JSONError {
        throw error.inside(name)
      }
    }
    return members
  }

  private func value(
    of field: FieldDescriptor, in view: borrowing MessageView
  ) throws -> JSONValue? {
    let count = view.count(field)
    guard count > 0 || (options.alwaysPrintImplicitFields && isImplicit(field)) else { return nil }
    if field.isMap { return try map(field, count, in: view) }
    guard field.isRepeated else { return try item(of: field, at: 0, in: view) }
    var items: [JSONValue] = []
    for index in 0..<count { items.append(try item(of: field, at: index, in: view)) }
    return .array(items)
  }

  private func isImplicit(_ field: FieldDescriptor) -> Bool {
    field.isRepeated || field.cardinality == .implicit
  }

  private func item(
    of field: FieldDescriptor, at index: Int, in view: borrowing MessageView
  ) throws -> JSONValue {
    guard field.type.isMessage else {
      return value(of: try view.scalar(field, at: index), field.type)
    }
    return try view.withMessage(field, at: index) { inner in try value(of: inner) } ?? .null
  }

  /// A map is an object; of entries with one key the last counts.
  private func map(
    _ field: FieldDescriptor, _ count: Int, in view: borrowing MessageView
  ) throws -> JSONValue {
    // By their bytes, as in the scanner.
    var places: [[UInt8]: Int] = [:]
    var members: [(key: String, value: JSONValue)] = []
    for index in 0..<count {
      _ = try view.withMessage(field, at: index) { entry in
        guard let keyField = entry.descriptor.field(number: 1),
          let valueField = entry.descriptor.field(number: 2)
        else { return }
        let key = self.key(of: try entry.scalar(keyField))
        let value = try mapValue(valueField, in: entry)
        if let place = places[Array(key.utf8)] {
          members[place].value = value
        } else {
          places[Array(key.utf8)] = members.count
          members.append((key, value))
        }
      }
    }
    return .object(members)
  }

  /// An entry without a value has its type's default, an empty message.
  private func mapValue(
    _ field: FieldDescriptor, in entry: borrowing MessageView
  ) throws -> JSONValue {
    if let type = field.type.messageDescriptor, entry.count(field) == 0 {
      return try type.withView(of: []) { empty in try value(of: empty) }
    }
    return try item(of: field, at: 0, in: entry)
  }

  private func key(of scalar: Scalar) -> String {
    switch scalar {
    case .bool(let flag): flag ? "true" : "false"
    case .string(let text): text
    case .int32(let number), .enum(let number): "\(number)"
    case .int64(let number): "\(number)"
    case .uint32(let number): "\(number)"
    case .uint64(let number): "\(number)"
    case .float, .double, .bytes: ""
    }
  }

  /// 64-bit numbers are strings, because JavaScript's numbers lose them.
  func value(of scalar: Scalar, _ type: FieldType) -> JSONValue {
    switch scalar {
    case .int32(let number): .number("\(number)")
    case .uint32(let number): .number("\(number)")
    case .int64(let number): .string("\(number)")
    case .uint64(let number): .string("\(number)")
    case .float(let number): JSONNumber.value(of: number)
    case .double(let number): JSONNumber.value(of: number)
    case .bool(let flag): .bool(flag)
    case .string(let text): .string(text)
    case .bytes(let bytes): .string(Base64.encode(bytes))
    case .enum(let number): enumValue(number, type)
    }
  }

  private func enumValue(_ number: Int32, _ type: FieldType) -> JSONValue {
    let descriptor = type.enumDescriptor
    if descriptor?.fullName == "google.protobuf.NullValue" { return .null }
    guard !options.enumsAsNumbers, let name = descriptor?.name(of: number) else {
      return .number("\(number)")
    }
    return .string(name)
  }
}

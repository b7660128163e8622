/// The well-known types that have a JSON form of their own.
enum WellKnownJSON: String {
  case timestamp = "google.protobuf.Timestamp"
  case duration = "google.protobuf.Duration"
  case fieldMask = "google.protobuf.FieldMask"
  case any = "google.protobuf.Any"
  case structure = "google.protobuf.Struct"
  case value = "google.protobuf.Value"
  case listValue = "google.protobuf.ListValue"
  case doubleValue = "google.protobuf.DoubleValue"
  case floatValue = "google.protobuf.FloatValue"
  case int64Value = "google.protobuf.Int64Value"
  case uint64Value = "google.protobuf.UInt64Value"
  case int32Value = "google.protobuf.Int32Value"
  case uint32Value = "google.protobuf.UInt32Value"
  case boolValue = "google.protobuf.BoolValue"
  case stringValue = "google.protobuf.StringValue"
  case bytesValue = "google.protobuf.BytesValue"
}

extension JSONEncoding {
  func value(of view: borrowing MessageView, as known: WellKnownJSON) throws -> JSONValue {
    switch known {
    case .timestamp:
      let time = GoogleProtobuf.Timestamp.with {
        $0.seconds = view.int64(1)
        $0.nanos = Int32(truncatingIfNeeded: view.int64(2))
      }
      guard let text = time.text else { throw JSONError("is outside the years 1 to 9999") }
      return .string(text)
    case .duration:
      let span = GoogleProtobuf.Duration.with {
        $0.seconds = view.int64(1)
        $0.nanos = Int32(truncatingIfNeeded: view.int64(2))
      }
      guard let text = span.text else { throw JSONError("is no valid duration") }
      return .string(text)
    case .fieldMask:
      return .string(try FieldMaskJSON.text(of: try view.strings(1)))
    case .any:
      return try any(view)
    case .structure:
      // Its only field is a map, which is written as the object it stands for.
      return try members(of: view).first?.value ?? .object([])
    case .listValue:
      return try members(of: view).first?.value ?? .array([])
    case .value:
      return try dynamicValue(view)
    case .doubleValue, .floatValue, .int64Value, .uint64Value, .int32Value, .uint32Value,
      .boolValue, .stringValue, .bytesValue:
      guard let field = view.descriptor.field(number: 1) else { return .null }
      return value(of: try view.scalar(field), field.type)
    }
  }

  private func dynamicValue(_ view: borrowing MessageView) throws -> JSONValue {
    // A Value without a kind is written as null, as other implementations do.
    guard let field = view.presentFields.first else { return .null }
    guard field.type.isMessage else {
      let scalar = try view.scalar(field)
      if case .double(let number) = scalar, !number.isFinite {
        throw JSONError("a Value must be a finite number")
      }
      return value(of: scalar, field.type)
    }
    return try view.withMessage(field) { inner in try value(of: inner) } ?? .null
  }

  private func any(_ view: borrowing MessageView) throws -> JSONValue {
    let url = try view.strings(1).first ?? ""
    let bytes = try view.bytes(2)
    if url.isEmpty, bytes.isEmpty { return .object([]) }
    let packed = GoogleProtobuf.Any_.with { $0.typeUrl = url }
    guard let type = options.registry.descriptor(named: packed.typeName) else {
      throw JSONError("the type \(packed.typeName) is not known here")
    }
    return try type.withView(of: bytes) { inner in
      let isKnown = WellKnownJSON(rawValue: inner.descriptor.fullName) != nil
      let content =
        isKnown
        ? [("value", try value(of: inner))] : try deeper().members(of: inner)
      return .object([("@type", .string(url))] + content)
    }
  }
}

extension MessageView {
  /// The whole number in a field; 0 for none.
  fileprivate func int64(_ number: Int) -> Int64 {
    guard let field = descriptor.field(number: number), let scalar = try? scalar(field) else {
      return 0
    }
    switch scalar {
    case .int32(let value): return Int64(value)
    case .int64(let value): return value
    default: return 0
    }
  }

  fileprivate func strings(_ number: Int) throws(DecodingError) -> [String] {
    guard let field = descriptor.field(number: number) else { return [] }
    var strings: [String] = []
    for index in 0..<count(field) {
      if case .string(let text) = try scalar(field, at: index) { strings.append(text) }
    }
    return strings
  }

  fileprivate func bytes(_ number: Int) throws(DecodingError) -> [UInt8] {
    guard let field = descriptor.field(number: number), case .bytes(let bytes) = try scalar(field)
    else { return [] }
    return bytes
  }
}

/// Field masks as JSON writes them: lowerCamelCase paths, joined by commas.
enum FieldMaskJSON {
  static func text(of paths: [String]) throws(JSONError) -> String {
    var texts: [String] = []
    for path in paths {
      let text = camel(path)
      // A path that does not come back as it was cannot be sent.
      guard snake(text) == path else { throw JSONError("a path of the mask has no JSON form") }
      texts.append(text)
    }
    return texts.joined(separator: ",")
  }

  static func paths(of text: String) throws(JSONError) -> [String] {
    if text.isEmpty { return [] }
    var paths: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let path = snake(String(part)) else { throw JSONError("is no field mask") }
      paths.append(path)
    }
    return paths
  }

  private static func camel(_ path: String) -> String {
    var text = ""
    var isNextUpper = false
    for character in path {
      if character == "_" {
        isNextUpper = true
      } else {
        text += isNextUpper ? character.uppercased() : String(character)
        isNextUpper = false
      }
    }
    return text
  }

  private static func snake(_ text: String) -> String? {
    var path = ""
    for character in text {
      if character == "_" { return nil }
      if character.isUppercase {
        path += "_" + character.lowercased()
      } else {
        path.append(character)
      }
    }
    return path
  }
}

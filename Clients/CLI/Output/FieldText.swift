import Protobuf
import SafeMobilityAPI

/// Fields as people read them.
enum FieldText {
  /// The text of a field: a value, or the values of a repeated one joined by commas.
  static func text(of field: FieldDescriptor, in view: borrowing MessageView) throws -> String {
    var texts: [String] = []
    for index in 0..<view.count(field) {
      if field.type.isMessage {
        texts.append(try view.withMessage(field, at: index) { try text(of: $0) } ?? "")
      } else {
        texts.append(text(of: try view.scalar(field, at: index), field.type))
      }
    }
    return texts.joined(separator: ", ")
  }

  /// Every field of a message as a path and a text, messages within it step by step.
  static func flatten(
    _ view: borrowing MessageView, prefix: String, into rows: inout [[String]]
  ) throws {
    for field in view.presentFields where field.name != "redacted_paths" {
      let path = prefix + field.name
      guard field.type.isMessage, !isValue(field) else {
        rows.append([path, try text(of: field, in: view)])
        continue
      }
      for index in 0..<view.count(field) {
        let step = field.isRepeated ? "\(path)[\(index)]." : "\(path)."
        _ = try view.withMessage(field, at: index) { inner in
          try flatten(inner, prefix: step, into: &rows)
        }
      }
    }
  }

  /// Whether a message stands for one value.
  private static func isValue(_ field: FieldDescriptor) -> Bool {
    let name = field.type.messageDescriptor?.fullName
    return name == SafeMobility.CivilDate.descriptor.fullName
      || name == GoogleProtobuf.Timestamp.descriptor.fullName
      || name == GoogleProtobuf.Duration.descriptor.fullName
  }

  private static func text(of message: borrowing MessageView) throws -> String {
    switch message.descriptor.fullName {
    case SafeMobility.CivilDate.descriptor.fullName:
      let parts = try (1...3).map { try number(message, $0) }.filter { $0 != 0 }
      return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    case GoogleProtobuf.Timestamp.descriptor.fullName:
      let time = GoogleProtobuf.Timestamp.with {
        $0.seconds = (try? number(message, 1)) ?? 0
      }
      return time.text ?? ""
    default:
      return try message.presentFields.map { field in
        "\(field.name)=\(try text(of: field, in: message))"
      }.joined(separator: " ")
    }
  }

  private static func number(_ message: borrowing MessageView, _ number: Int) throws -> Int64 {
    guard let field = message.descriptor.field(number: number) else { return 0 }
    switch try message.scalar(field) {
    case .int32(let value): return Int64(value)
    case .int64(let value): return value
    default: return 0
    }
  }

  private static func text(of scalar: Scalar, _ type: FieldType) -> String {
    switch scalar {
    case .int32(let number): "\(number)"
    case .int64(let number): "\(number)"
    case .uint32(let number): "\(number)"
    case .uint64(let number): "\(number)"
    case .float(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let flag): flag ? "yes" : "no"
    case .string(let text): text
    case .bytes(let bytes): hexadecimal(bytes)
    case .enum(let number): enumText(number, type)
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The name without what all names of the enum begin with.
  private static func enumText(_ number: Int32, _ type: FieldType) -> String {
    guard let names = type.enumDescriptor, let name = names.name(of: number) else {
      return "\(number)"
    }
    let zero = names.name(of: 0) ?? ""
    let prefix = zero.hasSuffix("UNSPECIFIED") ? zero.dropLast("UNSPECIFIED".count) : ""
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
  }
}

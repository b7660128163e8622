import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Storage
import Testing

@testable import Services

extension RecordScene {
  // MARK: What is asked

  /// A request in which every field that the schema demands is as it demands it, and names the records.
  ///
  /// - Parameters:
  ///   - isNarrowed: whether it names the case too where it may name one to have its records only
  ///   - entry: the entry of the log that it names, where it names one
  func request(
    of method: DescribedMethod, isNarrowed: Bool = false, entry: String = ""
  ) throws -> [UInt8] {
    let type = try method.input
    var maker = RequestMaker(scene: self, rules: try FieldRules(), entry: entry)
    maker.isNarrowed = isNarrowed
    maker.isUpdate = type.descriptor.fields.contains { $0.name == "update_mask" }
    return try type.init(jsonString: maker.json(of: type.descriptor)).serializedBytes()
  }

  /// That it passes what every request passes before a record is looked for.
  func check(
    _ request: [UInt8], of method: DescribedMethod, _ validator: RequestValidator
  ) throws {
    try Self.check(method.input, request, validator, world.clock.now)
  }

  private static func check<Request: Message>(
    _ type: Request.Type, _ bytes: [UInt8], _ validator: RequestValidator, _ now: Instant
  ) throws {
    try validator.check(try Request(serializedBytes: bytes), now: now)
  }
}

/// Makes the text of a request from the schema, with the names of a scene's records.
private struct RequestMaker {
  let scene: RecordScene
  let rules: FieldRules
  let entry: String
  var isNarrowed = false
  /// Whether the record to change is named by the record within.
  var isUpdate = false

  func json(of message: MessageDescriptor, isInner: Bool = false) throws -> String {
    let members = (rules[message] ?? []).filter {
      $0.isRequired && !$0.isOutputOnly || $0.itemCount.lowerBound > 0 || $0.field.name == "etag"
        || isInner && isUpdate && $0.field.name == "name"
        || !isInner && isNarrowed && MethodPart.isPersonal($0)
    }
    return try "{"
      + members.map { rule in
        let value = try value(of: rule)
        let count = max(1, rule.itemCount.lowerBound)
        let list = "[\((0..<count).map { distinct(value, $0) }.joined(separator: ", "))]"
        return "\"\(rule.field.jsonName)\": \(rule.field.isRepeated ? list : value)"
      }.joined(separator: ", ") + "}"
  }

  /// The n-th of several like a text, each another in its first letter.
  private func distinct(_ text: String, _ number: Int) -> String {
    guard number > 0, text.hasPrefix("\"A") else { return text }
    return text.replacing("\"A", with: "\"\(["B", "C", "D", "E"][number - 1])", maxReplacements: 1)
  }

  private func value(of rule: FieldRule) throws -> String {
    if let message = rule.field.type.messageDescriptor {
      return try value(ofMessage: message, rule)
    }
    if let values = rule.field.type.enumDescriptor {
      return "\(values.values.first { $0.number != 0 }?.number ?? 0)"
    }
    switch rule.field.type {
    case .bool: return "true"
    case .bytes: return "\"\(String(repeating: "A", count: 43))=\""
    case .string: return "\"\(text(of: rule))\""
    default:
      return rule.field.name.hasSuffix("_size")
        ? "\(scene.treeSize)" : "\(max(rule.minimum ?? 1, 1))"
    }
  }

  private func value(
    ofMessage message: MessageDescriptor, _ rule: FieldRule
  ) throws -> String {
    switch message.fullName {
    case "google.protobuf.Timestamp":
      let time = rule.when == .past ? World.opening - .days(2) : World.opening + .days(2)
      return "\"\(time)\""
    case "google.protobuf.Duration": return "\"3600s\""
    case "google.protobuf.FieldMask": return "\"\""
    case SafeMobility.CivilDate.descriptor.fullName:
      return "{\"year\": 2023, \"month\": 6, \"day\": \(rule.when == .future ? 13 : 1)}"
    default: return try json(of: message, isInner: true)
    }
  }

  private func text(of rule: FieldRule) -> String {
    if rule.field.name == "algorithm_version" { return PresenceKey.algorithmVersion }
    for pattern in rule.resources {
      if pattern.first == "auditLogs" {
        return pattern.count > 2 ? entry : "auditLogs/\(AuditTrail.log)"
      }
      if let name = scene.names[pattern.joined(separator: "/")] { return name }
    }
    return switch rule.format {
    case .uuidV4: requestID()
    case .etag: "\\\"x.1\\\""
    case .receipt: scene.receipt
    case .visitCode: scene.visitCode
    case .rrule: "FREQ=WEEKLY;BYDAY=MO"
    case .regionCode: "US"
    case .subdivisionCode: "GT-09"
    case .languageCode: "es-GT"
    case .timeZone: "America/Guatemala"
    case .e164: "+50255550100"
    case .email: "somebody@example.org"
    case .resourceId: "abc"
    case .uid: ResourceUID(checked: "x").rawValue
    default: String(repeating: "x", count: max(1, rule.length.lowerBound))
    }
  }
}

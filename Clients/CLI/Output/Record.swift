import Foundation
import Protobuf
import SafeMobilityAPI

/// A message as plain data, in the names of the schema, ready to be shown.
struct Record: Hashable, Sendable {
  /// The full name of the message's type.
  var type: String
  /// The fields that have a value, in the order of the schema.
  var fields: [Field]

  struct Field: Hashable, Sendable {
    var name: String
    var value: Value
  }

  indirect enum Value: Hashable, Sendable {
    /// `shown` is for people, `raw` for programs.
    case text(shown: String, raw: String)
    case record(Record)
    case list([Value])
  }

  subscript(name: String) -> Value? { fields.first { $0.name == name }?.value }
}

extension Record {
  /// Reads a message.
  ///
  /// - Parameter zone: of the times in messages that have no `time_zone` of their own
  init(_ message: some Message, zone: TimeZone) throws {
    self = try message.withView { try Record($0, zone: zone) }
  }

  /// Reads a serialized message, for which no Swift type is needed.
  init(_ bytes: [UInt8], of type: MessageDescriptor, zone: TimeZone) throws {
    self = try type.withView(of: bytes) { try Record($0, zone: zone) }
  }

  private init(_ view: borrowing MessageView, zone: TimeZone) throws {
    let zone = try Self.ownZone(view) ?? zone
    type = view.descriptor.fullName
    fields = []
    for field in view.presentFields {
      var values: [Value] = []
      for index in 0..<view.count(field) {
        values.append(try Self.value(field, at: index, in: view, zone))
      }
      if field.isRepeated {
        fields.append(Field(name: field.name, value: .list(values)))
      } else if let value = values.first {
        fields.append(Field(name: field.name, value: value))
      }
    }
  }

  private static func ownZone(_ view: borrowing MessageView) throws -> TimeZone? {
    guard let field = view.descriptor.field(named: "time_zone"), view.isPresent(field),
      case .string(let name) = try view.scalar(field)
    else { return nil }
    return TimeZone(identifier: name)
  }

  private static func value(
    _ field: FieldDescriptor, at index: Int, in view: borrowing MessageView, _ zone: TimeZone
  ) throws -> Value {
    guard field.type.isMessage else {
      return ValueText.value(try view.scalar(field, at: index), field.type)
    }
    let value = try view.withMessage(field, at: index) { inner -> Value in
      try ValueText.value(of: inner, zone) ?? .record(Record(inner, zone: zone))
    }
    return value ?? .text(shown: "", raw: "")
  }
}

extension Record {
  /// The values at a path such as `registration.members[1].person`; a list that no index follows is
  /// searched in full. None when the path leads nowhere.
  func values(at path: String) -> [Value] {
    var found: [Value] = [.record(self)]
    for step in path.split(separator: ".", omittingEmptySubsequences: false) {
      found = found.flatMap { $0.step(String(step)) }
    }
    return found
  }
}

extension Record.Value {
  /// The values one step further, `name` or `name[index]`.
  fileprivate func step(_ step: String) -> [Record.Value] {
    switch self {
    case .text: return []
    case .list(let items): return items.flatMap { $0.step(step) }
    case .record(let record):
      let parts = step.split(separator: "[", maxSplits: 1, omittingEmptySubsequences: false)
      guard let value = record[String(parts[0])] else { return [] }
      guard parts.count == 2 else { return [value] }
      guard parts[1].hasSuffix("]"), let index = Int(parts[1].dropLast()),
        case .list(let items) = value, items.indices.contains(index)
      else { return [] }
      return [items[index]]
    }
  }

  /// The texts for programs, of a list one for each item; of a record none.
  var rawTexts: [String] {
    switch self {
    case .text(_, let raw): [raw]
    case .list(let items): items.flatMap(\.rawTexts)
    case .record: []
    }
  }
}

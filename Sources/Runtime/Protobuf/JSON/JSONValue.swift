/// A JSON text as a tree (RFC 8259): what lies between text and messages, both ways.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// The number as written; whether it fits is the field's business.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// Members in the order of the text; keys are unique.
  case object([(key: String, value: JSONValue)])

  /// What it is, for messages to people.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// One field of a message as the schema declares it.
///
/// Generated code lists a message's fields with the factories below, one line each, in ascending
/// order of their numbers.
public struct FieldDescriptor: Sendable {
  /// How often a field may occur, and whether an absent one differs from a default one.
  public enum Cardinality: Hashable, Sendable {
    /// A proto3 scalar: absent and default are the same.
    case implicit
    /// proto3 `optional`, every single message, every proto2 field: absent is not default.
    case explicit
    /// At most one member of the oneof of this name is present.
    case member(of: String)
    /// Any number, each with its own tag.
    case repeated
    /// Any number of scalars in one length-delimited run.
    case packed
    /// Any number of entries with distinct keys.
    case map
  }

  /// 1 to 2^29 - 1, unique in its message.
  public let number: Int

  /// The name in the .proto file, lower_snake_case.
  public let name: String

  /// The name in JSON, lowerCamelCase unless the schema says otherwise.
  public let jsonName: String

  /// What each value is. The type of a map field is its entry message, with fields 1 `key` and
  /// 2 `value`.
  public let type: FieldType

  /// How often it occurs.
  public let cardinality: Cardinality

  /// Where it lies in the image: set by the message's descriptor, see ``MessageDescriptor``.
  public internal(set) var slot = 0

  /// Whether a field before this one has the same JSON name, which proto3 forbids and proto2 does not. A
  /// reader would take this field's value for the other's, so it has no JSON. Set as `slot` is.
  var sharesJSONName = false

  init(
    _ number: Int, _ name: String, _ type: FieldType, _ cardinality: Cardinality, json: String?
  ) {
    self.number = number
    self.name = name
    self.jsonName = json ?? Self.jsonName(of: name)
    self.type = type
    self.cardinality = cardinality
  }
}

extension FieldDescriptor {
  /// A scalar or enum without presence.
  public static func singular(
    _ number: Int, _ name: String, _ type: FieldType, json: String? = nil
  ) -> Self {
    Self(number, name, type, .implicit, json: json)
  }

  /// A field with presence: proto3 `optional`, single messages, proto2 fields.
  public static func optional(
    _ number: Int, _ name: String, _ type: FieldType, json: String? = nil
  ) -> Self {
    Self(number, name, type, .explicit, json: json)
  }

  /// A repeated field written with one tag per value.
  public static func repeated(
    _ number: Int, _ name: String, _ type: FieldType, json: String? = nil
  ) -> Self {
    Self(number, name, type, .repeated, json: json)
  }

  /// A repeated scalar written as one run.
  public static func packed(
    _ number: Int, _ name: String, _ type: FieldType, json: String? = nil
  ) -> Self {
    Self(number, name, type, .packed, json: json)
  }

  /// A map.
  public static func map(
    _ number: Int, _ name: String, _ key: FieldType, _ value: FieldType, json: String? = nil
  ) -> Self {
    let entry = MessageDescriptor(
      mapEntryOf: name, [.optional(1, "key", key), .optional(2, "value", value)])
    return Self(number, name, .describedMessage { entry }, .map, json: json)
  }

  /// A member of the oneof named `oneof`.
  public static func member(
    _ number: Int, _ name: String, _ type: FieldType, of oneof: String, json: String? = nil
  ) -> Self {
    Self(number, name, type, .member(of: oneof), json: json)
  }
}

extension FieldDescriptor {
  /// The oneof this field is a member of.
  public var oneofName: String? {
    if case .member(let name) = cardinality { name } else { nil }
  }

  /// Whether the field holds several values: repeated, packed or map.
  public var isRepeated: Bool {
    switch cardinality {
    case .repeated, .packed, .map: true
    case .implicit, .explicit, .member: false
    }
  }

  /// Whether the field is a map.
  public var isMap: Bool {
    cardinality == .map
  }

  /// protoc's rule for the default JSON name: an underscore goes, and the letter after it is raised.
  static func jsonName(of name: String) -> String {
    var result = ""
    var raiseNext = false
    for character in name {
      if character == "_" {
        raiseNext = true
      } else {
        result += raiseNext ? character.uppercased() : String(character)
        raiseNext = false
      }
    }
    return result
  }
}

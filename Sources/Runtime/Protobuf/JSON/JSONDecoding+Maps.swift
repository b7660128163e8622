extension JSONDecoding {
  /// Sets a map from an object. Two names that are one key to the field are refused: `"1"` and `"1.0"`
  /// of a number, and texts that are equal to Swift, of which a dictionary could hold but one.
  func setMap(
    _ field: FieldDescriptor, of message: inout MessageBuilder, to value: JSONValue
  ) throws {
    guard case .object(let members) = value else {
      throw JSONError("must be an object, not \(value.kind)")
    }
    guard let entryType = field.type.messageDescriptor,
      let keyField = entryType.field(number: 1), let valueField = entryType.field(number: 2)
    else { return }
    let canMeet = Self.canMeet(members, keyField.type)
    var keys: Set<Scalar> = []
    if canMeet { keys.reserveCapacity(members.count) }
    for (place, (name, item)) in members.enumerated() {
      let key = try within("[\(name.debugDescription)]", .name(place)) {
        let key = try mapKey(name, keyField.type)
        guard !canMeet || keys.insert(key).inserted else {
          throw JSONError("the key is there already, spelled differently")
        }
        return key
      }
      try within("[\(name.debugDescription)]", .member(place)) {
        if !valueField.type.isMessage, try scalar(item, valueField.type) == nil { return }
        var entry = try message.addMessage(to: field)
        try entry.add(key, to: keyField)
        try deeper().add(item, to: valueField, of: &entry)
      }
    }
  }

  /// Whether two names can be one key. Names are unique in their bytes, and as texts too when they are
  /// ASCII: most maps need no second look.
  private static func canMeet(
    _ members: [(key: String, value: JSONValue)], _ type: FieldType
  ) -> Bool {
    switch type {
    case .string: !members.allSatisfy(\.key.isASCII)
    default: true
    }
  }

  /// The key that a member's name stands for: any spelling of a number that its field takes as a
  /// string, but of a boolean only its word.
  private func mapKey(_ name: String, _ type: FieldType) throws(JSONError) -> Scalar {
    if case .bool = type {
      guard name == "true" || name == "false" else { throw JSONError("the key must be a boolean") }
      return .bool(name == "true")
    }
    // Only the name of an enum value can be passed over, and no key is of an enum.
    guard let key = try scalar(.string(name), type) else { throw JSONError("is no key") }
    return key
  }
}

/// A list that records written by earlier versions do not have: read back, theirs is empty.
///
/// So a list can be added to an entity without a migration; an optional property needs nothing.
@propertyWrapper
public struct AddedLater<Element: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
  /// The list.
  public var wrappedValue: [Element]

  /// Any list.
  public init(wrappedValue: [Element]) {
    self.wrappedValue = wrappedValue
  }

  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode([Element].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

extension KeyedDecodingContainer {
  /// What the compiler writes for a property with ``AddedLater`` calls this one.
  func decode<Element>(
    _ type: AddedLater<Element>.Type, forKey key: Key
  ) throws -> AddedLater<Element> {
    try decodeIfPresent(type, forKey: key) ?? AddedLater(wrappedValue: [])
  }
}

/// Storage for a message field on a cycle of messages: a value of infinite size becomes a reference
/// that behaves like a value.
///
/// The generated code writes it in front of such fields; reading and writing the field is as if it
/// were not there. Copies share until one of them is changed.
@propertyWrapper
public struct Boxed<Value: Sendable & Hashable>: Sendable, Hashable {
  private final class Box: Sendable {
    let value: Value

    init(_ value: Value) {
      self.value = value
    }
  }

  private var box: Box?

  /// A field that is not set.
  public init() {
    box = nil
  }

  /// A field with a first value.
  public init(wrappedValue: Value?) {
    box = wrappedValue.map(Box.init)
  }

  /// The field's value, `nil` when it is not set.
  public var wrappedValue: Value? {
    get { box?.value }
    set { box = newValue.map(Box.init) }
  }

  /// Equal when the values are; the same box is equal without a look inside.
  public static func == (left: Self, right: Self) -> Bool {
    left.box === right.box || left.wrappedValue == right.wrappedValue
  }

  /// Hashes the value, not the box.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(wrappedValue)
  }
}

/// Storage for the fields of a large message: one reference that behaves like the value in it.
///
/// Passing such a message on costs one retain instead of one for each of its strings and arrays.
/// Copies share the fields until one of them is changed; then that one makes its own.
@frozen
public struct CopyOnWrite<Value: Sendable & Hashable>: Sendable, Hashable {
  /// Sendable because a `Storage` is written only while one reference to it exists.
  @usableFromInline
  final class Storage: @unchecked Sendable {
    // Whoever writes holds the only reference, so nobody else can be reading: the check at run
    // time would look for what cannot be, on every field of every message.
    @exclusivity(unchecked)
    @usableFromInline
    var value: Value

    @inlinable
    init(_ value: Value) {
      // SAFETY: nobody else has the object yet.
      unsafe self.value = value
    }
  }

  @usableFromInline
  var storage: Storage

  /// Keeps a first value.
  @inlinable
  public init(_ value: Value) {
    storage = Storage(value)
  }

  /// The value. Changing it in place copies it first if it is shared.
  @inlinable
  public var value: Value {
    get {
      // SAFETY: writers hold the only reference, and this is another use of ours.
      unsafe storage.value
    }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(value) }
      // SAFETY: ours is the only reference, and `self` is being modified by one writer.
      yield unsafe &storage.value
    }
  }

  /// Equal when the values are; shared storage is equal without a look inside.
  @inlinable
  public static func == (left: Self, right: Self) -> Bool {
    left.storage === right.storage || left.value == right.value
  }

  /// Hashes the value.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(value)
  }
}

/// One header list: names and values in a single buffer, in order, duplicates kept.
///
/// A block is filled, used and emptied again without giving its storage back, so that the header
/// list of a call costs no allocation once its stream object has been used before.
public struct HeaderBlock: Sendable, Hashable {
  /// Where one field lies inside `bytes`; the value follows its name directly.
  public struct Field: Sendable, Hashable {
    /// Index of the first byte of the name.
    public var start: Int32
    /// Bytes of the name.
    public var nameByteCount: Int32
    /// Bytes of the value.
    public var valueByteCount: Int32
    /// The value must not enter a compression table: it is secret, or never the same twice.
    public var isNeverIndexed: Bool

    /// Where the name lies.
    public var name: Range<Int> { Int(start)..<Int(start + nameByteCount) }
    /// Where the value lies.
    public var value: Range<Int> {
      Int(start + nameByteCount)..<Int(start + nameByteCount + valueByteCount)
    }
  }

  /// Names and values, one after the other.
  public private(set) var bytes: [UInt8] = []
  /// The fields in the order of the wire.
  public private(set) var fields: [Field] = []
  /// Σ(name + value + 32), also of fields that were dropped.
  public private(set) var listByteCount = 0
  /// Fields were dropped because the list was over a limit.
  public internal(set) var isOversized = false
  /// Fields seen, kept or not.
  var seenCount = 0

  /// An empty block.
  public init() {}

  /// No fields.
  public var isEmpty: Bool { fields.isEmpty }

  /// Adds a field; `name` is lower-case already.
  public mutating func append(
    _ name: String, _ value: String, isNeverIndexed: Bool = false
  ) {
    let start = bytes.count
    bytes.append(contentsOf: name.utf8)
    let split = bytes.count
    bytes.append(contentsOf: value.utf8)
    note(start: start, split: split, isNeverIndexed: isNeverIndexed)
  }

  /// Adds a field from bytes.
  public mutating func append(
    name: Span<UInt8>, value: Span<UInt8>, isNeverIndexed: Bool = false
  ) {
    let start = bytes.count
    for index in name.indices { bytes.append(name[index]) }
    let split = bytes.count
    for index in value.indices { bytes.append(value[index]) }
    note(start: start, split: split, isNeverIndexed: isNeverIndexed)
  }

  /// Forgets the fields and keeps the storage.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    listByteCount = 0
    isOversized = false
    seenCount = 0
  }

  /// The name of a field as text; bytes that are not UTF-8 become U+FFFD.
  public func name(of field: Field) -> String { String(decoding: bytes[field.name], as: UTF8.self) }

  /// The value of a field as text; bytes that are not UTF-8 become U+FFFD.
  public func value(of field: Field) -> String {
    String(decoding: bytes[field.value], as: UTF8.self)
  }

  /// The value of the first field of that name.
  public func firstValue(_ name: String) -> String? {
    for field in fields where isName(of: field, name) { return value(of: field) }
    return nil
  }

  /// Whether the field has that name.
  public func isName(of field: Field, _ name: String) -> Bool {
    Int(field.nameByteCount) == name.utf8.count && bytes[field.name].elementsEqual(name.utf8)
  }

  /// Counts a field that arrived, whether it will be kept or not; answers the new size.
  mutating func count(nameByteCount: Int, valueByteCount: Int) {
    listByteCount += nameByteCount + valueByteCount + 32
    seenCount += 1
  }

  /// Adds a field that was counted before.
  mutating func appendCounted(
    name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) {
    let start = bytes.count
    unsafe bytes.append(contentsOf: name)
    let split = bytes.count
    unsafe bytes.append(contentsOf: value)
    fields.append(
      Field(
        start: Int32(truncatingIfNeeded: start),
        nameByteCount: Int32(truncatingIfNeeded: split - start),
        valueByteCount: Int32(truncatingIfNeeded: bytes.count - split), isNeverIndexed: false))
  }

  private mutating func note(start: Int, split: Int, isNeverIndexed: Bool) {
    let field = Field(
      start: Int32(truncatingIfNeeded: start),
      nameByteCount: Int32(truncatingIfNeeded: split - start),
      valueByteCount: Int32(truncatingIfNeeded: bytes.count - split),
      isNeverIndexed: isNeverIndexed)
    fields.append(field)
    count(
      nameByteCount: Int(field.nameByteCount), valueByteCount: Int(field.valueByteCount))
  }
}

/// One header list: names and values in a single buffer, in order, duplicates kept.
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
  public private(set) var isOversized = false
  /// An empty block.
  public init() {}

  /// An empty block with room for so much, so that filling it moves nothing.
  public init(byteCapacity: Int, fieldCapacity: Int) {
    bytes.reserveCapacity(byteCapacity)
    fields.reserveCapacity(fieldCapacity)
  }

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

  /// Adds a field from bytes; the name is lower-case already.
  public mutating func append(
    name: Span<UInt8>, value: Span<UInt8>, isNeverIndexed: Bool = false
  ) {
    let start = bytes.count
    // SAFETY: the pointers are used inside the closures only, and the array copies what they show.
    unsafe name.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    let split = bytes.count
    unsafe value.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    note(start: start, split: split, isNeverIndexed: isNeverIndexed)
  }

  /// Forgets the fields and keeps the storage.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    listByteCount = 0
    isOversized = false
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

  /// A list that was received; each length is the name's (high half) and the value's.
  init(
    bytes: UnsafeBufferPointer<UInt8>, lengths: UnsafeBufferPointer<UInt64>, listByteCount: Int,
    isOversized: Bool
  ) {
    unsafe self.bytes = [UInt8](bytes)
    fields.reserveCapacity(lengths.count)
    var start: Int32 = 0
    // By index: swift-format 6.3 joins the two words of `for unsafe length in`.
    for index in lengths.indices {
      let length = unsafe lengths[index]
      let field = Field(
        start: start, nameByteCount: Int32(truncatingIfNeeded: length >> 32),
        valueByteCount: Int32(truncatingIfNeeded: length), isNeverIndexed: false)
      fields.append(field)
      start += field.nameByteCount + field.valueByteCount
    }
    self.listByteCount = listByteCount
    self.isOversized = isOversized
  }

  private mutating func note(start: Int, split: Int, isNeverIndexed: Bool) {
    let field = Field(
      start: Int32(truncatingIfNeeded: start),
      nameByteCount: Int32(truncatingIfNeeded: split - start),
      valueByteCount: Int32(truncatingIfNeeded: bytes.count - split),
      isNeverIndexed: isNeverIndexed)
    fields.append(field)
    listByteCount += Int(field.nameByteCount) + Int(field.valueByteCount) + 32
  }
}

/// What travels beside a message: an ordered list of names and values, names may repeat.
///
/// Names are lower-case; a name ending in `-bin` has bytes as its value, any other printable ASCII
/// text. All fields lie one behind the other in one buffer, so receiving twenty of them
/// costs no more allocations than one, and text is made only of what somebody asks for.
public struct Metadata: Sendable, Hashable {
  // Name, value, name, value, … in the order of `fields`, without gaps: equal content is equal bytes.
  private var bytes: [UInt8] = []
  private var fields: [Field] = []

  private struct Field: Sendable, Hashable {
    var start: Int
    var nameCount: Int
    var valueCount: Int
    var isBinary: Bool

    var valueStart: Int { start + nameCount }
    var end: Int { valueStart + valueCount }
  }

  /// No fields.
  public init() {}

  /// A value, by the kind its name calls for.
  public enum Value: Sendable, Hashable {
    /// Printable ASCII; spaces at the ends do not survive the wire and are dropped.
    case string(String)
    /// Any bytes, under a name that ends in `-bin`.
    case binary([UInt8])
  }

  /// Why a field was refused.
  public enum Refusal: Error, Sendable, Hashable {
    /// The name has bytes outside `0-9 a-z _ . -`, or none.
    case illegalName(String)
    /// The name is the protocol's own: `:…`, `te`, `content-type`, `user-agent`, `grpc-…`.
    case reservedName(String)
    /// The text has bytes outside 0x20…0x7E. The value itself is not repeated here: it may be secret.
    case illegalValue(name: String)
    /// Text under a `-bin` name, or bytes under any other.
    case wrongKind(name: String)
  }

  /// The first text under `name`, or nil; bytes do not count. Names are found in any case.
  public subscript(name: String) -> String? {
    guard let field = firstField(named: name), !field.isBinary else { return nil }
    return text(of: field)
  }

  /// All texts under `name`, in order.
  public func values(for name: String) -> [String] {
    let name = Self.normalized(name)
    return fields.filter { !$0.isBinary && isNamed($0, name) }.map { text(of: $0) }
  }

  /// All byte values under `name`, which ends in `-bin`, in order.
  public func binaryValues(for name: String) -> [[UInt8]] {
    let name = Self.normalized(name)
    return fields.filter { $0.isBinary && isNamed($0, name) }.map {
      Array(bytes[$0.valueStart..<$0.end])
    }
  }

  /// Adds a text behind what is there. Upper case in the name is folded.
  public mutating func append(_ name: String, _ value: String) throws(Refusal) {
    try append(name, .string(value))
  }

  /// Adds bytes behind what is there, under a name that ends in `-bin`.
  public mutating func append(_ name: String, binary value: [UInt8]) throws(Refusal) {
    try append(name, .binary(value))
  }

  /// Adds a field behind what is there. Upper case in the name is folded.
  ///
  /// - Throws: the reason why this is not a legal field for an application.
  public mutating func append(_ name: String, _ value: Value) throws(Refusal) {
    let nameBytes = Self.normalized(name)
    let span = nameBytes.span
    if MetadataName.isReserved(span) { throw .reservedName(name) }
    guard MetadataName.isLegal(span) else { throw .illegalName(name) }
    switch (value, MetadataName.isBinary(span)) {
    case (.string(let text), false):
      let value = Self.trimmed(Array(text.utf8))
      guard value.allSatisfy({ (0x20...0x7E).contains($0) }) else {
        throw .illegalValue(name: name)
      }
      appendReceived(name: span, value: value.span, isBinary: false)
    case (.binary(let value), true):
      appendReceived(name: span, value: value.span, isBinary: true)
    case (.string, true), (.binary, false):
      throw .wrongKind(name: name)
    }
  }

  /// Σ(name + value + 32) over the fields, bytes counted as base64: what limits of header lists count.
  ///
  /// Source: RFC 9113 § 6.5.2, MAX_HEADER_LIST_SIZE.
  public var listByteCount: Int {
    fields.reduce(0) { sum, field in
      let valueCount = field.isBinary ? (field.valueCount * 4 + 2) / 3 : field.valueCount
      return sum + field.nameCount + valueCount + 32
    }
  }

  /// Adds all fields of `other` behind what is there.
  public mutating func append(contentsOf other: Metadata) {
    let offset = bytes.count
    bytes.append(contentsOf: other.bytes)
    fields.append(
      contentsOf: other.fields.lazy.map {
        Field(
          start: $0.start + offset, nameCount: $0.nameCount, valueCount: $0.valueCount,
          isBinary: $0.isBinary)
      })
  }

  /// Replaces everything under `name` by this one text.
  public mutating func set(_ name: String, _ value: String) throws(Refusal) {
    try set(name, .string(value))
  }

  /// Replaces everything under `name` by this one value; on a throw nothing has changed.
  public mutating func set(_ name: String, _ value: Value) throws(Refusal) {
    var changed = self
    changed.removeAll(named: name)
    try changed.append(name, value)
    self = changed
  }

  /// Removes everything under `name`.
  public mutating func removeAll(named name: String) {
    let name = Self.normalized(name)
    guard fields.contains(where: { isNamed($0, name) }) else { return }
    var kept = Metadata()
    for field in fields where !isNamed(field, name) {
      kept.append(
        nameAndValue: bytes[field.start..<field.end], nameCount: field.nameCount,
        isBinary: field.isBinary)
    }
    self = kept
  }
}

extension Metadata: RandomAccessCollection {
  /// One field.
  public struct Element: Sendable, Hashable {
    /// The name, in lower case.
    public var name: String
    /// The value, bytes exactly when the name ends in `-bin`.
    public var value: Value
  }

  /// Always 0.
  public var startIndex: Int { 0 }
  /// The number of fields.
  public var endIndex: Int { fields.count }

  /// The field at `position`, in the order of arrival.
  public subscript(position: Int) -> Element {
    let field = fields[position]
    let name = String(decoding: bytes[field.start..<field.valueStart], as: UTF8.self)
    let value = bytes[field.valueStart..<field.end]
    return Element(
      name: name, value: field.isBinary ? .binary(Array(value)) : .string(text(of: field)))
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Fields written in source: `["x-purpose": "audit", "trace-bin": .binary(bytes)]`.
  ///
  /// - Precondition: every field is legal. For names or values from elsewhere use
  ///   ``append(_:_:)-(String,String)``, which throws.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements {
      do {
        try append(name, value)
      } catch {
        preconditionFailure("illegal metadata: \(error)")
      }
    }
  }
}

extension Metadata.Value: ExpressibleByStringInterpolation {
  /// A literal is text.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension Metadata {
  /// Adds a field that a transport received, or one of the protocol's own; nothing is checked.
  package mutating func appendReceived(name: Span<UInt8>, value: Span<UInt8>, isBinary: Bool) {
    let start = bytes.count
    bytes.append(contentsOf: name)
    bytes.append(contentsOf: value)
    fields.append(
      Field(
        start: start, nameCount: name.count, valueCount: value.count, isBinary: isBinary))
  }

  /// Empties it and keeps the storage, for a receiver that fills one after the other.
  package mutating func removeAllKeepingCapacity() {
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  /// A copy with storage of its own, so that the original can go on being filled without copying.
  package func detached() -> Metadata {
    var copy = Metadata()
    copy.bytes.reserveCapacity(bytes.count)
    copy.bytes.append(contentsOf: bytes)
    copy.fields.reserveCapacity(fields.count)
    copy.fields.append(contentsOf: fields)
    return copy
  }

  /// Shows every field's name and value bytes in order, without making text of them.
  package func forEachField<Failure: Error>(
    _ body: (_ name: Span<UInt8>, _ value: Span<UInt8>, _ isBinary: Bool) throws(Failure) -> Void
  ) throws(Failure) {
    let all = bytes.span
    for field in fields {
      try body(
        all.extracting(field.start..<field.valueStart),
        all.extracting(field.valueStart..<field.end), field.isBinary)
    }
  }
}

extension Metadata {
  private static func normalized(_ name: String) -> [UInt8] {
    name.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
  }

  private static func trimmed(_ value: [UInt8]) -> [UInt8] {
    guard let first = value.firstIndex(where: { $0 != 0x20 }),
      let last = value.lastIndex(where: { $0 != 0x20 })
    else { return [] }
    return Array(value[first...last])
  }

  private func firstField(named name: String) -> Field? {
    if fields.isEmpty { return nil }
    let name = Self.normalized(name)
    return fields.first { isNamed($0, name) }
  }

  private func isNamed(_ field: Field, _ name: [UInt8]) -> Bool {
    field.nameCount == name.count && bytes[field.start..<field.valueStart].elementsEqual(name)
  }

  private func text(of field: Field) -> String {
    String(decoding: bytes[field.valueStart..<field.end], as: UTF8.self)
  }

  private mutating func append(nameAndValue: ArraySlice<UInt8>, nameCount: Int, isBinary: Bool) {
    let start = bytes.count
    bytes.append(contentsOf: nameAndValue)
    fields.append(
      Field(
        start: start, nameCount: nameCount, valueCount: nameAndValue.count - nameCount,
        isBinary: isBinary))
  }
}

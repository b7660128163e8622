/// Fields that came with a message but are not in its schema, kept as they came.
///
/// They are written after all known fields, so a message from a newer schema passes through an older
/// program whole. Extensions, such as our annotations on methods and fields, are read from here.
public struct UnknownFields: Hashable, Sendable {
  /// Well-formed fields, each with its tag.
  public private(set) var bytes: [UInt8]

  /// No fields.
  @inlinable
  public init() {
    self.init(uncheckedBytes: [])
  }

  @usableFromInline
  init(uncheckedBytes: [UInt8]) {
    bytes = uncheckedBytes
  }

  /// Fields from elsewhere; throws ``DecodingError`` when they are not well-formed.
  public init(bytes: [UInt8]) throws(DecodingError) {
    self.init(uncheckedBytes: bytes)
    try forEachField { _, _ in }
  }

  /// Whether there are none.
  @inlinable
  public var isEmpty: Bool {
    bytes.isEmpty
  }
}

extension UnknownFields {
  enum Payload {
    case number(UInt64)
    case content([UInt8])
    case group
  }

  /// Calls `body` for each field in order.
  private func forEachField(
    _ body: (_ number: Int, _ payload: Payload) -> Void
  ) throws(DecodingError) {
    try unsafe bytes.span.bytes.withUnsafeBytes { (raw) throws(DecodingError) in
      guard let start = raw.baseAddress else { return }
      // SAFETY: the cursor stays between the two ends of the array, inside this closure.
      var cursor = unsafe WireCursor(start, end: start + raw.count)
      while !cursor.isAtEnd {
        let (number, wireType) = try cursor.readTag()
        switch wireType {
        case .varint: body(Int(number), .number(try cursor.readVarint()))
        case .fixed32: body(Int(number), .number(UInt64(try cursor.readFixed32())))
        case .fixed64: body(Int(number), .number(try cursor.readFixed64()))
        case .lengthDelimited:
          let content = try cursor.readLengthDelimited()
          body(Int(number), .content(content.array))
        case .groupStart, .groupEnd:
          try cursor.skip(
            wireType, of: number, depthLeft: DecodingLimits.standard.depthMax)
          body(Int(number), .group)
        }
      }
    }
  }

  private func payloads(_ number: Int) -> [Payload] {
    var found: [Payload] = []
    // Kept bytes are well-formed: they were checked on their way in.
    try? forEachField { if $0 == number { found.append($1) } }
    return found
  }
}

extension UnknownFields {
  /// Every number stored under a field number, from single values and from packed runs of varints.
  public func varints(_ number: Int) -> [UInt64] {
    payloads(number).flatMap { payload -> [UInt64] in
      switch payload {
      case .number(let value): return [value]
      case .group: return []
      case .content(let bytes):
        var values: [UInt64] = []
        var rest = bytes[...]
        while let (value, byteCount) = WireFormat.leadingVarint(of: rest) {
          values.append(value)
          rest = rest.dropFirst(byteCount)
        }
        return values
      }
    }
  }

  /// The last number stored under a field number: bool, enum, integer, or the bits of a fixed one.
  public func varint(_ number: Int) -> UInt64? {
    varints(number).last
  }

  /// The last number stored under a field number, as a truth value.
  public func bool(_ number: Int) -> Bool? {
    varint(number).map { $0 != 0 }
  }

  /// The contents stored under a field number, in order.
  public func contents(_ number: Int) -> [[UInt8]] {
    payloads(number).compactMap { if case .content(let bytes) = $0 { bytes } else { nil } }
  }

  /// The texts stored under a field number; contents that are not UTF-8 are left out.
  public func strings(_ number: Int) -> [String] {
    contents(number).compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// The last text stored under a field number.
  public func string(_ number: Int) -> String? {
    strings(number).last
  }

  /// The messages stored under a field number, one for each occurrence.
  public func messages<Value: Message>(
    _ number: Int, as type: Value.Type
  ) throws(DecodingError) -> [Value] {
    var values: [Value] = []
    for bytes in contents(number) {
      values.append(try Value(serializedBytes: bytes))
    }
    return values
  }

  /// The message stored under a field number, its parts merged; `nil` when there is none.
  public func message<Value: Message>(
    _ number: Int, as type: Value.Type
  ) throws(DecodingError) -> Value? {
    let parts = contents(number)
    // Parts of one message may simply be joined: that is what merging means on the wire.
    return parts.isEmpty ? nil : try Value(serializedBytes: Array(parts.joined()))
  }
}

extension UnknownFields {
  /// Adds a varint field.
  public mutating func append(_ number: Int, varint value: UInt64) {
    append(tag: number, .varint)
    WireFormat.append(varint: value, to: &bytes)
  }

  /// Adds a length-delimited field: text, bytes or a serialized message.
  public mutating func append(_ number: Int, content: [UInt8]) {
    append(tag: number, .lengthDelimited)
    WireFormat.append(varint: UInt64(content.count), to: &bytes)
    bytes += content
  }

  private mutating func append(tag number: Int, _ wireType: WireType) {
    precondition(
      (1...WireFormat.fieldNumberMax).contains(number), "field numbers are 1 to 2^29 - 1")
    WireFormat.append(varint: UInt64(number) << 3 | UInt64(wireType.rawValue), to: &bytes)
  }
}

extension WireCursor {
  /// A copy of the bytes that are left.
  var array: [UInt8] {
    // SAFETY: position and end are bounds of one buffer.
    unsafe Array(UnsafeRawBufferPointer(start: position, count: byteCountLeft))
  }
}

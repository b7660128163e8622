import Domain

extension SQLRow {
  /// The next column as an instant.
  mutating func instant() throws(SQLFailure) -> Instant {
    Instant(microseconds: try integer())
  }

  /// The next column as an instant or NULL.
  mutating func instantIfPresent() -> Instant? {
    integerIfPresent().map { Instant(microseconds: $0) }
  }

  /// The next column as a code of `Code`.
  mutating func code<Code: RawRepresentable<Int>>(
    _ type: Code.Type
  ) throws(SQLFailure) -> Code {
    let raw = try count()
    guard let code = Code(rawValue: raw) else { throw .unreadableRow("\(type) has no \(raw)") }
    return code
  }

  /// The next column as a code of `Code` or NULL.
  mutating func codeIfPresent<Code: RawRepresentable<Int>>(
    _ type: Code.Type
  ) throws(SQLFailure) -> Code? {
    guard let raw = integerIfPresent() else { return nil }
    guard let code = Code(rawValue: Int(raw)) else {
      throw .unreadableRow("\(type) has no \(raw)")
    }
    return code
  }

  /// The next column as checked text: an id, a code.
  mutating func checked<Text: RawRepresentable<String>>(
    _ type: Text.Type
  ) throws(SQLFailure) -> Text {
    guard let value = Text(rawValue: try text()) else { throw .unreadableRow("no \(type)") }
    return value
  }

  /// The next column as a version.
  mutating func version() throws(SQLFailure) -> Version {
    guard let version = Version(rawValue: try integer()) else { throw .unreadableRow("version") }
    return version
  }

  /// The next three columns, version and times.
  mutating func revision() throws(SQLFailure) -> Revision {
    Revision(version: try version(), createTime: try instant(), updateTime: try instant())
  }

  /// The next column as a digest.
  mutating func digest() throws(SQLFailure) -> Digest {
    guard let digest = Digest(try bytes()) else { throw .unreadableRow("no digest") }
    return digest
  }

  /// The next column as a digest or NULL.
  mutating func digestIfPresent() throws(SQLFailure) -> Digest? {
    guard let bytes = bytesIfPresent() else { return nil }
    guard let digest = Digest(bytes) else { throw .unreadableRow("no digest") }
    return digest
  }
}

extension SQLValue {
  /// An id or a checked text.
  static func text(_ value: some RawRepresentable<String>) -> SQLValue { .text(value.rawValue) }

  /// An id or a checked text, or NULL.
  static func text<Text: RawRepresentable<String>>(_ value: Text?) -> SQLValue {
    value.map { .text($0.rawValue) } ?? .null
  }

  /// A state or another stored code.
  static func code(_ value: some RawRepresentable<Int>) -> SQLValue {
    .integer(Int64(value.rawValue))
  }

  /// A stored code, or NULL.
  static func code<Code: RawRepresentable<Int>>(_ value: Code?) -> SQLValue {
    value.map { .integer(Int64($0.rawValue)) } ?? .null
  }

  /// An instant in microseconds.
  static func instant(_ value: Instant) -> SQLValue { .integer(value.microseconds) }

  /// An instant in microseconds, or NULL.
  static func instant(_ value: Instant?) -> SQLValue {
    value.map { .integer($0.microseconds) } ?? .null
  }

  /// A version.
  static func version(_ value: Version) -> SQLValue { .integer(value.rawValue) }

  /// A version, or NULL.
  static func version(_ value: Version?) -> SQLValue {
    value.map { .integer($0.rawValue) } ?? .null
  }

  /// A digest.
  static func digest(_ value: Digest) -> SQLValue { .bytes(value.bytes) }

  /// A digest, or NULL.
  static func digest(_ value: Digest?) -> SQLValue { value.map { .bytes($0.bytes) } ?? .null }
}

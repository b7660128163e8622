/// The code of a registration for the telephone: 7 Crockford characters and a check, upper-case.
///
/// It names a registration and grants nothing.
public struct Receipt: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  static let characterCount = 8
  /// 8 characters.
  public let rawValue: String

  /// Canonical text only; see ``init(typed:)`` for what people type.
  public init?(rawValue: String) {
    guard Crockford.isSealed(rawValue, count: Self.characterCount) else { return nil }
    self.rawValue = rawValue
  }

  /// What a person typed or read out: any case, spaces, hyphens, O for 0, I or L for 1.
  public init?(typed text: String) {
    guard let canonical = Crockford.read(text, count: Self.characterCount) else { return nil }
    self.rawValue = canonical
  }

  /// A new receipt.
  public init(using random: inout some RandomNumberGenerator) {
    rawValue = Crockford.make(count: Self.characterCount - 1, using: &random)
  }

  /// In two groups of four, as printed: `7K3P-9DQX`.
  public var description: String { "\(rawValue.prefix(4))-\(rawValue.suffix(4))" }
}

/// The code an applicant shows at the desk; valid only with its appointment and in its time.
public struct VisitCode: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  static let characterCount = 6
  /// 6 characters, the last a check.
  public let rawValue: String

  /// Canonical text only; see ``init(typed:)`` for what people type.
  public init?(rawValue: String) {
    guard Crockford.isSealed(rawValue, count: Self.characterCount) else { return nil }
    self.rawValue = rawValue
  }

  /// What a person typed or read out; see ``Receipt/init(typed:)``.
  public init?(typed text: String) {
    guard let canonical = Crockford.read(text, count: Self.characterCount) else { return nil }
    self.rawValue = canonical
  }

  /// A new code.
  public init(using random: inout some RandomNumberGenerator) {
    rawValue = Crockford.make(count: Self.characterCount - 1, using: &random)
  }

  /// As printed: `7K3-P9D`.
  public var description: String { "\(rawValue.prefix(3))-\(rawValue.suffix(3))" }
}

/// A SHA-256 digest or an HMAC-SHA256 tag. The domain computes none; a hash is handed to it.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
  /// 32 bytes.
  public let bytes: [UInt8]

  /// `nil` unless there are exactly 32 bytes.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// A stored digest: a single string of 64 hexadecimal digits.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let digest = Digest(hexadecimal: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a digest")
    }
    self = digest
  }

  /// A single string of 64 hexadecimal digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// 64 lower-case hexadecimal digits.
  public init?(hexadecimal text: String) {
    guard let bytes = Hexadecimal.bytes(of: text) else { return nil }
    self.init(bytes)
  }

  /// 64 lower-case hexadecimal digits.
  public var description: String { Hexadecimal.text(of: bytes) }
}

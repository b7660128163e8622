import FoundationEssentials
import Storage

/// The JSON in which the wide records are kept beside their searched columns.
///
/// The domain's values are Codable, so a field added there is stored without a change here. What tells of people is
/// sealed; the rest is text rather than bytes, so that a person who opens the file with the SQLite shell can read it.
enum Body {
  static func encode(_ value: some Encodable) throws(SQLFailure) -> SQLValue {
    do {
      return .text(String(decoding: try JSONEncoder().encode(value), as: UTF8.self))
    } catch {
      throw .unreadableRow("\(type(of: value)) does not encode")
    }
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from text: String
  ) throws(SQLFailure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      // The decoder's own text would quote the stored value.
      throw .unreadableRow("\(type) does not decode")
    }
  }

  /// The JSON of a record that only this deployment may read: sealed, in base 64.
  static func seal(
    _ value: some Encodable, _ place: String, _ vault: Vault
  ) throws(SQLFailure) -> SQLValue {
    guard let json = try? JSONEncoder().encode(value) else {
      throw .unreadableRow("\(type(of: value)) does not encode")
    }
    return text(vault.seal(Array(json), place))
  }

  /// A short text that only this deployment may read: sealed, in base 64.
  static func seal(
    secret: some RawRepresentable<String>, _ place: String, _ vault: Vault
  ) -> SQLValue {
    text(vault.seal(Array(secret.rawValue.utf8), place))
  }

  /// Sealed bytes as a column of text has them.
  static func text(_ sealed: [UInt8]) -> SQLValue { .text(Data(sealed).base64EncodedString()) }

  /// The sealed bytes of such a column.
  static func sealedBytes(_ value: SQLValue) -> [UInt8] {
    guard case .text(let text) = value else { return [] }
    return Data(base64Encoded: text).map(Array.init) ?? []
  }

  /// Reads back what was sealed for a place.
  static func unseal<Value: Decodable>(
    _ type: Value.Type, from text: String, _ place: String, _ vault: Vault
  ) throws(SQLFailure) -> Value {
    let json = try open(sealedBytes(.text(text)), place, vault)
    return try decode(type, from: String(decoding: json, as: UTF8.self))
  }

  /// Reads back a short text that was sealed for a place.
  static func unseal<Secret: RawRepresentable<String>>(
    secret type: Secret.Type, from text: String, _ place: String, _ vault: Vault
  ) throws(SQLFailure) -> Secret {
    let bytes = try open(sealedBytes(.text(text)), place, vault)
    guard let secret = Secret(rawValue: String(decoding: bytes, as: UTF8.self)) else {
      throw .unreadableRow("no \(type)")
    }
    return secret
  }

  /// Bytes that were sealed for a place.
  static func open(
    _ sealed: [UInt8], _ place: String, _ vault: Vault
  ) throws(SQLFailure) -> [UInt8] {
    guard let bytes = vault.open(sealed, place) else {
      throw .unreadableRow("the deployment's key does not open it")
    }
    return bytes
  }
}

extension SQLRow {
  /// The next column as a body.
  mutating func body<Value: Decodable>(_ type: Value.Type) throws(SQLFailure) -> Value {
    try Body.decode(type, from: try text())
  }
}

import FoundationEssentials

/// The JSON in which the wide records are kept beside their searched columns.
///
/// The domain's values are Codable, so a field added there is stored without a change here. Text
/// rather than bytes: a person who opens the file with the SQLite shell can read it, and both
/// engines have JSON functions for later needs.
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
}

extension SQLRow {
  /// The next column as a body.
  mutating func body<Value: Decodable>(_ type: Value.Type) throws(SQLFailure) -> Value {
    try Body.decode(type, from: try text())
  }
}

/// A value bound to a statement: the four kinds that every engine of the seam stores alike.
///
/// Times are `integer` microseconds since 1970 in UTC, truth is `integer` 0 or 1. There is no
/// floating point on purpose: nothing the programme stores is a measurement.
package enum SQLValue: Hashable, Sendable {
  /// SQL NULL.
  case null
  /// BIGINT.
  case integer(Int64)
  /// TEXT, UTF-8.
  case text(String)
  /// BYTEA in PostgreSQL, BLOB in SQLite.
  case bytes([UInt8])

  /// The integer, or NULL for `nil`.
  package static func integer(_ value: Int64?) -> SQLValue {
    value.map { .integer($0) } ?? .null
  }

  /// A count or number of the programme, widened to the stored BIGINT.
  package static func count(_ value: Int) -> SQLValue { .integer(Int64(value)) }

  /// The count, or NULL for `nil`.
  package static func count(_ value: Int?) -> SQLValue {
    value.map { .integer(Int64($0)) } ?? .null
  }

  /// 1 for true, 0 for false: PostgreSQL's BOOLEAN would be the one type SQLite has not.
  package static func flag(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

  /// The text, or NULL for `nil`.
  package static func text(_ value: String?) -> SQLValue {
    value.map { .text($0) } ?? .null
  }

  /// The bytes, or NULL for `nil`.
  package static func bytes(_ value: [UInt8]?) -> SQLValue {
    value.map { .bytes($0) } ?? .null
  }
}

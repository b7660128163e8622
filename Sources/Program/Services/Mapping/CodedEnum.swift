import Domain
import Protobuf

// The domain's stored codes and the contract's enum numbers are the same numbers, by rule: one is
// checked against the other by a test over every case. So one line maps any of them.

extension OpenEnum {
  /// The contract's value of a domain code.
  init(_ code: some RawRepresentable<Int>) {
    self.init(rawValue: Int32(truncatingIfNeeded: code.rawValue))
  }

  /// The contract's value of a domain code, UNSPECIFIED for none.
  init(_ code: (some RawRepresentable<Int>)?) {
    self.init(rawValue: code.map { Int32(truncatingIfNeeded: $0.rawValue) } ?? 0)
  }
}

extension RawRepresentable<Int> {
  /// The domain's value of a contract enum; nil for UNSPECIFIED and for numbers it does not know.
  init?(_ value: some OpenEnum) {
    self.init(rawValue: Int(value.rawValue))
  }

  /// The domain's value of a contract enum that the domain must know to go on.
  ///
  /// - Throws: FIELD_INVALID, naming the field.
  init(_ value: some OpenEnum, field: String) throws(Refusal) {
    guard let known = Self(rawValue: Int(value.rawValue)) else {
      throw Refusal.field(field, "must be a value this version of the programme knows")
    }
    self = known
  }
}

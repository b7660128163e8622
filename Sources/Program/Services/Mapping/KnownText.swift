import Domain

extension Optional {
  /// What text was read as, when it could be.
  ///
  /// - Throws: FIELD_INVALID, naming the field
  func known(_ field: String) throws(Refusal) -> Wrapped {
    guard let value = self else {
      throw Refusal.field(field, "must be a value this version of the programme knows")
    }
    return value
  }
}

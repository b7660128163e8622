import Domain

/// Which offices ListOffices lists.
struct OfficeTerms {
  private enum Field: String {
    case program
    case regionCode = "region_code"
    case subdivisionCode = "subdivision_code"
    case languageCodes = "language_codes"
  }

  private let tests: [(field: Field, value: String)]

  /// - Throws: FIELD_INVALID for a field that is not the schema's, or another relation than its own
  init(_ text: String) throws(Refusal) {
    var tests: [(Field, String)] = []
    for term in try FilterTerms(text).terms {
      guard let field = Field(rawValue: term.field) else {
        throw term.refused(
          "cannot be compared: program, region_code, subdivision_code and language_codes can")
      }
      try term.demand(field == .languageCodes ? .has : .equal)
      tests.append((field, term.value))
    }
    self.tests = tests
  }

  /// Whether every comparison holds for an office.
  func admit(_ office: Office) -> Bool {
    tests.allSatisfy { field, value in
      switch field {
      case .program: office.program.name == value
      case .regionCode: office.region.rawValue == value
      case .subdivisionCode: office.subdivision == value
      case .languageCodes: office.languages.contains { $0.rawValue == value }
      }
    }
  }
}

import Domain

/// Which offices ListOffices lists: a conjunction of comparisons, the part of AIP-160 its schema
/// promises.
struct OfficeFilter {
  private var comparisons: [(field: Field, value: String)] = []

  private enum Field: String {
    case program
    case regionCode = "region_code"
    case subdivisionCode = "subdivision_code"
    case languageCodes = "language_codes"
  }

  /// - Throws: FIELD_INVALID for anything but `FIELD = VALUE AND …` (`:` for `language_codes`)
  init(_ text: String) throws(Refusal) {
    var words = try Self.words(of: text)[...]
    while let name = words.popFirst() {
      guard let field = Field(rawValue: name) else {
        throw Self.wrong(
          "program, region_code, subdivision_code and language_codes can be compared")
      }
      let relation = field == .languageCodes ? ":" : "="
      guard words.popFirst() == relation, let value = words.popFirst() else {
        throw Self.wrong("\(name) must be followed by \(relation) and a value")
      }
      comparisons.append((field, value))
      guard words.isEmpty || words.popFirst() == "AND" else {
        throw Self.wrong("comparisons can only be joined by AND")
      }
    }
  }

  /// Whether every comparison holds for an office.
  func admits(_ office: Office) -> Bool {
    comparisons.allSatisfy { field, value in
      switch field {
      case .program: office.program.name == value
      case .regionCode: office.region.rawValue == value
      case .subdivisionCode: office.subdivision == value
      case .languageCodes: office.languages.contains { $0.rawValue == value }
      }
    }
  }

  private static func wrong(_ problem: String) -> Refusal { .field("filter", problem) }

  /// Words, the signs `=` and `:`, and texts in quotes without the quotes.
  private static func words(of text: String) throws(Refusal) -> [String] {
    var words: [String] = []
    var rest = text[...]
    while let first = rest.first {
      switch first {
      case " ":
        rest.removeFirst()
      case "=", ":":
        words.append(String(rest.removeFirst()))
      case "\"":
        guard let end = rest.dropFirst().firstIndex(of: "\"") else {
          throw wrong("a text lacks its closing quote")
        }
        words.append(String(rest[rest.index(after: rest.startIndex)..<end]))
        rest = rest[rest.index(after: end)...]
      default:
        let word = rest.prefix { !" =:\"".contains($0) }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      }
    }
    return words
  }
}

import Domain
import Protobuf

/// The filter of a list, taken apart: `FIELD RELATION VALUE AND …`, the part of AIP-160 that the
/// schema promises. What the fields are, and how their values compare, is each list's own affair.
struct FilterTerms {
  /// One comparison.
  struct Term: Equatable {
    var field: String
    var relation: Relation
    var value: String

    /// FIELD_INVALID, saying what is wrong with it.
    func refused(_ problem: String) -> Refusal { .field("filter", "`\(field)` \(problem)") }

    /// Refuses any other relation than this.
    func demand(_ relation: Relation) throws(Refusal) {
      guard self.relation == relation else {
        throw refused("can only be compared with \(relation.rawValue)")
      }
    }

    /// The value as one of an enum's, by its name without `prefix`.
    func value<Value: RawRepresentable<Int>>(
      of names: EnumDescriptor, prefix: String
    ) throws(Refusal) -> Value {
      try demand(.equal)
      guard let number = names.number(named: prefix + value),
        let known = Value(rawValue: Int(number))
      else { throw refused("has no such value") }
      return known
    }
  }

  /// How a field and a value compare.
  enum Relation: String {
    case equal = "="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// A list has the value.
    case has = ":"

    /// Whether a value stands in this relation to another.
    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal, .has: left == right
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      }
    }
  }

  /// The comparisons, all of which must hold; none for an empty filter.
  let terms: [Term]

  /// - Throws: FIELD_INVALID for text that is no conjunction of comparisons
  init(_ text: String) throws(Refusal) {
    var words = try Self.words(of: text)[...]
    var terms: [Term] = []
    while let field = words.popFirst() {
      guard let relation = words.popFirst().flatMap({ Relation(rawValue: $0) }),
        let value = words.popFirst(), Relation(rawValue: value) == nil
      else { throw Refusal.field("filter", "must be comparisons like `state = STATE`") }
      terms.append(Term(field: field, relation: relation, value: value))
      if words.isEmpty { break }
      guard words.popFirst() == "AND", !words.isEmpty else {
        throw Refusal.field("filter", "comparisons can only be joined by AND")
      }
    }
    self.terms = terms
  }

  /// Words, relations, and texts in quotes without the quotes. A colon is a relation behind a field
  /// only: a time has some too.
  private static func words(of text: String) throws(Refusal) -> [String] {
    var words: [String] = []
    var rest = text[...]
    while let first = rest.first {
      switch first {
      case " ":
        rest.removeFirst()
      case ":":
        words.append(String(rest.removeFirst()))
      case "=", "<", ">":
        let sign = rest.prefix { "=<>".contains($0) }
        words.append(String(sign))
        rest = rest.dropFirst(sign.count)
      case "\"":
        guard let end = rest.dropFirst().firstIndex(of: "\"") else {
          throw Refusal.field("filter", "a text lacks its closing quote")
        }
        words.append(String(rest[rest.index(after: rest.startIndex)..<end]))
        rest = rest[rest.index(after: end)...]
      default:
        let isField = words.isEmpty || words.last == "AND"
        let word = rest.prefix { !(isField ? " =<>:\"" : " =<>\"").contains($0) }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      }
    }
    return words
  }
}

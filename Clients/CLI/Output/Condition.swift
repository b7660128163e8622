import ArgumentParser
import Protobuf

/// What must hold of a record to be shown: `PATH RELATION VALUE AND …`, the part of AIP-160 that lists of the programme
/// take too, with `!=` and `NOT` besides.
///
/// Paths are those of `-o value=PATH`. Numbers compare as numbers, times as times, all else as text; of several values
/// one suffices, and `PATH:*` asks only for one at all.
struct Condition: Hashable, Sendable, ExpressibleByArgument {
  /// How a value stands to the one that was written.
  enum Relation: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case has = ":"
  }

  struct Term: Hashable, Sendable {
    var path: String
    var relation: Relation
    var value: String
    var isNegated = false
  }

  let terms: [Term]

  /// nil for anything else, such as OR, and for nothing.
  init?(argument: String) {
    guard let words = Self.words(of: argument), !words.isEmpty else { return nil }
    var rest = words[...]
    var terms: [Term] = []
    while true {
      let isNegated = rest.first == .plain("NOT")
      if isNegated { rest.removeFirst() }
      guard case .plain(let path)? = rest.popFirst(), !["AND", "OR", "NOT"].contains(path),
        case .relation(let relation)? = rest.popFirst(), let value = rest.popFirst()?.value
      else { return nil }
      terms.append(Term(path: path, relation: relation, value: value, isNegated: isNegated))
      if rest.isEmpty { break }
      guard rest.popFirst() == .plain("AND") else { return nil }
    }
    self.terms = terms
  }

  /// Whether it holds of a record.
  func holds(of record: Record) -> Bool {
    terms.allSatisfy { term in
      let texts = record.values(at: term.path).flatMap(\.rawTexts)
      return Self.holds(term, texts) != term.isNegated
    }
  }

  private static func holds(_ term: Term, _ texts: [String]) -> Bool {
    switch term.relation {
    case .has where term.value == "*": !texts.isEmpty
    // Nothing is equal to nothing: what is not set is unequal to any value.
    case .unequal: !texts.contains { compare($0, term.value) == 0 }
    case .equal, .has: texts.contains { compare($0, term.value) == 0 }
    case .less: texts.contains { compare($0, term.value) < 0 }
    case .lessOrEqual: texts.contains { compare($0, term.value) <= 0 }
    case .greater: texts.contains { compare($0, term.value) > 0 }
    case .greaterOrEqual: texts.contains { compare($0, term.value) >= 0 }
    }
  }

  /// Below zero where the first is less, above where it is more.
  private static func compare(_ left: String, _ right: String) -> Int {
    func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
      left < right ? -1 : left == right ? 0 : 1
    }
    // Integers before doubles, which do not hold all of them.
    if let left = Int64(left), let right = Int64(right) { return order(left, right) }
    if let left = Double(left), let right = Double(right) { return order(left, right) }
    if let left = GoogleProtobuf.Timestamp(text: left),
      let right = GoogleProtobuf.Timestamp(text: right)
    {
      let seconds = order(left.seconds, right.seconds)
      return seconds == 0 ? order(left.nanos, right.nanos) : seconds
    }
    return order(left, right)
  }
}

extension Condition {
  private enum Word: Equatable {
    case plain(String)
    case quoted(String)
    case relation(Relation)

    var value: String? {
      switch self {
      case .plain(let text), .quoted(let text): text
      case .relation: nil
      }
    }
  }

  /// The words; nil for a quote that is open at the end, and for signs that are no relation.
  private static func words(of text: String) -> [Word]? {
    var words: [Word] = []
    var rest = text[...]
    while let first = rest.first {
      // A colon is a relation behind a path only: a time has some too.
      let isPath = words.isEmpty || words.last == .plain("AND") || words.last == .plain("NOT")
      switch first {
      case " ": rest.removeFirst()
      case "=", "!", "<", ">", ":":
        let sign = first == ":" ? rest.prefix(1) : rest.prefix { "=!<>".contains($0) }
        guard let relation = Relation(rawValue: String(sign)) else { return nil }
        words.append(.relation(relation))
        rest = rest.dropFirst(sign.count)
      case "\"":
        rest.removeFirst()
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        words.append(.quoted(String(rest[..<end])))
        rest = rest[rest.index(after: end)...]
      default:
        let word = rest.prefix { !(isPath ? " =!<>:\"" : " =!<>\"").contains($0) }
        words.append(.plain(String(word)))
        rest = rest.dropFirst(word.count)
      }
    }
    return words
  }
}

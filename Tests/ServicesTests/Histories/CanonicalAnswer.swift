import Domain
import Foundation

/// Makes answers of different worlds comparable: what is random in them is replaced by the order of its first
/// appearance, and everything else stays.
struct CanonicalAnswer {
  private var numbers: [String: Int] = [:]
  /// Whether what has no number yet stays without one.
  private var isOutline = false

  /// Fields whose whole value is random, or depends on what is.
  private static let opaque: Set = [
    "receipt", "visitCode", "nextPageToken", "resumeToken", "releaseSha256", "valueSha256",
    "requestSha256",
  ]
  /// Lists in the order of random ids: of documents, of appointments at one time, of candidates of one score, and of
  /// who waits with one rank.
  private static let unordered: Set = [
    "appointments", "documents", "duplicateCandidates", "waitlistEntries",
  ]

  /// A JSON value with its lists in an order that owes nothing to ids seen here for the first time; numbered and
  /// learnt from as it came, the same list would tell of different worlds.
  func ordered(_ value: Any, under key: String = "") -> Any {
    switch value {
    case let object as [String: Any]:
      var result: [String: Any] = [:]
      for (key, value) in object { result[key] = ordered(value, under: key) }
      return result
    case let list as [Any]:
      let items = list.map { ordered($0) }
      guard Self.unordered.contains(key) else { return items }
      var outline = self
      outline.isOutline = true
      return items.map { (outline.text($0), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    default: return value
    }
  }

  /// A JSON value, ordered before, with its keys in order.
  mutating func text(_ value: Any, under key: String = "") -> String {
    switch value {
    case let object as [String: Any]:
      let fields = object.keys.sorted().map { "\($0): \(text(object[$0] ?? "", under: $0))" }
      return "{\(fields.joined(separator: ", "))}"
    case let list as [Any]:
      return "[\(list.map { text($0, under: key) }.joined(separator: ", "))]"
    case let string as String:
      if Self.opaque.contains(key), !string.isEmpty { return number(of: string) }
      return plain(string)
    default: return "\(value)"
    }
  }

  /// A text in which ids may stand.
  mutating func plain(_ text: String) -> String {
    var result = ""
    var word = ""
    for character in text {
      if character.isASCII, character.isLetter || character.isNumber {
        word.append(character)
      } else {
        result += replaced(word)
        result.append(character)
        word = ""
      }
    }
    return result + replaced(word)
  }

  private mutating func replaced(_ word: String) -> String {
    RegistrationID(rawValue: word) == nil ? word : number(of: word)
  }

  private mutating func number(of text: String) -> String {
    if let number = numbers[text] { return "#\(number)" }
    if isOutline { return "#" }
    numbers[text] = numbers.count + 1
    return "#\(numbers.count)"
  }
}

/// Turns names of the schema into names of Swift. Schema names are ASCII letters, digits and `_`.
package enum SwiftIdentifier {
  /// `create_time` and `CreateTime` become `createTime`; `URL` and `URL_PATH` become `url` and
  /// `urlPath`.
  package static func lowerCamel(_ name: String) -> String {
    let shouts = !name.utf8.contains(where: isLowercase)
    let words = words(of: shouts ? name.lowercased() : name)
    guard let first = words.first else { return "_" + name }
    return protectingDigit(lowercasingHead(first) + words.dropFirst().map(capitalized).joined())
  }

  /// `foo_bar` becomes `FooBar`; `XMLReport` stays.
  package static func upperCamel(_ name: String) -> String {
    protectingDigit(words(of: name).map(capitalized).joined())
  }

  /// What `protoc` makes of a field's name for JSON when the schema says nothing else: `foo_bar` is
  /// `fooBar`, capitals stay.
  package static func jsonName(_ name: String) -> String {
    var result = ""
    var raises = false
    for character in name {
      if character == "_" {
        raises = true
      } else {
        result += raises ? character.uppercased() : String(character)
        raises = false
      }
    }
    return result
  }

  /// `CreateTime` becomes `CREATE_TIME`, the prefix that style guides put before enum values.
  package static func screamingSnake(_ name: String) -> String {
    var result = ""
    var previous: Character = "_"
    for character in name {
      if character.isUppercase && (previous.isLowercase || previous.isNumber) { result += "_" }
      result += character.uppercased()
      previous = character
    }
    return result
  }

  /// Whether the text can stand in Swift source as it is.
  package static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    guard text.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }) else {
      return false
    }
    return text != "_" && !ReservedNames.keywords.contains(text)
  }

  /// Back-ticks around keywords.
  package static func quoted(_ name: String) -> String {
    ReservedNames.keywords.contains(name) ? "`\(name)`" : name
  }

  private static func words(of name: String) -> [String] {
    name.split(separator: "_").map(String.init)
  }

  private static func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  /// `URLPath` begins with a run of capitals; the last of them starts the next word.
  private static func lowercasingHead(_ word: String) -> String {
    let run = word.prefix { $0.isUppercase }
    if run.count <= 1 || run.endIndex == word.endIndex {
      return run.lowercased() + word[run.endIndex...]
    }
    let next = word[run.endIndex]
    let head = next.isLowercase ? run.dropLast() : run
    return head.lowercased() + word[head.endIndex...]
  }

  private static func protectingDigit(_ name: String) -> String {
    guard let first = name.utf8.first, isDigit(first) else { return name }
    return "_" + name
  }

  private static func isLowercase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    isLowercase(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

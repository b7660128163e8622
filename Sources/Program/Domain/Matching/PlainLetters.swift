/// What is left of a character when it is only to be told apart from others: a plain upper-case letter,
/// a digit, a space, or nothing.
enum PlainLetters {
  /// The plain text of a scalar.
  static func text(of scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    // Most are these, and need no table.
    case 0x30...0x39, 0x41...0x5A: return String(Character(scalar))
    case 0x61...0x7A: return String(Character(Unicode.Scalar(UInt8(scalar.value - 0x20))))
    default: if isMute(scalar) { return "" }
    }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .letterNumber,
      .otherNumber, .spacingMark:
      return compatible(scalar).properties.uppercaseMapping.unicodeScalars.reduce(into: "") {
        text, letter in
        // The upper case of some letters is a letter and a mark.
        if !isMute(letter) { text += plain[letter] ?? String(letter) }
      }
    case .decimalNumber: return properties.numericValue.map { String(Int($0)) } ?? ""
    // Quotation marks, the glottal stop of clerks' keyboards; and what is typed in place of it.
    case .initialPunctuation, .finalPunctuation, .modifierLetter, .modifierSymbol: return ""
    default: return " "
    }
  }

  /// Whether nobody sees it, or it is a mark on a letter, or a sign of the glottal stop, which Spanish
  /// clerks write or leave out.
  private static func isMute(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .privateUse, .unassigned:
      // A tabulator stands between words.
      return scalar.value != 0x9 && scalar.value != 0xA
    default: return glottals.contains(scalar.value)
    }
  }

  /// The apostrophes, primes and saltillos; the quotation marks and modifiers are known by their kind.
  private static let glottals: Set<UInt32> = [0x27, 0xFF07, 0x2032, 0x2035, 0xA78B, 0xA78C]

  /// The letter whose wide or mathematical form it is, else itself.
  private static func compatible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let value = scalar.value
    func letter(_ number: UInt32) -> Unicode.Scalar {
      Unicode.Scalar(UInt8(truncatingIfNeeded: 0x41 + number % 26))
    }
    switch value {
    case 0xFF21...0xFF3A: return letter(value - 0xFF21)
    case 0xFF41...0xFF5A: return letter(value - 0xFF41)
    // Thirteen alphabets of capitals and small letters each.
    case 0x1D400...0x1D6A3: return letter((value - 0x1D400) % 26)
    default: return scalar
    }
  }

  /// The plain letters of those that are more: of letters with marks, found by canonical equivalence,
  /// of ligatures, and of letters that look like them.
  private static let plain: [Unicode.Scalar: String] = {
    var plain = decomposed
    let rows: [(String, String)] = [
      ("AE", "Æ"), ("OE", "Œ"), ("SS", "ẞ"), ("D", "ÐĐƉ"), ("H", "Ħ"), ("L", "ŁĿȽ"), ("O", "Ø"),
      ("T", "ŦȾ"), ("I", "Ɨ"), ("B", "Ƀ"), ("G", "Ǥ"), ("Z", "Ƶ"),
      ("A", "АΑ"), ("B", "ВΒ"), ("C", "СϹ"), ("E", "ЕΕ"), ("H", "НΗ"), ("I", "ІΙӀ"), ("J", "ЈͿ"),
      ("K", "КΚ"), ("M", "МΜ"), ("N", "Ν"), ("O", "ОΟ"), ("P", "РΡ"), ("S", "Ѕ"), ("T", "ТΤ"),
      ("X", "ХΧ"), ("Y", "УΥҮ"), ("Z", "Ζ"), ("Q", "Ԛ"), ("W", "Ԝ"),
    ]
    for (base, letters) in rows {
      for letter in letters.unicodeScalars { plain[letter] = base }
    }
    return plain
  }()

  /// The letters of U+00C0 … U+024F and U+1E00 … U+1EFF that are a plain letter and marks. The standard
  /// library does not decompose without Foundation, but it compares by canonical equivalence.
  private static let decomposed: [Unicode.Scalar: String] = {
    let marks = (0x300...0x345).compactMap(Unicode.Scalar.init)
    let letters = Dictionary(
      [0xC0...0x24F, 0x1E00...0x1EFF].joined().compactMap(Unicode.Scalar.init)
        .map { (String($0), $0) }, uniquingKeysWith: { first, _ in first })
    var found: [Unicode.Scalar: String] = [:]
    var open = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars.map { ($0, String($0)) }
    while let (letter, base) = open.popLast() {
      for mark in marks {
        var pair = String.UnicodeScalarView()
        pair.append(letter)
        pair.append(mark)
        guard let marked = letters[String(pair)], found[marked] == nil else { continue }
        found[marked] = base
        open.append((marked, base))
      }
    }
    return found
  }()
}

/// Names made comparable: marks and glottals dropped, upper case, words apart, particles aside.
///
/// The standard library has no Unicode decomposition without Foundation, so the letters with marks
/// that names in Latin script use (U+00C0 … U+017F) are a table here, and combining marks
/// (U+0300 … U+036F) are dropped; both spellings of one letter fold alike.
public enum NameFolding {
  /// Words that carry no name: set aside, not matched.
  public static let particles: Set<String> = ["DE", "DEL", "LA", "LAS", "LOS", "Y", "VDA"]

  /// The words of a name, folded, particles left out.
  public static func words(_ name: String) -> [String] {
    fold(name).split(separator: " ").map(String.init).filter { !particles.contains($0) }
  }

  /// A name's own words, and those of a married name: "de X" after a woman's surnames names her
  /// husband's, which a match may do without. At least two words must come before it, so that
  /// "De León" stays a surname.
  public static func parts(_ name: String) -> (own: [String], married: [String]) {
    let all = fold(name).split(separator: " ").map(String.init)
    let cut = all.indices.dropFirst(2).dropLast().last { all[$0] == "DE" }
    guard let cut else { return (words(name), []) }
    func kept(_ slice: ArraySlice<String>) -> [String] {
      slice.filter { !particles.contains($0) }
    }
    return (kept(all[..<cut]), kept(all[cut...]))
  }

  /// Upper-case letters and digits with single spaces between.
  static func fold(_ name: String) -> String {
    var folded = ""
    for scalar in name.unicodeScalars {
      switch scalar.value {
      // Marks of the glottal stop, which Spanish clerks write or leave out.
      case 0x27, 0x60, 0xB4, 0x2018, 0x2019, 0x2BC, 0x2BB: continue
      case 0x300...0x36F: continue
      case 0x20, 0xA0, 0x2D, 0x2010...0x2015, 0x9: folded.append(" ")
      default: folded += letters[scalar] ?? scalar.properties.uppercaseMapping
      }
    }
    return folded.trimmed
  }

  private static let letters: [Unicode.Scalar: String] = {
    let rows: [(String, String)] = [
      ("A", "ÀÁÂÃÄÅĀĂĄ"), ("AE", "Æ"), ("C", "ÇĆĈĊČ"), ("D", "ÐĎĐ"), ("E", "ÈÉÊËĒĔĖĘĚ"),
      ("G", "ĜĞĠĢ"), ("H", "ĤĦ"), ("I", "ÌÍÎÏĨĪĬĮİ"), ("J", "Ĵ"), ("K", "Ķ"), ("L", "ĹĻĽĿŁ"),
      ("N", "ÑŃŅŇ"), ("O", "ÒÓÔÕÖØŌŎŐ"), ("OE", "Œ"), ("R", "ŔŖŘ"), ("S", "ŚŜŞŠ"),
      ("T", "ŢŤŦ"), ("U", "ÙÚÛÜŨŪŬŮŰŲ"), ("W", "Ŵ"), ("Y", "ÝŶŸ"), ("Z", "ŹŻŽ"),
    ]
    var letters: [Unicode.Scalar: String] = [:]
    for (base, marked) in rows {
      for scalar in marked.unicodeScalars {
        letters[scalar] = base
        for lower in scalar.properties.lowercaseMapping.unicodeScalars.prefix(1) {
          letters[lower] = base
        }
      }
    }
    letters["ı"] = "I"
    letters["ß"] = "SS"
    // A dotted capital I lowers to a plain i with a mark; the plain letter must stay itself.
    letters["i"] = "I"
    return letters
  }()
}

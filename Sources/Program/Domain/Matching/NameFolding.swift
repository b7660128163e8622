/// Names made comparable: marks and glottals dropped, upper case, words apart, particles aside.
///
/// What looks the same folds alike, however it was typed: a letter with its mark or without, a wide or a
/// mathematical form of a letter, a Greek or Cyrillic letter that looks like a Latin one. What cannot be
/// seen is dropped. Names in Latin script are meant; those in another keep their letters.
public enum NameFolding {
  /// Words that carry no name: set aside, not matched.
  public static let particles: Set<String> = ["DE", "DEL", "LA", "LAS", "LOS", "Y", "VDA"]

  /// The words of a name, folded, particles left out.
  public static func words(_ name: String) -> [String] {
    fold(name).split(separator: " ").map(String.init).filter { !particles.contains($0) }
  }

  /// A name's own words, and those of a married name: "de X" after a woman's surnames names her
  /// husband's, which a match may do without. At least two words must come before it, so that
  /// "De León" stays a surname, and one must follow: what has two names after "de" is no husband's.
  ///
  /// - Parameter isMan: a man has no husband's name: all of it is his own
  public static func parts(
    _ name: String, isMan: Bool = false
  ) -> (own: [String], married: [String]) {
    let all = fold(name).split(separator: " ").map(String.init)
    let cut = all.indices.dropFirst(2).dropLast().last { all[$0] == "DE" }
    func kept(_ slice: ArraySlice<String>) -> [String] {
      slice.filter { !particles.contains($0) }
    }
    guard let cut, !isMan, kept(all[cut...]).count == 1 else { return (words(name), []) }
    return (kept(all[..<cut]), kept(all[cut...]))
  }

  /// Upper-case letters and digits with single spaces between.
  static func fold(_ name: String) -> String {
    var folded = ""
    for scalar in name.unicodeScalars { folded += PlainLetters.text(of: scalar) }
    return folded.trimmed
  }
}

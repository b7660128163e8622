/// Unicode Normalization Form C, as far as people's names and places need it judged (AIP-210): two
/// spellings that look the same must not be two names.
///
/// The standard library compares text by canonical equivalence but does not say whether a text *is*
/// in form C. So this asks it, for a letter and a mark that follows, whether one letter stands for
/// both. Judged are marks on the letters of U+00C0…U+1FFF, the order of marks, and the syllables of
/// Hangul; the compatibility ideographs, which no programme form is written in, are not.
enum NormalForm {
  /// Whether text is composed.
  static func isComposed(_ text: String) -> Bool {
    // Below the first combining mark there is nothing that could be composed.
    if text.unicodeScalars.allSatisfy({ $0.value < 0x300 }) { return true }
    return !text.contains { !isComposed($0) }
  }

  private static func isComposed(_ character: Character) -> Bool {
    let scalars = Array(character.unicodeScalars)
    guard let base = scalars.first else { return true }
    if singletons.contains(base.value) { return false }
    // The last mark of a composed letter is in its place too: é with a dot below is ẹ with an accent.
    var last = Int(lastMarks[base.value] ?? 0)
    var between = 0
    for mark in scalars.dropFirst() {
      let order = Int(mark.properties.canonicalCombiningClass.rawValue)
      if order != 0, order < last { return false }
      // A mark that an equal one stands before does not reach the letter.
      let isBlocked = between != 0 && between >= order
      if !isBlocked, composes(base, mark) { return false }
      last = max(last, order)
      between = max(between, order)
    }
    return true
  }

  private static func composes(_ base: Unicode.Scalar, _ mark: Unicode.Scalar) -> Bool {
    switch (base.value, mark.value) {
    case (0x1100...0x1112, 0x1161...0x1175): return true
    case (0xAC00...0xD7A3, 0x11A8...0x11C2): return (base.value - 0xAC00).isMultiple(of: 28)
    default:
      var pair = String.UnicodeScalarView()
      pair.append(base)
      pair.append(mark)
      return composed.contains(String(pair))
    }
  }

  /// The letters that stand for a letter and a mark, found by canonical equivalence.
  private static let composed: Set<String> = Set(
    (0xC0...0x1FFF).compactMap(Unicode.Scalar.init).filter { !singletons.contains($0.value) }
      .map { String($0) })

  /// The order of the last mark in each letter that stands for a letter and marks.
  private static let lastMarks: [UInt32: UInt8] = {
    let marks = (0x300...0x345).compactMap(Unicode.Scalar.init)
    let bases = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".unicodeScalars)
    let letters = Dictionary(
      (0xC0...0x1FFF).compactMap(Unicode.Scalar.init).filter { !singletons.contains($0.value) }
        .map { (String($0), $0) }, uniquingKeysWith: { first, _ in first })
    var found: [UInt32: UInt8] = [:]
    var open = bases
    while let base = open.popLast() {
      for mark in marks {
        var pair = String.UnicodeScalarView()
        pair.append(base)
        pair.append(mark)
        guard let letter = letters[String(pair)], found[letter.value] == nil else { continue }
        found[letter.value] = mark.properties.canonicalCombiningClass.rawValue
        open.append(letter)
      }
    }
    return found
  }()

  /// Letters that form C replaces by another (Unicode, CompositionExclusions, singletons).
  private static let singletons: Set<UInt32> = [
    0x340, 0x341, 0x343, 0x344, 0x374, 0x37E, 0x387, 0x1F71, 0x1F73, 0x1F75, 0x1F77, 0x1F79, 0x1F7B,
    0x1F7D, 0x1FBB, 0x1FBE, 0x1FC9, 0x1FCB, 0x1FD3, 0x1FDB, 0x1FE3, 0x1FEB, 0x1FEE, 0x1FEF, 0x1FF9,
    0x1FFB, 0x1FFD, 0x2000, 0x2001, 0x2126, 0x212A, 0x212B, 0x2329, 0x232A,
  ]
}

/// What a folded word sounds like to a Guatemalan clerk: spellings of one name get one skeleton.
///
/// The steps are done in order, once each; the version is stored with every index made of
/// skeletons, since a change of a step re-keys it.
public enum NameSkeleton {
  /// Changes with any change of the steps, and of what words are made of before them.
  public static let version = 2

  /// The symbol CH becomes, so that its H is not dropped; no letter of a name.
  private static let softened: Character = "Ç"

  /// The skeleton of one folded word.
  public static func skeleton(_ word: String) -> String {
    var letters = Array(word)
    replace("LL", with: "Y", in: &letters)
    letters = collapsed(letters)
    replace("TZ", with: "Z", in: &letters)
    replace("SH", with: "X", in: &letters)
    replace("QU", with: "K", in: &letters)
    replace("PH", with: "F", in: &letters)
    replace("CH", with: String(softened), in: &letters)
    replace("GE", with: "JE", in: &letters)
    replace("GI", with: "JI", in: &letters)
    replace("CE", with: "SE", in: &letters)
    replace("CI", with: "SI", in: &letters)
    return String(letters.compactMap(single))
  }

  private static func single(_ letter: Character) -> Character? {
    switch letter {
    case "Z": "S"
    case "V": "B"
    case "W": "U"
    case "Y": "I"
    case "C", "Q": "K"
    case "H": nil
    default: letter
    }
  }

  private static func collapsed(_ letters: [Character]) -> [Character] {
    var result: [Character] = []
    for letter in letters where result.last != letter { result.append(letter) }
    return result
  }

  private static func replace(_ pair: String, with new: String, in letters: inout [Character]) {
    let pair = Array(pair)
    var result: [Character] = []
    var index = 0
    while index < letters.count {
      if index + 1 < letters.count, letters[index] == pair[0], letters[index + 1] == pair[1] {
        result += new
        index += 2
      } else {
        result.append(letters[index])
        index += 1
      }
    }
    letters = result
  }
}

/// Jaro–Winkler similarity, p = 0.1, prefix up to 4, without a boost threshold.
public enum JaroWinkler {
  /// 0 (nothing alike) … 1 (equal).
  public static func similarity(_ left: String, _ right: String) -> Double {
    let (a, b) = (Array(left), Array(right))
    if a == b { return 1 }
    guard !a.isEmpty, !b.isEmpty else { return 0 }
    let window = max(0, max(a.count, b.count) / 2 - 1)
    var isTaken = Array(repeating: false, count: b.count)
    var matches: [(a: Int, b: Int)] = []
    for i in a.indices {
      let low = max(0, i - window)
      let high = min(b.count, i + window + 1)
      guard low < high else { continue }
      if let j = (low..<high).first(where: { !isTaken[$0] && b[$0] == a[i] }) {
        isTaken[j] = true
        matches.append((i, j))
      }
    }
    guard !matches.isEmpty else { return 0 }
    let inOrder = matches.map(\.b).sorted()
    let transposed = zip(matches, inOrder).count { a[$0.a] != b[$1] }
    let m = Double(matches.count)
    let jaro =
      (m / Double(a.count) + m / Double(b.count) + (m - Double(transposed) / 2) / m) / 3
    let prefix = zip(a, b).prefix(4).prefix { $0 == $1 }.count
    return jaro + Double(prefix) * 0.1 * (1 - jaro)
  }
}

/// A word of a name with what matching needs of it.
struct NameWord: Hashable, Sendable {
  /// From this on two spellings may be one name; below they are two.
  static let variantSimilarityMin = 0.85
  /// Words this short match on equal skeletons alone: Toj is not Tot.
  static let shortLetterCountMax = 4

  /// The word, folded.
  let text: String
  /// What it sounds like.
  let skeleton: String
  /// What it says that two people share it.
  let bits: Double

  /// A folded word, also as passports write it: Ñ as NXX, Ü as UXX (ICAO 9303 part 3, § 6).
  init(_ folded: String) {
    text = folded.replacing("NXX", with: "N").replacing("UXX", with: "U")
    skeleton = NameSkeleton.skeleton(text)
    bits = NameRarity.bits(of: skeleton)
  }

  /// How alike two words are: 1 when they sound alike, ``variantSimilarityMin`` and more when one may
  /// be a spelling of the other, else 0.
  ///
  /// Jaro–Winkler alone would hold Hernández and Fernández for one (0.96) sooner than Yojana and
  /// Johana (0.88); so two names that many bear are two, and so are a man's and a woman's.
  func similarity(to other: NameWord) -> Double {
    if skeleton == other.skeleton { return 1 }
    guard min(text.count, other.text.count) > Self.shortLetterCountMax,
      abs(skeleton.count - other.skeleton.count) <= 3,
      !(NameRarity.isEstablished(skeleton) && NameRarity.isEstablished(other.skeleton)),
      !differsInGender(from: other)
    else { return 0 }
    let similarity = JaroWinkler.similarity(skeleton, other.skeleton)
    return similarity >= Self.variantSimilarityMin ? similarity : 0
  }

  /// Candelario and Candelaria are two names, however alike.
  private func differsInGender(from other: NameWord) -> Bool {
    guard let last = skeleton.last, let otherLast = other.skeleton.last else { return false }
    return last != otherLast && "AO".contains(last) && "AO".contains(otherLast)
      && skeleton.dropLast() == other.skeleton.dropLast()
  }

  /// What it says that these two words are as alike as `similarity`: all of it for equal ones, half for
  /// the least alike that may be one. Of two words the more common one counts.
  func bits(sharedWith other: NameWord, similarity: Double) -> Double {
    guard similarity > 0 else { return 0 }
    let certainty = (similarity - Self.variantSimilarityMin) / (1 - Self.variantSimilarityMin)
    return min(bits, other.bits) * (0.5 + certainty / 2)
  }
}

import Testing

@testable import Domain

/// §10 of the ground plan, 1 to 4: which words are one name, and what it says that names share them.
@Suite struct NameMatchTests {
  static func word(_ text: String) -> NameWord { NameWord(NameFolding.words(text).joined()) }

  static func match(_ first: String, _ second: String) -> NameMatch {
    NameMatch(MatchName(first), MatchName(second))
  }

  @Test(
    "the measured pairs come out as the truth has them",
    arguments: [
      ("Quej", "Kej", 1.0), ("Xol", "Shol", 1), ("Caal", "Kaal", 1), ("Ixcoy", "Yxcoy", 1),
      ("Tzoc", "Tzok", 1), ("Yojana", "Johana", 0.8778), ("Jiménez", "Giménez", 1),
      ("Vásquez", "Vázquez", 1), ("Pérez", "Peres", 1), ("Racancoj", "Recancoj", 0.8821),
      ("Hernández", "Fernández", 0), ("María", "Mario", 0), ("Toj", "Tot", 0), ("Cux", "Cus", 0),
    ])
  func truth(first: String, second: String, expected: Double) {
    let similarity = Self.word(first).similarity(to: Self.word(second))
    #expect(NameSkeletonTests.rounded(similarity) == NameSkeletonTests.rounded(expected))
    #expect(Self.word(second).similarity(to: Self.word(first)) == similarity)
  }

  @Test("four letters match on equal skeletons alone, five do not")
  func short() {
    #expect(Self.word("Ajuz").similarity(to: Self.word("Ajus")) == 1)
    #expect(Self.word("Zulu").similarity(to: Self.word("Zulo")) == 0)
    #expect(Self.word("Bacal").similarity(to: Self.word("Bacol")) > NameWord.variantSimilarityMin)
    #expect(Self.word("Baca").similarity(to: Self.word("Bacal")) == 0)
  }

  @Test("a man's name is not a spelling of a woman's, whoever bears it")
  func gender() {
    #expect(Self.word("Candelario").similarity(to: Self.word("Candelaria")) == 0)
    #expect(Self.word("Candelarios").similarity(to: Self.word("Candelarias")) > 0)
  }

  @Test("passports write Ñ and Ü in two ways, and both are the name")
  func passports() {
    for text in ["Muñoz", "MUNOZ", "MUNXXOZ"] { #expect(Self.word(text).skeleton == "MUNOS") }
    for text in ["Güell", "GUXXELL", "GUEELL"] {
      #expect(Self.word(text).skeleton == Self.word("Guell").skeleton)
    }
  }

  @Test("rare words say more, and of two spellings the common one counts")
  func rarity() {
    let bits = ["María", "José", "López", "Xol", "Racancoj"].map { Self.word($0).bits }
    #expect(bits == bits.sorted())
    #expect(Set(bits).count == bits.count)
    // log2(0.95 · 18,000,000 / 812,000)
    #expect(abs(NameRarity.bits(of: "MARIA") - 4.3964) < 0.0001)
    let (one, other) = (Self.word("Yojana"), Self.word("Johana"))
    let shared = one.bits(sharedWith: other, similarity: one.similarity(to: other))
    #expect(shared > one.bits / 2 && shared < one.bits)
    #expect(one.bits(sharedWith: one, similarity: 1) == one.bits)
    #expect(one.bits(sharedWith: other, similarity: 0) == 0)
  }

  @Test(
    "the logarithm is the logarithm",
    arguments: [(1.0, 0.0), (2, 1), (1024, 10), (0.5, -1), (10, 3.321928094887362)])
  func logarithm(value: Double, expected: Double) {
    #expect(abs(NameRarity.binaryLogarithm(value) - expected) < 1e-6)
  }

  @Test("order tells nothing apart, but is noticed: permuted given names may be another person")
  func permuted() {
    let same = Self.match("Sebastián Jerónimo Pablo", "Sebastián Jerónimo Pablo")
    let permuted = Self.match("Sebastián Jerónimo Pablo", "Pablo Sebastián Jerónimo")
    #expect(same.isWhole && !same.isPermuted)
    #expect(permuted.isWhole && permuted.isPermuted)
    #expect(permuted.sharedBits == same.sharedBits)
    #expect(permuted.similarity == 1)
  }

  @Test("a word left out is lacking; a word in its place contradicts")
  func lacking() {
    let lacking = Self.match("Marta Xol Caal", "Marta Xol")
    #expect(lacking.sharedCount == 2)
    #expect((lacking.firstOnlyCount, lacking.secondOnlyCount) == (1, 0))
    #expect(!lacking.isContradicted)
    let other = Self.match("Marta Xol Caal", "Marta Xol Pop")
    #expect(other.isContradicted)
    #expect(other.similarity < 1 && other.similarity > 0)
    #expect(Self.match("Marta Xol", "Pedro Pop").sharedCount == 0)
    #expect(Self.match("", "Pedro Pop").similarity == 0)
  }

  @Test("a married name is neither missed nor held against anybody, and counts where both have it")
  func married() {
    let without = Self.match("Ana López Caal de Racancoj", "Ana López Caal")
    #expect(without.isWhole)
    let both = Self.match("Ana López Caal de Racancoj", "Ana López de Recancoj")
    #expect(both.sharedCount == 3)
    #expect((both.firstOnlyCount, both.secondOnlyCount) == (1, 0))
    #expect(both.sharedBits > Self.match("Ana López Caal", "Ana López").sharedBits)
    // Her husband's name alone, as her own.
    #expect(Self.match("Ana López Caal de Racancoj", "Ana López Racancoj").sharedCount == 3)
  }

  @Test("of two words that could take a counterpart, the pair that says most together is found")
  func assignment() {
    // Racancoj could also take Recancoj, which has its equal elsewhere.
    let match = Self.match("Racancoj Recancoj", "Recancoj Ricancoj")
    #expect(match.sharedCount == 2)
    #expect(match.isPermuted)
    #expect(match.sharedBits > NameRarity.unknownBits * 1.5)
  }

  @Test("a name as long as the form allows is compared in no time")
  func long() {
    let words = (0..<200).map { "Nombre\($0)" }.joined(separator: " ")
    #expect(MatchName(words).words.count == MatchName.wordCountMax)
    #expect(Self.match(words, words).isWhole)
  }
}

extension NameMatch {
  /// Whether neither has a name that the other lacks.
  fileprivate var isWhole: Bool { sharedCount > 0 && firstOnlyCount == 0 && secondOnlyCount == 0 }
}

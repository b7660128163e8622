import Testing

@testable import Domain

@Suite struct NameSkeletonTests {
  /// §10 of the ground plan: names, Jaro–Winkler of the folded names, skeletons, and of those.
  static let table:
    [(pair: (String, String), plain: String, skeletons: (String, String), soft: String)] = [
      (("Quej", "Kej"), "0.7222", ("KEJ", "KEJ"), "1.0000"),
      (("Xol", "Shol"), "0.7222", ("XOL", "XOL"), "1.0000"),
      (("Caal", "Kaal"), "0.8333", ("KAL", "KAL"), "1.0000"),
      (("Ixcoy", "Yxcoy"), "0.8667", ("IXKOI", "IXKOI"), "1.0000"),
      (("Tzoc", "Tzok"), "0.8833", ("SOK", "SOK"), "1.0000"),
      (("Yojana", "Johana"), "0.8222", ("IOJANA", "JOANA"), "0.8778"),
      (("Jiménez", "Giménez"), "0.9048", ("JIMENES", "JIMENES"), "1.0000"),
      (("Vásquez", "Vázquez"), "0.9238", ("BASKES", "BASKES"), "1.0000"),
      (("Pérez", "Peres"), "0.9200", ("PERES", "PERES"), "1.0000"),
      (("Racancoj", "Recancoj"), "0.8821", ("RAKANKOJ", "REKANKOJ"), "0.8821"),
      (("Hernández", "Fernández"), "0.9259", ("ERNANDES", "FERNANDES"), "0.9630"),
      (("María", "Mario"), "0.9200", ("MARIA", "MARIO"), "0.9200"),
      (("Toj", "Tot"), "0.8222", ("TOJ", "TOT"), "0.8222"),
      (("Cux", "Cus"), "0.8222", ("KUX", "KUS"), "0.8222"),
    ]

  static func rounded(_ value: Double) -> String {
    let scaled = Int((value * 10_000).rounded())
    let digits = String(scaled % 10_000)
    return "\(scaled / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
  }

  @Test("names fold, sound and compare as the measured table says", arguments: 0..<14)
  func table(row: Int) {
    let (pair, plain, skeletons, soft) = Self.table[row]
    let left = NameFolding.words(pair.0).joined(separator: " ")
    let right = NameFolding.words(pair.1).joined(separator: " ")
    #expect(Self.rounded(JaroWinkler.similarity(left, right)) == plain)
    let sounds = (NameSkeleton.skeleton(left), NameSkeleton.skeleton(right))
    #expect(sounds == skeletons)
    #expect(Self.rounded(JaroWinkler.similarity(sounds.0, sounds.1)) == soft)
  }

  @Test(
    "the textbook pairs come out as in the textbooks",
    arguments: [
      ("MARTHA", "MARHTA", "0.9611"), ("DIXON", "DICKSONX", "0.8133"),
      ("DWAYNE", "DUANE", "0.8400"), ("", "", "1.0000"), ("A", "", "0.0000"),
      ("AB", "CD", "0.0000"),
    ])
  func textbook(left: String, right: String, expected: String) {
    #expect(Self.rounded(JaroWinkler.similarity(left, right)) == expected)
    #expect(Self.rounded(JaroWinkler.similarity(right, left)) == expected)
  }

  @Test(
    "folding drops marks and glottals, splits at hyphens, sets particles aside",
    arguments: [
      ("María de los Ángeles Muñoz", ["MARIA", "ANGELES", "MUNOZ"]),
      ("B’atz'-Ch`oc", ["BATZ", "CHOC"]), ("Güell Ixʼ", ["GUELL", "IX"]),
      ("Marı\u{301}a", ["MARIA"]), ("Mari\u{301}a", ["MARIA"]), ("  ", []),
      ("İpek Łukasz Straße", ["IPEK", "LUKASZ", "STRASSE"]), ("de la Y Vda", []),
    ])
  func folding(name: String, words: [String]) {
    #expect(NameFolding.words(name) == words)
  }

  @Test(
    "what looks the same folds alike, and what is not seen is nothing",
    arguments: [
      "Martha Xol", "M\u{200B}ar\u{2060}tha\u{AD} X\u{200D}ol\u{FEFF}", "Martha\u{2003}Xol",
      "Martha\u{A0}\u{2212}Xol", "\u{2068}Martha\u{2069} Xol\u{FE0F}", "Мartha Хol", "Μаrthа Xοl",
      "Ｍａｒｔｈａ　Ｘｏｌ", "𝐌𝐚𝐫𝐭𝐡𝐚 𝕏𝕠𝕝", "Ṁarṭha Ẍọl", "Mar\u{A78C}tha X\u{A78B}ol",
      "M\u{115F}artha X\u{3164}ol",
      "Martha, Xol.", "Mạrthả \u{301}X\u{334}ol",
    ])
  func lookalikes(name: String) {
    #expect(NameFolding.words(name) == ["MARTHA", "XOL"])
  }

  @Test("a number is the same with whatever digits and letters it is typed")
  func numbers() {
    for text in ["AB-12 34", "ab1234", "ＡＢ１２３４", "А\u{200B}В١٢٣٤", "áb1234"] {
      let document = DuplicateAssessmentTests.document(text, .passport)
      #expect(document.plainNumber == "AB1234", "\(text)")
    }
  }

  @Test("a married name after the surnames can be left out; a surname of that shape cannot")
  func married() {
    let wife = NameFolding.parts("Ana López Caal de Pérez")
    #expect(wife.own == ["ANA", "LOPEZ", "CAAL"])
    #expect(wife.married == ["PEREZ"])
    #expect(NameFolding.parts("de León").own == ["LEON"])
    #expect(NameFolding.parts("Ana López de").married.isEmpty)
    #expect(NameFolding.parts("Ana López Caal de la Cruz").married == ["CRUZ"])
    // Surnames that begin with "de", and a man's.
    #expect(NameFolding.parts("Ana María de León Pérez").own == ["ANA", "MARIA", "LEON", "PEREZ"])
    #expect(NameFolding.parts("Ana María de León Pérez").married.isEmpty)
    let husband = NameFolding.parts("Juan Carlos de León", isMan: true)
    #expect(husband.own == ["JUAN", "CARLOS", "LEON"])
    #expect(husband.married.isEmpty)
  }

  @Test("CH stays apart from C and H, and doubles collapse once")
  func steps() {
    #expect(NameSkeleton.skeleton("CHOC") != NameSkeleton.skeleton("COC"))
    #expect(NameSkeleton.skeleton("CHOC") != NameSkeleton.skeleton("HOC"))
    #expect(NameSkeleton.skeleton("LLAMAS") == NameSkeleton.skeleton("YAMAS"))
    #expect(NameSkeleton.skeleton("ANNA") == "ANA")
    #expect(NameSkeleton.skeleton("PHILIPPE") == "FILIPE")
    #expect(NameSkeleton.skeleton("WALTER") == "UALTER")
    #expect(NameSkeleton.skeleton("CECILIA") == "SESILIA")
    #expect(NameSkeleton.skeleton("GIRON") == "JIRON")
    #expect(NameSkeleton.skeleton("HUITZ") == "UIS")
  }
}

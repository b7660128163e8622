/// The closed lists that sample persons are named from, with weights.
///
/// No list is of real people: each is of common words of its kind. A scanner of recordings refuses
/// any name that is not made of these, so names are added here and nowhere else.
public enum SampleNames {
  typealias Weighted = [(text: String, weight: Int)]

  static let givenFemale: Weighted = [
    ("María", 30), ("Juana", 12), ("Ana", 10), ("Marta", 8), ("Rosa", 8), ("Candelaria", 6),
    ("Petrona", 5), ("Micaela", 5), ("Yojana", 3), ("Johana", 3), ("Ixchel", 2), ("Nikte'", 1),
  ]

  static let givenMale: Weighted = [
    ("José", 30), ("Juan", 15), ("Pedro", 10), ("Diego", 8), ("Mateo", 8), ("Sebastián", 7),
    ("Jerónimo", 5), ("Pablo", 5), ("Andrés", 5), ("Gaspar", 4), ("Balam", 2), ("Tepew", 1),
  ]

  static let spanishSurnames: Weighted = [
    ("López", 20), ("García", 18), ("Pérez", 16), ("Hernández", 14), ("Fernández", 6),
    ("Jiménez", 5), ("Vásquez", 5), ("Ramírez", 5), ("Morales", 5), ("de León", 4),
    ("Castillo", 4), ("Muñoz", 3), ("Güell", 1),
  ]

  /// Each row is one surname in its spellings; the first is the usual one.
  static let mayanSurnames: [(spellings: [String], weight: Int)] = [
    (["Caal", "Kaal"], 10), (["Quej", "Kej", "Quej'"], 8), (["Xol", "Shol"], 6),
    (["Ixcoy", "Yxcoy"], 6), (["Tzoc", "Tzok", "Tz'oc"], 5), (["Racancoj", "Recancoj"], 4),
    (["Cux"], 4), (["Toj"], 4), (["Tot"], 3), (["Choc", "Ch'oc"], 6), (["Batz", "B'atz'"], 4),
    (["Ajú", "Aju"], 3),
  ]

  /// Every word a sample name can be made of, particles of married names aside.
  public static let words: Set<String> = {
    var words: Set<String> = ["de"]
    for list in [givenFemale, givenMale, spanishSurnames] {
      for entry in list { words.formUnion(entry.text.split(separator: " ").map(String.init)) }
    }
    for row in mayanSurnames { words.formUnion(row.spellings) }
    return words
  }()
}

/// How much it says that two people share a word of their names, in bits: María says little.
///
/// The weight is logarithmic in how many people have the word: log₂ of 0.95 (that one person's word
/// is written so twice) over the share of people who have it. Two counts are known from the registry
/// (María about 812,000, José about 461,000; Prensa Libre); of the rest only classes are
/// assumed, never counts.
public enum NameRarity {
  /// How many people the registry has; not published, assumed.
  static let registryCount = 18_000_000
  /// A word that perhaps one person in fifty has.
  static let commonBits = bits(sharedBy: registryCount / 50)
  /// A word that perhaps one person in five hundred has.
  static let usualBits = bits(sharedBy: registryCount / 500)
  /// A word of which nothing is known; no rarer than one person in four thousand, so that a
  /// misspelling is no proof.
  static let unknownBits = bits(sharedBy: registryCount / 4_000)

  /// What it says that two people share a word with this skeleton.
  static func bits(of skeleton: String) -> Double { known[skeleton] ?? unknownBits }

  /// Whether many bear a name of this skeleton, so that it is no misspelling of another such.
  static func isEstablished(_ skeleton: String) -> Bool { known[skeleton] != nil }

  /// The bits of a word that so many people have.
  static func bits(sharedBy count: Int) -> Double {
    binaryLogarithm(0.95 * Double(registryCount) / Double(max(count, 1)))
  }

  /// The logarithm to base 2 of a normal positive number, to a millionth; the same on every machine.
  static func binaryLogarithm(_ value: Double) -> Double {
    var result = Double(value.exponent)
    var rest = value.significand
    var bit = 0.5
    while bit > 1e-7 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        result += bit
      }
      bit /= 2
    }
    return result
  }

  private static let known: [String: Double] = {
    var known: [String: Double] = [:]
    for (names, bits) in [(usual, usualBits), (common, commonBits)] {
      for word in NameFolding.words(names) { known[NameSkeleton.skeleton(word)] = bits }
    }
    known[NameSkeleton.skeleton("MARIA")] = bits(sharedBy: 812_000)
    known[NameSkeleton.skeleton("JOSE")] = bits(sharedBy: 461_000)
    return known
  }()

  private static let common = """
    Juan Luis Carlos Ana Juana Pedro Antonio Francisco Manuel Miguel Jorge Rosa Marta \
    López García Pérez Hernández González Morales Ramírez Rodríguez Martínez Gómez
    """

  private static let usual = """
    Alberto Alejandro Ángel Andrés Carmen Cristina Daniel Diego Domingo Eduardo Elena Enrique \
    Fernando Gabriel Gaspar Gloria Isabel Jerónimo Jesús Julio Laura Lucía Magdalena Marcos \
    Margarita Mario Mateo Mercedes Micaela Pablo Patricia Rafael Ramón Ricardo Roberto Sandra \
    Santiago Sebastián Sofía Teresa Tomás Vicente Víctor \
    Aguilar Barrios Castillo Castro Chávez Cruz Díaz Domínguez Escobar Estrada Fernández Flores \
    Fuentes Guzmán Jiménez Juárez León Mejía Méndez Mendoza Muñoz Orozco Ortiz Ramos Reyes Rivera \
    Ruiz Sánchez Santos Torres Vásquez Velásquez \
    Ajú Batz Caal Choc Chub Coc Cux Ixcoy Pop Quej Toj Tot Tzoc Xol
    """
}

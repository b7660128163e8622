/// How two birth dates compare, as far as they are known.
struct BirthDateMatch: Hashable, Sendable {
  /// How alike: 1 equal, 0.9 with day and month swapped, 0.8 with one digit off or two neighbours
  /// transposed, 0.5 a year apart or against a 1 January of the same year, else 0.
  let similarity: Double
  /// The least that both are known to.
  let precision: CivilDate.Precision

  /// Whether the two cannot be one date, whatever mistake is allowed for.
  var isConflict: Bool { similarity == 0 }
  /// Whether both are the same whole day.
  var isSameDay: Bool { similarity == 1 && precision == .day }

  /// Compares two dates.
  init(_ one: CivilDate, _ other: CivilDate) {
    precision = max(one.precision, other.precision)
    similarity =
      precision == .day ? Self.whole(one, other) : Self.partial(one, other, to: precision)
  }

  /// Compares the dates of two persons; nil where they say nothing for or against: unknown, or other
  /// than the estimate of a year.
  init?(_ one: Person, _ other: Person) {
    guard let first = one.birthDate, let second = other.birthDate else { return nil }
    let match = BirthDateMatch(first, second)
    let isEstimate = one.isBirthDateEstimated || other.isBirthDateEstimated
    guard !(isEstimate && match.similarity < 1) else { return nil }
    self = match
  }

  private static func whole(_ one: CivilDate, _ other: CivilDate) -> Double {
    if one == other { return 1 }
    let isSameYear = one.year == other.year
    if isSameYear, one.month == other.day, one.day == other.month { return 0.9 }
    // Before the digits: 1990 and 1991 are a wrong age as 1989 and 1990 are.
    if abs(one.year - other.year) == 1, one.month == other.month, one.day == other.day {
      return 0.5
    }
    if isSlip(digits(of: one), digits(of: other)) { return 0.8 }
    let isFirstDay = [one, other].contains { $0.month == 1 && $0.day == 1 }
    return isSameYear && isFirstDay ? 0.5 : 0
  }

  /// What both say is compared; the rest is neutral.
  private static func partial(
    _ one: CivilDate, _ other: CivilDate, to precision: CivilDate.Precision
  ) -> Double {
    if one.year == other.year {
      return precision == .year || one.month == other.month ? 1 : 0
    }
    let isNext = abs(one.year - other.year) == 1
    return isNext && (precision == .year || one.month == other.month) ? 0.5 : 0
  }

  /// Whether one digit is another, or two neighbours have changed places.
  private static func isSlip(_ one: [Int], _ other: [Int]) -> Bool {
    let places = one.indices.filter { one[$0] != other[$0] }
    if places.count == 1 { return true }
    guard places.count == 2, places[1] == places[0] + 1 else { return false }
    return one[places[0]] == other[places[1]] && one[places[1]] == other[places[0]]
  }

  private static func digits(of date: CivilDate) -> [Int] {
    let number = (date.year * 100 + date.month) * 100 + date.day
    return sequence(first: number) { $0 / 10 }.prefix(8).map { $0 % 10 }
  }
}

extension CivilDate.Precision: Comparable {
  /// The finer first.
  public static func < (lhs: CivilDate.Precision, rhs: CivilDate.Precision) -> Bool {
    lhs.rawValue < rhs.rawValue
  }
}

/// Something that happened, without whom it happened to: what figures are made of.
///
/// Committed with the change that it tells of, never changed, and kept when the people are erased, so
/// that erasing them leaves the totals (domain § 14). It names no person, case or receipt, and every
/// value is one of a short list; see ``FactValue``.
public struct Fact: Hashable, Sendable, Codable {
  /// The day on which it counts, in the programme's zone.
  public var day: CivilDate
  /// The programme; nil for what happened to none, which is counted in each.
  public var program: ProgramID?
  /// What it is one of.
  public var measure: Measure
  /// How many: 1 of most things, seats, or the days of a step. Less than 0 takes back what a fact of
  /// the same day has counted.
  public var number: Int
  /// What it can be broken down by.
  public var values: [Dimension: String]

  /// Every field as given; nothing is checked here.
  public init(
    day: CivilDate, program: ProgramID?, measure: Measure, number: Int = 1,
    values: [Dimension: String] = [:]
  ) {
    self.day = day
    self.program = program
    self.measure = measure
    self.number = number
    self.values = values
  }
}

/// Facts of some days that are alike in all but the day.
public struct FactGroup: Hashable, Sendable {
  /// What they are of.
  public var measure: Measure
  /// The number of each.
  public var number: Int
  /// What they can be broken down by.
  public var values: [Dimension: String]
  /// How many facts.
  public var count: Int

  /// Every field as given; nothing is checked here.
  public init(measure: Measure, number: Int, values: [Dimension: String], count: Int) {
    self.measure = measure
    self.number = number
    self.values = values
    self.count = count
  }
}

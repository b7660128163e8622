/// A calendar date as far as it is known: a day, a month, or only a year.
///
/// The shape is `google.type.Date`: month 0 means the month is unknown, day 0 the day. A year is
/// always there (1 … 9999, proleptic Gregorian). A partial date is *never* completed to 1 January;
/// ask ``earliest`` and ``latest`` for what it may be.
public struct CivilDate: Hashable, Sendable {
  /// 1 … 9999.
  public let year: Int
  /// 1 … 12, or 0 when unknown.
  public let month: Int
  /// 1 … 31 as the month allows, or 0 when unknown; always 0 when the month is.
  public let day: Int

  /// How much of the date is known; the raw values are stored.
  public enum Precision: Int, CaseIterable, Codable, Sendable {
    case day = 1
    case month = 2
    case year = 3
  }

  /// The date, or `nil` when no calendar has it.
  public init?(year: Int, month: Int = 0, day: Int = 0) {
    guard (1...9_999).contains(year), (0...12).contains(month) else { return nil }
    if month == 0 {
      guard day == 0 else { return nil }
    } else {
      guard (0...Self.dayCount(year: year, month: month)).contains(day) else { return nil }
    }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day so many days after 1970-01-01, held inside the years 1 to 9999.
  ///
  /// Counts in 400-year eras that start on 1 March, so that the leap day is the last of its year.
  public init(dayNumber: Int) {
    let held = min(max(dayNumber, -719_162), 2_932_896)
    let shifted = held + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; `nil` unless the day is known.
  public var dayNumber: Int? {
    guard day != 0 else { return nil }
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear.floorDivided(by: 400)
    let yearOfEra = marchYear - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// How much is known.
  public var precision: Precision {
    if day != 0 { return .day }
    return month != 0 ? .month : .year
  }

  /// The first day it may be.
  public var earliest: CivilDate {
    CivilDate(known: year, max(month, 1), max(day, 1))
  }

  /// The last day it may be.
  public var latest: CivilDate {
    let lastMonth = month == 0 ? 12 : month
    return CivilDate(
      known: year, lastMonth, day == 0 ? Self.dayCount(year: year, month: lastMonth) : day)
  }

  private init(known year: Int, _ month: Int, _ day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The days of a month, 28 … 31; `month` must be 1 … 12.
  public static func dayCount(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Whether the year has a 29 February.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The same day so many years on; 29 February becomes 1 March when there is none, because a
  /// person born on a leap day is a year older only when the day before has passed.
  public func adding(years: Int) -> CivilDate? {
    if month == 2, day == 29, !Self.isLeap(year + years) {
      return CivilDate(year: year + years, month: 3, day: 1)
    }
    return CivilDate(year: year + years, month: month, day: day)
  }

  /// So many days on; `nil` unless the day is known.
  public func adding(days: Int) -> CivilDate? {
    dayNumber.map { CivilDate(dayNumber: $0 + days) }
  }
}

extension CivilDate {
  /// Whether this date is surely before `other`: every day it may be is before every day of it.
  public func isSurelyBefore(_ other: CivilDate) -> Bool {
    latest.sortKey < other.earliest.sortKey
  }

  /// A number that orders whole dates.
  var sortKey: Int { (year * 13 + month) * 32 + day }
}

extension CivilDate: CustomStringConvertible, LosslessStringConvertible {
  /// `2023-06-12`, `2023-06` or `2023`, as much as is known.
  public var description: String {
    switch precision {
    case .day: "\(decimal(year, 4))-\(decimal(month, 2))-\(decimal(day, 2))"
    case .month: "\(decimal(year, 4))-\(decimal(month, 2))"
    case .year: decimal(year, 4)
    }
  }

  /// Reads what ``description`` writes, and nothing else.
  public init?(_ description: String) {
    let parts = description.split(separator: "-", omittingEmptySubsequences: false)
    let widths = [4, 2, 2]
    guard parts.count <= 3 else { return nil }
    var numbers: [Int] = []
    for (part, width) in zip(parts, widths) {
      guard part.utf8.count == width, part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(part)
      else { return nil }
      // A written month or day of 00 is not the same as an unwritten one.
      guard number > 0 else { return nil }
      numbers.append(number)
    }
    guard let year = numbers.first else { return nil }
    self.init(
      year: year, month: numbers.count > 1 ? numbers[1] : 0, day: numbers.count > 2 ? numbers[2] : 0
    )
  }
}

extension CivilDate: Codable {
  /// A single string, as ``description`` writes it.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let date = CivilDate(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date")
    }
    self = date
  }

  /// A single string, as ``description`` writes it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

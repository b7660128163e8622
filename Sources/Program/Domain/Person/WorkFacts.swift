/// What one person can do, and when: what recruiters for temporary work ask. Empty and nil mean not
/// answered.
public struct WorkFacts: Hashable, Sendable, Codable {
  /// The occupations, as ISCO-08 codes.
  public var occupationCodes: [String]
  /// What the person has learnt to do.
  public var skills: [WorkSkill]
  /// The driving licences.
  public var drivingLicences: [DrivingLicenceClass]
  /// The languages in which the person can take instructions.
  public var spokenLanguages: [LanguageTag]
  /// From when the person can leave, to the day, month or year.
  public var availableFrom: CivilDate?
  /// When the person must be back.
  public var availableUntil: CivilDate?
  /// The seasons worked before.
  public var seasons: [WorkSeason]

  /// Every field as given; nothing is checked here.
  public init(
    occupationCodes: [String] = [], skills: [WorkSkill] = [],
    drivingLicences: [DrivingLicenceClass] = [], spokenLanguages: [LanguageTag] = [],
    availableFrom: CivilDate? = nil, availableUntil: CivilDate? = nil, seasons: [WorkSeason] = []
  ) {
    self.occupationCodes = occupationCodes
    self.skills = skills
    self.drivingLicences = drivingLicences
    self.spokenLanguages = spokenLanguages
    self.availableFrom = availableFrom
    self.availableUntil = availableUntil
    self.seasons = seasons
  }

  /// What cannot be so, by path below these facts.
  ///
  /// - Parameter today: the latest day that it may be anywhere
  public func problems(today: CivilDate) -> [Refusal.Violation] {
    var problems: [Refusal.Violation] = []
    if let from = availableFrom, let until = availableUntil, until.isSurelyBefore(from) {
      problems.append(.init("available_until_date", "must not be before available_from_date"))
    }
    var seen: Set<WorkSeason> = []
    for (index, season) in seasons.enumerated() {
      if season.year > today.year {
        problems.append(.init("seasons[\(index)].year", "must not be in the future"))
      }
      if !seen.insert(season).inserted {
        problems.append(.init("seasons[\(index)]", "repeats an earlier item"))
      }
    }
    return problems
  }
}

/// A season worked.
public struct WorkSeason: Hashable, Sendable, Codable {
  /// Where.
  public var region: RegionCode
  /// The year in which it began.
  public var year: Int

  /// Every field as given; nothing is checked here.
  public init(region: RegionCode, year: Int) {
    self.region = region
    self.year = year
  }
}

/// What somebody has learnt to do.
public enum WorkSkill: Int, CaseIterable, Codable, Sendable {
  case fieldCrops = 1
  case fruit = 2
  case greenhouse = 3
  case livestock = 4
  case forestry = 5
  case landscaping = 6
  case irrigation = 7
  case farmMachinery = 8
  case constructionMachinery = 9
  case masonry = 10
  case carpentry = 11
  case welding = 12
  case electrical = 13
  case plumbing = 14
  case painting = 15
  case housekeeping = 16
  case kitchen = 17
  case tableService = 18
  case meatProcessing = 19
  case fishProcessing = 20
  case packing = 21
  case mechanics = 22
}

/// A class of Guatemalan driving licences.
public enum DrivingLicenceClass: Int, CaseIterable, Codable, Sendable {
  case a = 1
  case b = 2
  case c = 3
  case m = 4
  case e = 5
}

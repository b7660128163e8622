import Domain
import Protobuf
import SafeMobilityAPI

extension SafeMobility.WorkFacts {
  init(_ work: WorkFacts) {
    self.init()
    occupationCodes = work.occupationCodes
    skills = work.skills.map { .init($0) }
    drivingLicences = work.drivingLicences.map { .init($0) }
    spokenLanguageCodes = work.spokenLanguages.map(\.rawValue)
    availableFromDate = work.availableFrom.map { .init($0) }
    availableUntilDate = work.availableUntil.map { .init($0) }
    seasons = work.seasons.map { season in
      .with {
        $0.regionCode = season.region.rawValue
        $0.year = Int32(season.year)
      }
    }
  }
}

extension WorkFacts {
  /// The facts of a message; what cannot be so is refused.
  init(
    _ message: SafeMobility.WorkFacts, field path: String, at now: Instant
  ) throws(Refusal) {
    self.init(occupationCodes: message.occupationCodes)
    for skill in message.skills { skills.append(try WorkSkill(skill, field: "\(path).skills")) }
    for licence in message.drivingLicences {
      drivingLicences.append(try DrivingLicenceClass(licence, field: "\(path).driving_licences"))
    }
    for code in message.spokenLanguageCodes {
      spokenLanguages.append(
        try LanguageTag(reading: code).known("\(path).spoken_language_codes"))
    }
    if let date = message.availableFromDate {
      availableFrom = try CivilDate(date).known("\(path).available_from_date")
    }
    if let date = message.availableUntilDate {
      availableUntil = try CivilDate(date).known("\(path).available_until_date")
    }
    for (index, season) in message.seasons.enumerated() {
      let region = try RegionCode(rawValue: season.regionCode)
        .known("\(path).seasons[\(index)].region_code")
      seasons.append(WorkSeason(region: region, year: Int(season.year)))
    }
    // No zone is known here: today is the latest day it is anywhere.
    let problems = problems(today: (now + .hours(14)).utcDate.date)
    guard problems.isEmpty else {
      throw Refusal(
        .fieldInvalid, violations: problems.map { .init("\(path).\($0.field)", $0.problem) })
    }
  }
}

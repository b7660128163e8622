import ArgumentParser
import Protobuf
import SafeMobilityAPI

/// What a person can do, and when, for temporary work.
struct WorkOptions: ParsableArguments {
  @Option(help: "An occupation, ISCO-08; may be repeated.") var occupation: [String] = []
  @Option(help: "What they have learnt to do; may be repeated.")
  var skill: [EnumArgument<SafeMobility.WorkSkill>] = []
  @Option(help: "A class of driving licence they have; may be repeated.")
  var drivingLicence: [EnumArgument<SafeMobility.DrivingLicenceClass>] = []
  @Option(help: "A language in which they take instructions; may be repeated.")
  var speaks: [String] = []
  @Option(help: "From when they can leave: 2023-09, or 2023-09-15.")
  var availableFrom: DateArgument?
  @Option(help: "When they must be back.") var availableUntil: DateArgument?
  @Option(
    help: ArgumentHelp(
      "A season worked before, such as US:2019; may be repeated.", valueName: "REGION:YEAR"))
  var season: [SeasonArgument] = []

  /// Puts them into a person's facts.
  func fill(_ edit: inout Edit<SafeMobility.WorkFacts>) {
    edit.set(
      "occupation_codes", \.occupationCodes, occupation.isEmpty ? nil : occupation)
    edit.set("skills", \.skills, skill.isEmpty ? nil : skill.map(\.value))
    edit.set(
      "driving_licences", \.drivingLicences,
      drivingLicence.isEmpty ? nil : drivingLicence.map(\.value))
    edit.set("spoken_language_codes", \.spokenLanguageCodes, speaks.isEmpty ? nil : speaks)
    edit.set("available_from_date", \.availableFromDate, availableFrom?.date)
    edit.set("available_until_date", \.availableUntilDate, availableUntil?.date)
    edit.set("seasons", \.seasons, season.isEmpty ? nil : season.map(\.season))
  }
}

/// `REGION:YEAR`, such as `US:2019`.
struct SeasonArgument: ExpressibleByArgument {
  let season: SafeMobility.WorkSeason

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == 4, let year = Int32(parts[1]) else { return nil }
    season = .with {
      $0.regionCode = String(parts[0])
      $0.year = year
    }
  }
}

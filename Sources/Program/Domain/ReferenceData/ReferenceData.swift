/// What every installation starts with: the pilot, its rules, pathways, partners, languages.
///
/// Facts and their sources are in the ground plan, §1.3 and §17; what is ours is marked.
public enum ReferenceData {
  /// The pilot of the Joint Statement.
  public static let pilotID = ProgramID(checked: "gt-pilot-2023")

  /// The pilot, PLANNED: from 2023-06-12 six months, that is up to but not including 2023-12-12.
  public static func pilot(
    at now: Instant, using random: inout some RandomNumberGenerator
  ) -> Program {
    Program(
      id: pilotID, uid: ResourceUID(using: &random),
      displayName: "Oficinas de Movilidad Segura, Guatemala", hostRegion: .guatemala,
      zone: .guatemala, pilotStart: day(2023, 6, 12), pilotEnd: day(2023, 12, 12),
      state: .planned, policyVersion: policyVersion, revision: Revision(createdAt: now))
  }

  /// The version of the access and release policy these data make up.
  public static let policyVersion = "2023.1"

  /// From when that policy is in force: the pilot's first day.
  public static let policyEffectiveTime = midnight(2023, 6, 12)

  /// The languages spoken with applicants, with their own names; the first is the fallback.
  public static let languages: [(tag: LanguageTag, name: String)] = [
    ("es-GT", "Español"), ("quc", "K'iche'"), ("kek", "Q'eqchi'"), ("mam", "Mam"),
    ("cak", "Kaqchikel"), ("kjb", "Q'anjob'al"), ("ixl", "Ixil"), ("tzj", "Tz'utujil"),
    ("ht", "Kreyòl ayisyen"), ("en", "English"),
  ].compactMap { text, name in LanguageTag(rawValue: text).map { ($0, name) } }

  /// A date that this module writes down itself.
  static func day(_ year: Int, _ month: Int, _ day: Int) -> CivilDate {
    guard let date = CivilDate(year: year, month: month, day: day) else {
      preconditionFailure("a date written in the source does not exist")
    }
    return date
  }

  /// Midnight of such a date in Guatemala.
  static func midnight(_ year: Int, _ month: Int, _ day: Int) -> Instant {
    guard let instant = FixedZone.guatemala.instant(Self.day(year, month, day), minuteOfDay: 0)
    else { preconditionFailure("a whole date has a midnight") }
    return instant
  }
}

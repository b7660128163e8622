import Domain
import Storage

extension MemoryTransaction {
  func factGroups(
    of program: ProgramID, from start: CivilDate, before end: CivilDate
  ) -> [FactGroup] {
    let found = state.facts.filter { fact in
      (fact.program == nil || fact.program == program) && !fact.day.isSurelyBefore(start)
        && fact.day.isSurelyBefore(end)
    }
    var counts: [FactGroup: Int] = [:]
    for fact in found {
      let alike = FactGroup(
        measure: fact.measure, number: fact.number, values: fact.values, count: 0)
      counts[alike, default: 0] += 1
    }
    return counts.map { alike, count in
      FactGroup(measure: alike.measure, number: alike.number, values: alike.values, count: count)
    }
  }

  func append(_ fact: Fact) { state.facts.append(fact) }

  func reportRelease(of program: ProgramID, number: Int) -> ReportRelease? {
    state.releases.first { $0.report.program == program && $0.number == number }
  }

  func reportReleases(
    of program: ProgramID, before number: Int?, limit: Int
  ) -> Page<ReportRelease> {
    let found = state.releases
      .filter { release in
        release.report.program == program && number.map { release.number < $0 } ?? true
      }
      .sorted { $0.number > $1.number }
    return Page(found: found, limit: limit)
  }

  func insert(_ release: ReportRelease) throws {
    try require(state.programs[release.report.program] != nil)
    guard reportRelease(of: release.report.program, number: release.number) == nil else {
      throw StoreError.conflict(.identifier)
    }
    state.releases.append(release)
  }
}

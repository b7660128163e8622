public import Domain

/// Reads what reports are made of, and reports that were published.
public protocol ReportReader {
  /// The facts of a programme, and of none, from one day to the day before another, in groups; in no
  /// order.
  func factGroups(
    of program: ProgramID, from start: CivilDate, before end: CivilDate
  ) throws -> [FactGroup]
  /// The release of that number.
  func reportRelease(of program: ProgramID, number: Int) throws -> ReportRelease?
  /// A programme's releases, the latest first.
  ///
  /// - Parameter number: only those before this one; nil for all
  func reportReleases(
    of program: ProgramID, before number: Int?, limit: Int
  ) throws -> Page<ReportRelease>
}

/// Adds facts and releases; neither is ever changed.
public protocol ReportWriter {
  /// Adds a fact, in the unit of the change that it tells of.
  func append(_ fact: Fact) throws
  /// Adds a release.
  /// - Throws: `StoreError.conflict(.identifier)` when there is one of that number.
  func insert(_ release: ReportRelease) throws
}

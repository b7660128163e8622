/// The pilot in figures, as they are published: what is here can be shown to anybody.
public struct PilotReport: Hashable, Sendable, Codable {
  /// The programme.
  public var program: ProgramID
  /// The days covered.
  public var period: ReportPeriod
  /// Day of the pilot at the end, from 1.
  public var pilotDay: Int
  /// The figures.
  public var grids: [ReportGrid]

  /// Every field as given; nothing is checked here.
  public init(program: ProgramID, period: ReportPeriod, pilotDay: Int, grids: [ReportGrid]) {
    self.program = program
    self.period = period
    self.pilotDay = pilotDay
    self.grids = grids
  }

  /// The grid of a measure by a dimension; nil when the report has none.
  func grid(_ measure: Measure, by dimension: Dimension?) -> ReportGrid? {
    grids.first { $0.measure == measure && $0.dimension == dimension }
  }

  /// The report as a file of comma-separated values: what a release's digest is taken of, so that
  /// `sha256sum` of the file that `pasarela report pilot --format csv` writes is that digest.
  public var canonicalText: String {
    let head = [
      "program", "start_date", "end_date", "pilot_day", "measure", "dimension", "key",
      "second_dimension", "second_key", "status", "value",
    ]
    return ([head] + grids.flatMap(lines)).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private func lines(_ grid: ReportGrid) -> [[String]] {
    let rows = grid.rows + [ReportGrid.Row(key: "", figure: grid.total)]
    return rows.map { row in
      [
        "programs/\(program)", "\(period.start)", "\(period.lastDay)", "\(pilotDay)",
        grid.measure.name,
        grid.dimension?.name ?? "", row.key, grid.secondDimension?.name ?? "", row.secondKey,
        row.figure.statusName, row.figure.value.map { "\($0)" } ?? "",
      ]
    }
  }
}

/// A report that was published: its figures stay what they are for ever, and both governments cite
/// them by its number.
public struct ReportRelease: Hashable, Sendable, Codable {
  /// Within the programme, from 1.
  public var number: Int
  /// When.
  public var releaseTime: Instant
  /// The figures.
  public var report: PilotReport
  /// SHA-256 of the report's canonical text; also in the log.
  public var digest: Digest

  /// Every field as given; nothing is checked here.
  public init(number: Int, releaseTime: Instant, report: PilotReport, digest: Digest) {
    self.number = number
    self.releaseTime = releaseTime
    self.report = report
    self.digest = digest
  }
}

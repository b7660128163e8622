import Domain
import Protobuf
import SafeMobilityAPI

extension ReportRelease {
  /// Its resource name.
  var name: String { "\(report.program.name)/reportReleases/\(number)" }
}

extension SafeMobility.ReportRelease {
  init(_ release: ReportRelease) {
    self.init()
    name = release.name
    number = Int32(release.number)
    releaseTime = .init(release.releaseTime)
    startDate = .init(release.report.period.start)
    endDate = .init(release.report.period.lastDay)
    reportSha256 = release.digest.bytes
  }
}

extension SafeMobility.PilotReport {
  /// A released report.
  init(_ release: ReportRelease) {
    self.init()
    let report = release.report
    program = report.program.name
    pilotDay = Int32(report.pilotDay)
    startDate = .init(report.period.start)
    endDate = .init(report.period.lastDay)
    grids = report.grids.map { .init($0) }
    self.release = .init(release)
  }
}

extension SafeMobility.ReportGrid {
  fileprivate init(_ grid: ReportGrid) {
    self.init()
    measure = .init(grid.measure)
    dimension = .init(grid.dimension)
    secondDimension = .init(grid.secondDimension)
    rows = grid.rows.map { row in
      .with {
        $0.key = row.key
        $0.secondKey = row.secondKey
        $0.figure = .init(row.figure)
      }
    }
    total = .init(grid.total)
  }
}

extension SafeMobility.Figure {
  fileprivate init(_ figure: Figure) {
    self.init()
    switch figure {
    case .published(let value):
      status = .published
      self.value = Int64(value)
    case .suppressed: status = .suppressed
    case .missing: status = .missing
    }
  }
}

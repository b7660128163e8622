import Domain
import Protobuf
public import RPCCore
public import SafeMobilityAPI
import Storage

/// The pilot in figures, as the contract has them: what was released, and nothing that is made for
/// the one who asks.
public struct ReportDesk: SafeMobility.ReportService {
  let desk: Desk

  /// The service at a desk.
  public init(desk: Desk) {
    self.desk = desk
  }

  public func getPilotReport(
    _ request: SafeMobility.GetPilotReportRequest, call: ServerCall
  ) async throws -> SafeMobility.GetPilotReportResponse {
    try await desk.read(request, about: request.program, call) { work in
      let program = try work.found(try work.reader.program(ProgramID(name: request.program)))
      let release = try work.release(of: program.id, request)
      return .with { $0.report = .init(release) }
    }
  }

  public func listReportReleases(
    _ request: SafeMobility.ListReportReleasesRequest, call: ServerCall
  ) async throws -> SafeMobility.ListReportReleasesResponse {
    try await desk.read(request, about: request.parent, call) { work in
      let program = try work.found(try work.reader.program(ProgramID(name: request.parent)))
      let page = try work.page(
        request.pageSize, token: request.pageToken, filter: [request.parent])
      let releases = try work.reader.reportReleases(
        of: program.id, before: page.key?.first.flatMap { Int($0) }, limit: page.limit)
      return .with {
        $0.reportReleases = releases.items.map { .init($0) }
        guard releases.hasMore, let last = releases.items.last else { return }
        $0.nextPageToken = page.token(after: [String(last.number)])
      }
    }
  }
}

extension Reading {
  /// More than a programme ever has: one a month, and one of the whole.
  private static var releaseCountMax: Int { 500 }

  /// The release asked for.
  ///
  /// - Throws: SUPPRESSED for what is on no published grid: other days than a whole month, or days that
  ///   are not over
  fileprivate func release(
    of program: ProgramID, _ request: SafeMobility.GetPilotReportRequest
  ) throws -> ReportRelease {
    let isWanted = try Self.filter(request.month)
    if request.releaseNumber != nil {
      let number = Int(request.releaseNumber ?? 0)
      let release = try reader.reportRelease(of: program, number: number)
      guard let release, request.month == nil || isWanted(release) else {
        throw Refusal(.suppressed, "There is no such release; list them.")
      }
      return release
    }
    let releases = try reader.reportReleases(
      of: program, before: nil, limit: Self.releaseCountMax)
    guard let release = releases.items.first(where: isWanted) else {
      throw Refusal(
        .suppressed, "Figures are released when their time is over; list what there is.")
    }
    return release
  }

  /// Which releases are of that month, or of the whole time.
  private static func filter(
    _ month: SafeMobility.CivilDate?
  ) throws(Refusal) -> @Sendable (ReportRelease) -> Bool {
    guard let month else { return { $0.report.period.isWhole } }
    guard let date = CivilDate(month), date.precision == .month else {
      throw Refusal(.suppressed, "Figures are published by whole months only.")
    }
    return { release in
      let period = release.report.period
      return !period.isWhole && period.start.year == date.year && period.start.month == date.month
    }
  }
}

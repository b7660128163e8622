import AuditProof
import Domain
import Storage

// Reports are released by the clock: a month's when it is over, the whole pilot's behind its last
// month. Nobody can ask for one, so nobody can choose days whose difference would tell of somebody.
extension Desk {
  static var reportMethod: String { "safemobility.v1.Timer/ReleaseReport" }
  /// For what was begun before midnight and is committed after it.
  static var reportDelay: Duration { .hours(1) }

  /// Releases every report whose time has come, each once, whoever asks how often.
  ///
  /// - Throws: `CancellationError` only, between two reports
  public func releaseReports() async throws -> TimerReport {
    var done = TimerReport()
    do {
      for program in try await store.read({ try $0.programs() }) {
        try await releaseAll(of: program.id, &done)
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      done.note(error, Self.reportMethod)
    }
    return done
  }

  /// One programme's, so that whatever is wrong with it keeps no other's back.
  private func releaseAll(of program: ProgramID, _ done: inout TimerReport) async throws {
    do {
      while try await releaseNext(of: program) {
        done.count(1, of: Self.reportMethod)
        try Task.checkCancellation()
      }
    } catch let error as MovedPeriods {
      done.note(error, Self.reportMethod, program.rawValue)
    }
  }

  /// - Returns: whether there was one to release
  private func releaseNext(of program: ProgramID) async throws -> Bool {
    // Made outside the unit that stores it: what is over does not change any more, and nobody has to
    // wait while it is counted.
    guard let draft = try await store.read({ try ReportDraft(nextOf: program, $0) }) else {
      return false
    }
    return try await release(draft)
  }

  /// - Returns: whether it was released; not when somebody was faster
  private func release(_ draft: ReportDraft) async throws -> Bool {
    try await store.write { tx in
      let report = draft.report
      guard try draft.number == ReportDraft.nextNumber(of: report.program, tx) else { return false }
      let release = ReportRelease(
        number: draft.number, releaseTime: tx.now, report: report,
        digest: Hash.sha256(report.canonicalText))
      try tx.insert(release)
      var trail = AuditTrail(
        method: Self.reportMethod, requestDigest: Hash.sha256(release.name), isPersonal: false,
        secrets: secrets)
      trail.caller = .timer(for: .reporting, at: tx.now)
      trail.release = AuditTrail.ReleaseTrail(
        profile: release.name, fields: nil, digest: release.digest)
      _ = try tx.append(trail, response: nil)
      return true
    }
  }
}

/// A report that is about to be released.
struct ReportDraft: Sendable {
  /// The release's number.
  var number: Int
  var report: PilotReport

  /// The number of a programme's next release.
  static func nextNumber(of program: ProgramID, _ reader: any StoreReader) throws -> Int {
    let latest = try reader.reportReleases(of: program, before: nil, limit: 1).items.first
    return (latest?.number ?? 0) + 1
  }

  /// The next report of a programme that is due; nil when none is.
  ///
  /// - Throws: ``MovedPeriods``; what the store throws
  init?(nextOf id: ProgramID, _ reader: any StoreReader) throws {
    guard let program = try reader.program(id), program.state != .planned else { return nil }
    let released = try reader.reportReleases(of: id, before: nil, limit: 500).items
    let periods = Set(released.map(\.report.period))
    guard periods.isSubset(of: program.reportPeriods) else { throw MovedPeriods(program: id) }
    let next = program.reportPeriods.first { !periods.contains($0) }
    guard let next, let end = program.zone.instant(next.end, minuteOfDay: 0),
      end + Desk.reportDelay <= reader.now
    else { return nil }
    number = try Self.nextNumber(of: id, reader)
    let maker = ReportMaker(keys: try Self.keys(of: program, reader))
    let grids: [ReportGrid]
    if next.isWhole {
      let months = program.reportPeriods.filter { !$0.isWhole && next.contains($0) }
      grids = try maker.whole(
        months.map { month in
          ReportMaker.Month(
            facts: try Self.facts(of: id, month, reader),
            grids: released.first { $0.report.period == month }?.report.grids ?? [])
        })
    } else {
      grids = maker.month(try Self.facts(of: id, next, reader))
    }
    report = PilotReport(
      program: id, period: next, pilotDay: program.pilotDay(of: next.lastDay), grids: grids)
  }

  private static func facts(
    of program: ProgramID, _ period: ReportPeriod, _ reader: any StoreReader
  ) throws -> [FactGroup] {
    try reader.factGroups(of: program, from: period.start, before: period.end)
  }

  private static func keys(of program: Program, _ reader: any StoreReader) throws -> ReportKeys {
    var offices: [String] = []
    var key: OfficeID?
    while true {
      let page = try reader.offices(after: key, limit: 500)
      offices += page.items.filter { $0.program == program.id }.map(\.id.rawValue)
      key = page.items.last?.id
      guard page.hasMore else { break }
    }
    return ReportKeys(
      offices: offices, pathways: try reader.pathways().map(\.id.rawValue),
      partners: try reader.partners().map(\.id.rawValue))
  }
}

/// A programme's days are not those that its reports were released for: the difference of the two would
/// tell of single people (INV-18).
struct MovedPeriods: Error, CustomStringConvertible {
  let program: ProgramID

  var description: String {
    """
    the days of programs/\(program) were changed behind the server's back after reports were released; no more are \
    released until they are what they were
    """
  }
}

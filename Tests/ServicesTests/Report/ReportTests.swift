import Crypto
import Domain
import Protobuf
import RPCCore
import SafeMobilityAPI
import ServiceFixture
import Services
import Storage
import Testing

@Suite("ReportService")
struct ReportTests {
  private static let name = ProgramDeskTests.name
  /// Midnight in Guatemala behind the pilot's first month, and the hour after.
  private static let firstMonthEnd = Instant(microseconds: 1_688_191_200_000_000)
  static let firstRelease = firstMonthEnd + .hours(1)
  /// The same behind the whole pilot.
  private static let pilotEnd = Instant(microseconds: 1_702_364_400_000_000)

  private static func reader(_ world: World) -> SafeMobility.ReportServiceClient {
    world.caller("us-prm/REPORT_READER", purpose: "REPORTING").reports
  }

  private static func month(_ number: Int32) -> SafeMobility.GetPilotReportRequest {
    .with {
      $0.program = name
      $0.month = .with { ($0.year, $0.month) = (2023, number) }
    }
  }

  private static func report(
    _ world: World, _ request: SafeMobility.GetPilotReportRequest
  ) async throws -> SafeMobility.PilotReport {
    try #require(try await reader(world).getPilotReport(request).report)
  }

  /// Submissions of one day, as their facts are.
  private static func submit(
    _ count: Int, _ sex: String, on day: String = "2023-06-20", in world: World
  ) async throws {
    let day = try #require(CivilDate(day))
    try await world.store.write { tx in
      for _ in 0..<count {
        try tx.append(
          Fact(
            day: day, program: ReferenceData.pilotID, measure: .submitted, values: [.sex: sex]))
      }
    }
  }

  private static func grid(
    _ report: SafeMobility.PilotReport, _ measure: SafeMobility.Measure,
    _ dimension: SafeMobility.Dimension
  ) throws -> SafeMobility.ReportGrid {
    try #require(report.grids.first { $0.measure == measure && $0.dimension == dimension })
  }

  @Test(
    "a month is released once, an hour after it is over, and its figures are protected",
    arguments: World.StoreKind.allCases)
  func month(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    try await Self.submit(60, "FEMALE", in: world)
    try await Self.submit(20, "MALE", in: world)
    try await Self.submit(4, "X", in: world)
    world.clock.set(Self.firstRelease - .microseconds(1))
    #expect(try await world.desk.releaseReports().moveCounts == [:])
    world.clock.set(Self.firstRelease)
    let done = try await world.desk.releaseReports()
    #expect(done.moveCounts == ["safemobility.v1.Timer/ReleaseReport": 1])
    #expect(done.failures.map(\.description) == [])
    #expect(try await world.desk.releaseReports().moveCounts == [:])
    let report = try await Self.report(world, Self.month(6))
    #expect(report.pilotDay == 19)
    let sexes = try Self.grid(report, .submitted, .sex)
    #expect(sexes.total?.value == 84)
    #expect(sexes.rows.map(\.key) == ["FEMALE", "MALE", "X", "UNKNOWN"])
    #expect(
      sexes.rows.map { $0.figure?.status } == [.published, .suppressed, .suppressed, .published])
    #expect(sexes.rows.map { $0.figure?.value } == [60, nil, nil, 0])
    let days = try Self.grid(report, .medianDays, .step)
    #expect(days.rows.allSatisfy { $0.figure?.status == .missing })
  }

  @Test(
    "a release never changes, and its digest is in the log", arguments: World.StoreKind.allCases)
  func digest(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    try await Self.submit(30, "FEMALE", in: world)
    world.clock.set(Self.firstRelease)
    _ = try await world.desk.releaseReports()
    let stored = try #require(
      try await world.store.read { try $0.reportRelease(of: ReferenceData.pilotID, number: 1) })
    let entry = try #require(try await world.lastAuditEntries().last)
    #expect(entry.method == "safemobility.v1.Timer/ReleaseReport")
    #expect(entry.role == .system && entry.verdict == .allow && entry.purpose == .reporting)
    #expect(entry.profile == "programs/gt-pilot-2023/reportReleases/1")
    #expect(entry.releaseCommitment == stored.digest)
    #expect(
      stored.digest.bytes == Array(SHA256.hash(data: Array(stored.report.canonicalText.utf8))))
    let first = try await Self.report(world, Self.month(6))
    #expect(first.release?.reportSha256 == stored.digest.bytes)
    // What comes to be known late is in no release.
    try await Self.submit(1, "FEMALE", in: world)
    _ = try await world.desk.releaseReports()
    #expect(try await Self.report(world, Self.month(6)) == first)
  }

  @Test(
    "where the pilot's days are not those of its reports nothing more is released",
    arguments: World.StoreKind.allCases)
  func movedPeriods(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    world.clock.set(Self.firstRelease)
    _ = try await world.desk.releaseReports()
    try await world.store.write { tx in
      guard var program = try tx.program(ReferenceData.pilotID) else { throw StoreError.notFound }
      let version = program.revision.version
      program.pilotStart = try #require(program.pilotStart.adding(days: 1))
      program.revision.advance(at: tx.now)
      try tx.update(program, from: version)
    }
    world.clock.set(Self.pilotEnd)
    let done = try await world.desk.releaseReports()
    #expect(done.moveCounts == [:])
    #expect(done.failures.map(\.description).contains { $0.contains("were changed") })
    let list = try await Self.reader(world).listReportReleases(.with { $0.parent = Self.name })
    #expect(list.reportReleases.map(\.number) == [1])
  }

  @Test("two that look at once release each month once", arguments: World.StoreKind.allCases)
  func atOnce(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    world.clock.set(Self.pilotEnd)
    async let first = world.desk.releaseReports()
    async let second = world.desk.releaseReports()
    let reports = try await [first, second]
    #expect(reports.map(\.failureCount) == [0, 0])
    // Who was slower leaves the rest to the faster one, or to the next look.
    _ = try await world.desk.releaseReports()
    let list = try await Self.reader(world).listReportReleases(.with { $0.parent = Self.name })
    #expect(list.reportReleases.map(\.number) == Array((1...8).reversed()))
  }

  @Test(
    "the whole pilot is released when it is over, and gives no month away",
    arguments: World.StoreKind.allCases)
  func whole(_ kind: World.StoreKind) async throws {
    let world = try await World(kind)
    for day in ["2023-06-20", "2023-07-01"] {
      try await Self.submit(40, "FEMALE", on: day, in: world)
      try await Self.submit(30, "MALE", on: day, in: world)
    }
    try await Self.submit(3, "X", on: "2023-12-11", in: world)
    try await Self.submit(90, "FEMALE", on: "2023-12-11", in: world)
    world.clock.set(Self.pilotEnd - .microseconds(1))
    _ = try await world.desk.releaseReports()
    await expectRefusal("SUPPRESSED", .failedPrecondition) {
      _ = try await Self.report(world, .with { $0.program = Self.name })
    }
    world.clock.set(Self.pilotEnd)
    _ = try await world.desk.releaseReports()
    let report = try await Self.report(world, .with { $0.program = Self.name })
    #expect(report.pilotDay == 183)
    #expect(report.release?.number == 8)
    let sexes = try Self.grid(report, .submitted, .sex)
    #expect(sexes.total?.value == 233)
    // December hides X and with it FEMALE: all of the pilot would say both.
    #expect(sexes.rows.map { $0.figure?.value } == [nil, 60, nil, 0])
    #expect(try Self.grid(report, .withdrawn, .department).secondDimension == .reason)
    #expect(
      try await Self.report(world, .with { ($0.program, $0.releaseNumber) = (Self.name, 8) })
        == report)
  }

  @Test("what is on no grid is SUPPRESSED, and no programme is denied")
  func offGrid() async throws {
    let world = try await World()
    world.clock.set(Self.firstRelease)
    _ = try await world.desk.releaseReports()
    let requests: [SafeMobility.GetPilotReportRequest] = [
      Self.month(7), Self.month(5), .with { $0.program = Self.name },
      .with { ($0.program, $0.releaseNumber) = (Self.name, 2) },
      .with {
        $0.program = Self.name
        $0.month = .with { ($0.year, $0.month, $0.day) = (2023, 6, 12) }
      },
      .with {
        $0.program = Self.name
        $0.month = .with { $0.year = 2023 }
      },
      .with {
        $0.program = Self.name
        $0.month = .with { ($0.year, $0.month) = (2023, 7) }
        $0.releaseNumber = 1
      },
    ]
    for request in requests {
      await expectRefusal("SUPPRESSED", .failedPrecondition) {
        _ = try await Self.report(world, request)
      }
    }
    await expectRefusal("ACCESS_DENIED", .permissionDenied) {
      _ = try await Self.report(world, .with { $0.program = "programs/other" })
    }
  }

  @Test("releases are listed the latest first, page by page")
  func pages() async throws {
    let world = try await World()
    world.clock.set(Self.pilotEnd)
    _ = try await world.desk.releaseReports()
    var numbers: [Int32] = []
    var request = SafeMobility.ListReportReleasesRequest.with {
      $0.parent = Self.name
      $0.pageSize = 3
    }
    repeat {
      let page = try await Self.reader(world).listReportReleases(request)
      numbers += page.reportReleases.map(\.number)
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    #expect(numbers == [8, 7, 6, 5, 4, 3, 2, 1])
  }

  @Test("a planned programme has no reports")
  func planned() async throws {
    let world = try await World(pilot: false)
    world.clock.set(Self.pilotEnd)
    #expect(try await world.desk.releaseReports().moveCounts == [:])
  }
}

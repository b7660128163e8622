import Protobuf
import SafeMobilityAPI
import Testing

@testable import CLI

/// `pasarela report pilot` in its forms.
@Suite struct ReportTests {
  private static func figure(_ value: Int64?) -> SafeMobility.Figure {
    .with {
      $0.status = value == nil ? .suppressed : .published
      $0.value = value
    }
  }

  private static func row(
    _ key: String, _ value: Int64?, second: String = ""
  ) -> SafeMobility.ReportRow {
    .with {
      $0.key = key
      $0.secondKey = second
      $0.figure = figure(value)
    }
  }

  private static let report = SafeMobility.PilotReport.with {
    $0.program = "programs/gt-pilot-2023"
    $0.pilotDay = 19
    $0.startDate = .with { ($0.year, $0.month, $0.day) = (2023, 6, 12) }
    $0.endDate = .with { ($0.year, $0.month, $0.day) = (2023, 6, 30) }
    $0.grids = [
      .with {
        $0.measure = .submitted
        $0.dimension = .sex
        $0.rows = [row("FEMALE", 40), row("MALE", nil), row("X", nil), row("UNKNOWN", 0)]
        $0.total = figure(57)
      },
      .with {
        $0.measure = .medianDays
        $0.dimension = .step
        $0.rows = [row("SCREENING", 4)]
        $0.total = .with { $0.status = .missing }
      },
      .with {
        $0.measure = .withdrawn
        $0.dimension = .department
        $0.secondDimension = .reason
        $0.rows = [
          row("GT-09", 12, second: "PRIVACY"), row("GT-09", 12), row("", 12, second: "PRIVACY"),
        ]
        $0.total = figure(12)
      },
    ]
    $0.release = .with {
      $0.number = 1
      $0.reportSha256 = Array(0..<32)
    }
  }

  private static func run(
    _ line: String, _ report: SafeMobility.PilotReport = report
  ) async -> CommandRun {
    let world = CommandWorld(server: Sample.server())
    world.server.answer(
      SafeMobility.ReportServiceMethods.getPilotReport,
      SafeMobility.GetPilotReportResponse.with { $0.report = report })
    return await world.run(line)
  }

  @Test("0, hidden and missing are shown as three things")
  func text() async throws {
    try GoldenText.check(await Self.run("report pilot --format text").transcript, "report")
  }

  @Test("the file has a figure a line")
  func csv() async throws {
    try GoldenText.check(await Self.run("report pilot --format csv").transcript, "report-csv")
  }

  @Test("json is the response")
  func json() async throws {
    let run = await Self.run("report pilot --format json")
    let response = try SafeMobility.GetPilotReportResponse(jsonString: run.output)
    #expect(response.report == Self.report)
    #expect(await Self.run("report pilot").output == run.output)
  }

  @Test(
    "no key becomes a formula of a spreadsheet, or a command of a terminal",
    arguments: [
      ("=1+1", "'=1+1"), ("+502", "'+502"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("a,b", "\"a,b\""), ("=\"x\"", "\"'=\"\"x\"\"\""), ("\t=1", "\u{FFFD}=1"),
      ("a\r\n=1", "a\u{FFFD}\u{FFFD}=1"), ("gt-xel-01", "gt-xel-01"),
    ])
  func formulas(_ key: String, _ field: String) async {
    var report = Self.report
    report.grids = [.with { $0.rows = [Self.row(key, 1)] }]
    let lines = await Self.run("report pilot --format csv", report).output.split(separator: "\n")
    #expect(
      lines.dropFirst().first
        == "programs/gt-pilot-2023,2023-06-12,2023-06-30,19,,,\(field),,,PUBLISHED,1")
    #expect(lines.count == 3)
  }

  @Test(
    "what fits no release is refused before a call",
    arguments: ["--month 2023", "--month 2023-06-12", "--format csv --output json", "--format xml"])
  func wrongUsage(_ words: String) async {
    let run = await Self.run("report pilot \(words)")
    #expect(run.code == 2)
    #expect(run.output.isEmpty)
  }
}

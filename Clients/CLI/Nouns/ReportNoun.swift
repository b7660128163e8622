import ArgumentParser
import Protobuf
import RPCCore
import SafeMobilityAPI

/// `pasarela report`.
struct ReportNoun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "The pilot in figures, as they were released.",
    subcommands: [Pilot.self, Releases.self])

  struct Pilot: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Shows the released figures of a month, or of the whole pilot.",
      discussion: """
        What would reveal a count from 1 to 10 is hidden, and is not the same as 0. The SHA-256 of \
        the CSV file is the release's digest, which is in the audit log.
        """)
    static let method = SafeMobility.ReportServiceMethods.getPilotReport
    static let purpose = SafeMobility.Purpose.reporting
    typealias Request = SafeMobility.GetPilotReportRequest
    typealias Response = SafeMobility.GetPilotReportResponse

    @Argument(help: "programs/ID.") var program = Defaults.program
    @Option(help: ArgumentHelp("One month; the whole pilot if not said.", valueName: "YYYY-MM"))
    var month: DateArgument?
    @Option(help: "The release of this number; the latest if not said.") var release: Int32?
    @Option(help: "csv: a row a figure; json: the response; text: for people.")
    var format: ReportFormat?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard month.map({ $0.precision == .month }) ?? true else {
        throw ValidationError("--month is a year and a month, such as 2023-07")
      }
      guard format == nil || options.output == nil else {
        throw ValidationError("give --format or --output, not both")
      }
    }

    func fill(_ request: inout SafeMobility.GetPilotReportRequest, _ session: Session) {
      request.program = program
      request.month = month?.date
      request.releaseNumber = release
    }

    func text(of response: SafeMobility.GetPilotReportResponse) throws -> String? {
      let report = ReportText(response.report ?? .init())
      switch format {
      case .csv: return report.csv
      case .text: return report.text
      case .json:
        var options = JSONEncodingOptions()
        options.pretty = true
        return try response.jsonString(options: options) + "\n"
      case nil: return nil
      }
    }
  }

  struct Releases: Verb {
    static let configuration = CommandConfiguration(
      abstract: "Lists the numbered releases, the latest first.")
    static let method = SafeMobility.ReportServiceMethods.listReportReleases
    static let purpose = SafeMobility.Purpose.reporting
    typealias Request = SafeMobility.ListReportReleasesRequest
    typealias Response = SafeMobility.ListReportReleasesResponse

    @Argument(help: "programs/ID.") var program = Defaults.program
    @OptionGroup var page: PageOptions
    @OptionGroup var options: GlobalOptions

    func fill(_ request: inout SafeMobility.ListReportReleasesRequest, _ session: Session) {
      request.parent = program
      page.fill(&request.pageSize, &request.pageToken)
    }
  }
}

/// In what form a report is written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case csv
  case json
  case text
}

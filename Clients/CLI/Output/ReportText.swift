import Protobuf
import SafeMobilityAPI

/// A report as a file of comma-separated values, and as a page for people.
struct ReportText {
  private let report: SafeMobility.PilotReport

  init(_ report: SafeMobility.PilotReport) {
    self.report = report
  }

  /// One figure a line, with a header: the text whose SHA-256 is the release's digest.
  var csv: String {
    let head = [
      "program", "start_date", "end_date", "pilot_day", "measure", "dimension", "key",
      "second_dimension", "second_key", "status", "value",
    ]
    let lines = report.grids.flatMap { grid in
      figures(of: grid).map { figure in
        [
          report.program, date(report.startDate), date(report.endDate), "\(report.pilotDay)",
          name(grid.measure), name(grid.dimension), figure.key, name(grid.secondDimension),
          figure.secondKey, name(figure.status), figure.value.map { "\($0)" } ?? "",
        ]
      }
    }
    return ([head] + lines).map { CommaSeparated.line($0) }.joined()
  }

  /// A table for each grid.
  var text: String {
    var parts = [head]
    for grid in report.grids {
      let dimensions = [grid.dimension, grid.secondDimension].map(name).filter { !$0.isEmpty }
      let title = ([name(grid.measure)] + dimensions).joined(separator: " by ")
      let table = Table(rows: figures(of: grid).map(row))
      parts.append(([title] + table.lines.map { "  " + $0 }).joined(separator: "\n"))
    }
    return Plain.line(parts.joined(separator: "\n\n")) + "\n"
  }

  private var head: String {
    let release = report.release ?? .init()
    let digest = release.reportSha256.map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
    return """
      \(report.program), \(date(report.startDate)) to \(date(report.endDate)), day \
      \(report.pilotDay) of the pilot
      Release \(release.number), SHA-256 \(digest)
      (hidden): from 1 to 10, or it would let such a count be derived.
      """
  }

  private func row(_ figure: Row) -> [String] {
    let key = [figure.key, figure.secondKey].filter { !$0.isEmpty }.joined(separator: ", ")
    return [key.isEmpty ? "total" : key, shown(figure)]
  }

  private func shown(_ figure: Row) -> String {
    switch figure.status {
    case .published: figure.value.map { "\($0)" } ?? "?"
    case .suppressed: "(hidden)"
    case .missing: "-"
    default: name(figure.status)
    }
  }

  /// One figure with what it is of; both keys are empty in the total.
  private struct Row {
    var key = ""
    var secondKey = ""
    var status: SafeMobility.FigureStatus
    var value: Int64?
  }

  /// The rows, and the total as the last one.
  private func figures(of grid: SafeMobility.ReportGrid) -> [Row] {
    let rows = grid.rows.map { row in
      Row(
        key: row.key, secondKey: row.secondKey, status: row.figure?.status ?? .unspecified,
        value: row.figure?.value)
    }
    return rows + [Row(status: grid.total?.status ?? .unspecified, value: grid.total?.value)]
  }

  private func name<Value: OpenEnum>(_ value: Value) -> String {
    value.rawValue == 0 ? "" : EnumText.name(of: value.rawValue, in: Value.descriptor)
  }

  private func date(_ date: SafeMobility.CivilDate?) -> String {
    guard let date else { return "" }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  private func padded(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// Lines of comma-separated values (RFC 4180, but for the line feed alone) that no spreadsheet takes
/// for formulas and no terminal for commands.
enum CommaSeparated {
  /// What spreadsheets begin a formula with.
  private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@"]

  static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\n"
  }

  private static func field(_ text: String) -> String {
    var text = Plain.cell(text)
    if let first = text.unicodeScalars.first, formulaStarts.contains(first) { text = "'" + text }
    let isPlain = !text.contains { $0 == "," || $0 == "\"" }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}

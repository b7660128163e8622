import Foundation
import Protobuf

/// An answer on its way to a person or a program.
struct Answer<Request: Message, Response: Message> {
  let request: Request
  let response: Response
  /// Who must make the same move, where two persons must.
  let secondPerson: String?

  /// Writes the answer to standard output, and what else there is to know to standard error.
  ///
  /// - Throws: ``CommandFailure`` when the answer has no such form or field
  func show(_ format: OutputFormat, zone: TimeZone?, in surroundings: Surroundings) throws {
    let record = try Record(response, zone: zone ?? .gmt)
    surroundings.write(try text(record, format, surroundings) + "\n")
    if let notice = notice(record, typed: surroundings.arguments) {
      surroundings.writeError(Plain.line(notice) + "\n")
    }
    if format == .table, let token = record["next_page_token"]?.rawTexts.first {
      surroundings.writeError("There is more: add --page-token \(Repetition.quoted(token))\n")
    }
  }

  private func text(
    _ record: Record, _ format: OutputFormat, _ surroundings: Surroundings
  ) throws -> String {
    switch format {
    case .json:
      var options = JSONEncodingOptions()
      options.pretty = true
      return try response.jsonString(options: options)
    case .table:
      let isStyled =
        surroundings.terminalWidth != nil && surroundings.variable("NO_COLOR") == nil
        && surroundings.variable("TERM") != "dumb"
      return Page(widthMax: surroundings.terminalWidth, isStyled: isStyled).text(of: record)
    case .name:
      return record.fields.first.map { record.values(at: "\($0.name).name") }?
        .flatMap(\.rawTexts).joined(separator: "\n") ?? ""
    case .value(let path):
      let values = record.values(at: path)
      guard !values.isEmpty else {
        throw CommandFailure(
          "the answer has no \(path), or it is empty; see `-o json` for what it has, "
            + "and write the names as the schema does, such as hold.fence")
      }
      return values.flatMap(\.rawTexts).joined(separator: "\n")
    }
  }

  /// What a two-person move waits for.
  private func notice(_ record: Record, typed: [String]) -> String? {
    guard let secondPerson, case .record(let pending) = record["pending_approval"] else {
      return nil
    }
    var until = ""
    if case .text(let shown, _) = pending["expire_time"] { until = " before \(shown)" }
    return """
      Nothing has changed yet: this move needs a second person.
      \(secondPerson) must give the same command\(until), with their own certificate:
        \(Repetition(of: request, typed: typed).bySecondPerson)
      """
  }
}

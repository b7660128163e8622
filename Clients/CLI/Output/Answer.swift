import Foundation
import Protobuf

/// An answer on its way to a person or a program.
struct Answer {
  let response: ShownMessage
  /// How to give the same command again.
  let repetition: Repetition
  /// Who must make the same move, where two persons must.
  let secondPerson: String?

  /// Writes the answer to standard output, and what else there is to know to standard error.
  ///
  /// - Throws: ``CommandFailure`` when the answer has no such form or field
  func show(
    _ format: OutputFormat, zone: TimeZone?, in surroundings: Surroundings
  ) throws(CommandFailure) {
    let zone = zone ?? .gmt
    surroundings.write(try response.text(format, zone: zone, in: surroundings) + "\n")
    let record = try response.record(zone: zone)
    if let notice = notice(record) { surroundings.writeError(Plain.line(notice) + "\n") }
    if format == .table || format == .wide,
      let token = record["next_page_token"]?.rawTexts.first
    {
      surroundings.writeError("There is more: add --page-token \(Repetition.quoted(token))\n")
    }
  }

  /// What a two-person move waits for.
  private func notice(_ record: Record) -> String? {
    guard let secondPerson, case .record(let pending) = record["pending_approval"] else {
      return nil
    }
    var until = ""
    if case .text(let shown, _) = pending["expire_time"] { until = " before \(shown)" }
    return """
      Nothing has changed yet: this move needs a second person.
      \(secondPerson) must give the same command\(until), with their own certificate:
        \(repetition.bySecondPerson)
      """
  }
}

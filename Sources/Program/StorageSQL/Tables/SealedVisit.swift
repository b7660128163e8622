import Domain

/// What of an appointment is for those alone who may see it, as one short text: `7K3P9D`, or `7K3P9D 1` with an excuse.
///
/// Whoever knows the code may check in, and an excuse may tell of an illness. Neither is looked for in SQL: the code is
/// compared where it was read. A text and not JSON, because appointments are read by the hundred.
struct SealedVisit: RawRepresentable {
  var code: VisitCode
  var excuse: ExcuseReason?

  var rawValue: String {
    excuse.map { "\(code.rawValue) \($0.rawValue)" } ?? code.rawValue
  }

  init(_ appointment: Appointment) {
    (code, excuse) = (appointment.visitCode, appointment.excuse)
  }

  init?(rawValue: String) {
    let parts = rawValue.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard let code = VisitCode(rawValue: String(parts[0])) else { return nil }
    self.code = code
    guard parts.count > 1 else { return }
    guard let excuse = Int(parts[1]).flatMap(ExcuseReason.init) else { return nil }
    self.excuse = excuse
  }
}

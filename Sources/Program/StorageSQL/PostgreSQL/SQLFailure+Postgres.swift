extension SQLFailure {
  /// What an error of the server means, by its SQLSTATE: https://www.postgresql.org/docs/15/errcodes-appendix.html
  init(_ result: PostgresResult) {
    let state = result.field("C") ?? ""
    let message = result.field("M") ?? "no message"
    let constraint = result.field("n") ?? ""
    switch state {
    case "23505": self = .unique(constraint)
    case "23514": self = .check(constraint)
    case "23503": self = .foreignKey
    case "23502": self = .missingValue(result.field("c") ?? "")
    case Self.appendOnlyState: self = .appendOnly(message)
    case "40001", "40P01": self = .serialization
    // Statement and lock timeouts.
    case "57014", "55P03": self = .busy
    // A standby, or a server that is starting, stopping, or has no room for another connection.
    case "25006", "25P03", "40003", "53300", "57P01", "57P02", "57P03", "57P05":
      self = .unavailable(message)
    case "53100", "53200", "58030": self = .inputOutput(message)
    case "XX001", "XX002": self = .corrupt(message)
    default:
      if state.hasPrefix("08") {
        self = .unavailable(message)
      } else {
        // Class 22 quotes the value in its message.
        self = .statement(state.hasPrefix("22") ? state : "\(state): \(message)")
      }
    }
  }

  /// What `demand_rows` raises: a statement changed other rows than it should have.
  static let demandState = "PA002"
  /// What the triggers of append-only tables raise.
  static let appendOnlyState = "PA001"
}

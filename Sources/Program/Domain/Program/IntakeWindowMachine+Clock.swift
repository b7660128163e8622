extension IntakeWindowMachine {
  // MARK: The clock

  /// The timer at the opening time: a window that is still PLANNED opens, where the program is in
  /// its pilot or extended. One that an administrator has paused stays so: whoever stopped it knows
  /// why, and the clock does not.
  public mutating func openOnTime(
    program: ProgramState, at now: Instant
  ) throws(Refusal) -> Change<IntakeWindow> {
    guard window.state == .planned, window.openTime <= now else {
      throw Refusal.illegal("Open", in: "\(window.state), by the clock")
    }
    return try open(program: program, at: now)
  }

  /// The timer at the closing time: what could be opened again no longer can.
  public mutating func closeOnTime(at now: Instant) throws(Refusal) -> Change<IntakeWindow> {
    guard window.closeTime <= now else {
      throw Refusal.illegal("Close", in: "\(window.state), still in its time")
    }
    return try close(at: now)
  }
}

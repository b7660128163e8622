public import Domain

/// Reads programs, their openings and their rules.
public protocol ProgramReader {
  /// The program of that id.
  func program(_ id: ProgramID) throws -> Program?
  /// Every program, by id; there are few.
  func programs() throws -> [Program]
  /// The window of that id.
  func intakeWindow(_ id: IntakeWindowID) throws -> IntakeWindow?
  /// A program's windows by opening time.
  func intakeWindows(
    of program: ProgramID, after key: TimeKey<IntakeWindowID>?, limit: Int
  ) throws -> Page<IntakeWindow>
  /// A program's rules, oldest version first; there are few.
  func eligibilityRules(of program: ProgramID) throws -> [EligibilityRule]
  /// The rule of the highest version in force at an instant.
  func eligibilityRule(of program: ProgramID, at instant: Instant) throws -> EligibilityRule?
}

/// Changes programs, their openings and their rules.
public protocol ProgramWriter {
  /// Adds a program.
  func insert(_ program: Program) throws
  /// Replaces a program the caller read at `version`.
  func update(_ program: Program, from version: Version) throws
  /// Adds a window.
  func insert(_ window: IntakeWindow) throws
  /// Replaces a window the caller read at `version`; `admitted` is left as stored, because
  /// submissions count it up meanwhile.
  func update(_ window: IntakeWindow, from version: Version) throws
  /// Adds a rule; rules are never changed.
  func insert(_ rule: EligibilityRule) throws

  /// Takes one place of the window's quota, with the submission in the same unit (INV-11).
  ///
  /// The last place moves the window to QUOTA_REACHED and counts as a change (version + 1); the
  /// others only count `admitted` up, else every submission would make an administrator's etag
  /// stale.
  /// - Returns: the window as it is now.
  /// - Throws: `Refusal` with WINDOW_CLOSED when it is not open by state and clock, QUOTA_REACHED
  ///   when all places are taken; `StoreError.notFound`.
  func admit(to window: IntakeWindowID) throws -> IntakeWindow
}

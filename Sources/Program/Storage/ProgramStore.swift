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
  /// Replaces a window the caller read at `version`; so too when the machine admitted a submission.
  ///
  /// Two submissions never take the same place: on SQLite units run one after another, and on
  /// PostgreSQL reading the window inside a transaction locks its row.
  /// - Throws: `StoreError.conflict(.range)` for more admitted than the quota (INV-11), the last
  ///   line of defence behind the machine.
  func update(_ window: IntakeWindow, from version: Version) throws
  /// Adds a rule; rules are never changed.
  func insert(_ rule: EligibilityRule) throws
}

/// Moves a program.
///
///     PLANNED → PILOT → EXTENDED
///               PILOT, EXTENDED → WINDING_DOWN → CLOSED
///
/// Extend, BeginWindDown and Close take two people, one of each government; the caller settles that
/// with ``TwoPersonRule`` before it comes here.
public struct ProgramMachine: ~Copyable {
  private var program: Program

  /// Takes the stored program.
  public init(_ program: Program) {
    self.program = program
  }

  /// The pilot begins.
  public mutating func startPilot(at now: Instant) throws(Refusal) -> Change<Program> {
    try program.demand(.startPilot)
    return program.move(.startPilot, to: .pilot, at: now)
  }

  /// The pilot is prolonged: an agreement and a later end (the day after the new last day).
  public mutating func extend(
    reference: String, newEnd: CivilDate, at now: Instant
  ) throws(Refusal) -> Change<Program> {
    try program.demand(.extend)
    guard !reference.isEmpty else {
      throw Refusal.field("extension_ref", "the agreement must be named")
    }
    guard newEnd.precision == .day, program.pilotEnd.isSurelyBefore(newEnd) else {
      throw Refusal.field("extended_end_date", "must be a day after the present end")
    }
    program.extensionReference = reference
    program.extendedEnd = newEnd
    return program.move(.extend, to: .extended, at: now)
  }

  /// The end begins.
  public mutating func beginWindDown(at now: Instant) throws(Refusal) -> Change<Program> {
    try program.demand(.beginWindDown)
    return program.move(.beginWindDown, to: .windingDown, at: now, orders: [.closeWindows])
  }

  /// The end.
  public mutating func close(at now: Instant) throws(Refusal) -> Change<Program> {
    try program.demand(.close)
    return program.move(.close, to: .closed, at: now)
  }
}

extension Program: Aggregate {
  /// A program.
  public static var aggregateKind: AggregateKind { .program }

  /// The events of ``ProgramMachine``.
  public enum Event: String, MachineEvent {
    case startPilot = "StartPilot"
    case extend = "Extend"
    case beginWindDown = "BeginWindDown"
    case close = "Close"

    /// The states that have the event.
    public var sources: [ProgramState] {
      switch self {
      case .startPilot: [.planned]
      case .extend: [.pilot]
      case .beginWindDown: [.pilot, .extended]
      case .close: [.windingDown]
      }
    }
  }

  /// What a change of a program may ask for besides.
  public enum Order: Hashable, Sendable {
    /// Close every window that is not closed.
    case closeWindows
  }
}

/// Moves an intake window.
///
///     PLANNED, PAUSED → OPEN → PAUSED
///     OPEN → QUOTA_REACHED, when the last admission is taken
///     any but CLOSED → CLOSED
///
/// A window takes registrations only while it is OPEN *and* the clock is inside its times; OPEN
/// before the opening time is how an administrator arms it, so that it opens to the microsecond; one
/// left PLANNED is opened by the timer, soon after its time. (Decision: Close is open to PLANNED,
/// PAUSED and QUOTA_REACHED as well, because a window that cannot be closed would outlive a
/// winding-down.)
public struct IntakeWindowMachine: ~Copyable {
  var window: IntakeWindow

  /// Takes the stored window.
  public init(_ window: IntakeWindow) {
    self.window = window
  }

  /// A new window, PLANNED. Refused with FIELD_INVALID for an empty time or quota, and for a time
  /// outside the program's own.
  public static func create(
    _ draft: IntakeWindow, of program: Program, at now: Instant
  ) throws(Refusal) -> Change<IntakeWindow> {
    guard draft.openTime < draft.closeTime else {
      throw Refusal.field("close_time", "must be after open_time")
    }
    guard now < draft.closeTime else { throw Refusal.field("close_time", "is in the past") }
    guard program.contains(program.zone.local(draft.openTime).date) else {
      throw Refusal.field("open_time", "must be on a day of the program")
    }
    // It may close as the last day ends.
    guard program.contains(program.zone.local(draft.closeTime - .microseconds(1)).date) else {
      throw Refusal.field("close_time", "must be on a day of the program")
    }
    guard draft.quota >= 1 else { throw Refusal.field("quota", "must be 1 or more") }
    var window = draft
    window.state = .planned
    window.admitted = 0
    window.revision = Revision(createdAt: now)
    return window.created(.create)
  }

  /// Opens it, where the program is in its pilot or extended.
  public mutating func open(
    program: ProgramState, at now: Instant
  ) throws(Refusal) -> Change<IntakeWindow> {
    try window.demand(.open)
    switch program {
    case .pilot, .extended: break
    case .planned: throw Refusal.illegal("Open", in: "of a program that is only planned")
    case .windingDown, .closed: throw Refusal(.programFrozen)
    }
    guard now < window.closeTime else { throw Refusal(.windowClosed) }
    return window.move(.open, to: .open, at: now)
  }

  /// Interrupts it.
  public mutating func pause(at now: Instant) throws(Refusal) -> Change<IntakeWindow> {
    try window.demand(.pause)
    return window.move(.pause, to: .paused, at: now)
  }

  /// Ends it.
  public mutating func close(at now: Instant) throws(Refusal) -> Change<IntakeWindow> {
    try window.demand(.close)
    return window.move(.close, to: .closed, at: now)
  }

  /// Takes one admission; the last one moves to QUOTA_REACHED. Refused with WINDOW_CLOSED or
  /// QUOTA_REACHED.
  public mutating func admit(
    channel: Channel, at now: Instant
  ) throws(Refusal) -> Change<IntakeWindow> {
    try window.demandOpen(for: channel, at: now)
    window.admitted += 1
    return window.move(
      .admit, to: window.admitted >= window.quota ? .quotaReached : .open, at: now)
  }
}

extension IntakeWindow: Aggregate {
  /// An intake window.
  public static var aggregateKind: AggregateKind { .intakeWindow }

  /// The events of ``IntakeWindowMachine``.
  public enum Event: String, MachineEvent {
    case create = "Create"
    case open = "Open"
    case pause = "Pause"
    case close = "Close"
    case admit = "Admit"

    /// The states that have the event.
    public var sources: [IntakeWindowState] {
      switch self {
      case .create: []
      case .open: [.planned, .paused]
      case .pause, .admit: [.open]
      case .close: [.planned, .open, .paused, .quotaReached]
      }
    }
  }

  /// A window's changes ask for nothing else.
  public typealias Order = Never

  /// Refuses unless a registration by `channel` can come in at `now`: QUOTA_REACHED when the quota
  /// is used up within the times, else WINDOW_CLOSED.
  func demandOpen(for channel: Channel, at now: Instant) throws(Refusal) {
    if let only = self.channel, only != channel { throw Refusal(.windowClosed) }
    if state == .quotaReached, openTime <= now, now < closeTime { throw Refusal(.quotaReached) }
    guard isOpen(at: now) else { throw Refusal(.windowClosed) }
    guard admitted < quota else { throw Refusal(.quotaReached) }
  }
}

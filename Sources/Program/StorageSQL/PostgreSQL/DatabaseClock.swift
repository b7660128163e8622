public import Domain
import Synchronization

/// The database's time, by which all nodes decide alike what is over.
///
/// It is asked now and then; between, this machine's steady clock goes on from the answer, so that nobody's wall
/// clock matters, and nobody waits for the time. Off by half the way there and back at most. May be used from any
/// thread.
public final class DatabaseClock: Sendable {
  private struct Reading {
    var instant: Instant
    var at: ContinuousClock.Instant
  }

  private static let slowAnswer = Duration.milliseconds(100)

  private let reading = Mutex<Reading?>(nil)

  /// A clock that nobody has set yet.
  public init() {}

  /// The database's time now; before the database was first asked, the time 1970 began.
  public var now: Instant {
    guard let reading = reading.withLock({ $0 }) else { return Instant(microseconds: 0) }
    return reading.instant + reading.at.duration(to: .now)
  }

  /// Asks for the time, and keeps it.
  func set(by connection: any SQLConnection) throws(SQLFailure) {
    let asked = ContinuousClock.now
    let microseconds = try connection.first(.clock, []) { (row) throws(SQLFailure) in
      try row.integer()
    }
    guard let microseconds else { throw .statement("the database does not say its time") }
    let way = asked.duration(to: .now)
    let fresh = Reading(instant: Instant(microseconds: microseconds), at: asked + way / 2)
    reading.withLock { reading in
      // An answer that took long says little of when it was given; the next one will be better.
      if reading == nil || way < Self.slowAnswer { reading = fresh }
    }
  }
}

extension SQLStatement {
  fileprivate static let clock = SQLStatement(
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)")
}

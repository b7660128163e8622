import Dispatch
import Glibc
import Synchronization

/// Keeps one node up to date with the others, on a connection and a thread of its own.
///
/// It hears when places in the feed were given out (`LISTEN`), and, while it holds the lock of the sequencer, gives
/// them out itself. The lock goes with the connection: when a node dies, another takes over within `candidacy`.
final class FeedKeeper: Sendable {
  /// What the node is told.
  struct Reports: Sendable {
    /// There may be news in the feed.
    var news: @Sendable () -> Void
    /// The database was reached, or was not.
    var reached: @Sendable (Bool) -> Void
    /// What is first in line for a place in the log has waited so long; told now and then, and only when it is long.
    var lagging: @Sendable (Duration) -> Void
  }

  private static let candidacy = Duration.milliseconds(500)
  private static let listening = Duration.milliseconds(250)
  /// How long the sequencer waits for something to come, first and at most.
  private static let shortestWait = Duration.milliseconds(2)
  private static let longestWait = Duration.milliseconds(40)
  private static let clockInterval = Duration.seconds(10)
  /// How often any node looks whether the sequencer does its work, and what is too long to wait for it (domain § 12).
  private static let lagInterval = Duration.seconds(2)
  private static let lagMax = Duration.seconds(5)

  private let queue = DispatchQueue(label: "pasarela.postgres.feed")
  private let isStopped = Atomic(false)
  private let connect: @Sendable () throws(SQLFailure) -> PostgresConnection
  private let sequence: @Sendable (PostgresConnection) throws -> Int
  private let clock: DatabaseClock
  private let reports: Reports

  /// - Parameter sequence: gives out places in a transaction of the connection's; how many
  init(
    clock: DatabaseClock, reports: Reports,
    connect: @escaping @Sendable () throws(SQLFailure) -> PostgresConnection,
    sequence: @escaping @Sendable (PostgresConnection) throws -> Int
  ) {
    self.clock = clock
    self.reports = reports
    self.connect = connect
    self.sequence = sequence
  }

  func start() { queue.async { [self] in run() } }

  /// Ends within a moment, and nobody waits for it.
  func halt() { isStopped.store(true, ordering: .releasing) }

  /// Ends within a moment.
  func stop() async {
    halt()
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume() }
    }
  }

  private func run() {
    var pause = Duration.milliseconds(50)
    while !isStopped.load(ordering: .acquiring) {
      do {
        let connection = try connect()
        pause = .milliseconds(50)
        try keep(connection)
      } catch {
        // Anything else is a defect or a lost race, and calls are still served.
        if case SQLFailure.unavailable = error { reports.reached(false) }
        sleep(pause)
        pause = min(pause * 2, .seconds(1))
      }
    }
  }

  private func keep(_ connection: PostgresConnection) throws {
    try connection.script("LISTEN \(Self.channel)")
    try clock.set(by: connection)
    reports.reached(true)
    // Whatever was said while nobody listened.
    reports.news()
    var role = Role()
    while !isStopped.load(ordering: .acquiring) {
      if ContinuousClock.now >= role.clockDue {
        try clock.set(by: connection)
        role.clockDue = .now + Self.clockInterval
      }
      if ContinuousClock.now >= role.lagDue {
        if let lag = try role.lag.look(by: connection), lag > Self.lagMax { reports.lagging(lag) }
        role.lagDue = .now + Self.lagInterval
      }
      if !role.isSequencer, ContinuousClock.now >= role.candidacyDue {
        role.isSequencer = try Self.tryLock(connection)
        role.candidacyDue = .now + Self.candidacy
      }
      if role.isSequencer, try sequence(connection) > 0 {
        role.wait = Self.shortestWait
        reports.news()
        // What this node has said itself; under load nothing waits for it, and it must not pile up.
        _ = try connection.notifications(within: .zero)
        continue
      }
      let wait = role.isSequencer ? role.wait : Self.listening
      if try !connection.notifications(within: wait).isEmpty { reports.news() }
      role.wait = min(role.wait * 2, Self.longestWait)
    }
  }

  private struct Role {
    var isSequencer = false
    var candidacyDue = ContinuousClock.now
    var clockDue = ContinuousClock.now + FeedKeeper.clockInterval
    var lag = SequencerLag()
    var lagDue = ContinuousClock.now + FeedKeeper.lagInterval
    var wait = FeedKeeper.shortestWait
  }

  /// Takes the lock of those who give out places, which goes with the connection; false when a server has it.
  static func tryLock(_ connection: any SQLConnection) throws(SQLFailure) -> Bool {
    let values = [SQLValue.integer(AdvisoryLock.sequencer.rawValue)]
    return try connection.first(.sequencerLock, values) { (row) throws(SQLFailure) in
      try row.flag()
    } ?? false
  }

  private func sleep(_ pause: Duration) {
    let end = ContinuousClock.now + pause
    while ContinuousClock.now < end, !isStopped.load(ordering: .acquiring) { usleep(10_000) }
  }

  /// What is said on it: that there are new places in the feed.
  static let channel = "pasarela_feed"
}

extension SQLStatement {
  /// Whether the lock was free; then it goes with the connection.
  fileprivate static let sequencerLock = SQLStatement(
    "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END")
  /// Is heard when the transaction is committed.
  static let sayNews = SQLStatement("SELECT pg_notify('pasarela_feed', '')")
  /// Whether something waits for its place.
  static let hasPending = SQLStatement(
    """
    SELECT CASE WHEN EXISTS (SELECT 1 FROM audit_pending)
      OR EXISTS (SELECT 1 FROM event_pending) THEN 1 ELSE 0 END
    """)
}

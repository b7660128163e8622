/// How a node uses its PostgreSQL server.
public struct PostgresOptions: Sendable {
  /// Connections at most; each serves one unit at a time.
  public var connectionCountMax = 16
  /// Units that may wait for one; more are refused at once (`OVERLOADED`).
  public var unitsWaitingMax = 4096
  /// How long connecting may take; libpq counts whole seconds, two at least.
  public var connectTimeout = Duration.seconds(3)
  /// How long the server may work at one statement.
  public var statementTimeout = Duration.seconds(4)
  /// How long it may wait for a lock. The four that a call may need one after another are asked for at once, so four
  /// times this is less than ``answerTimeout``.
  public var lockTimeout = Duration.milliseconds(1500)
  /// How long one answer may take, whatever keeps it: a network that has gone silent, too.
  public var answerTimeout = Duration.seconds(7)
  /// How often a unit is run that loses against others, the first time included.
  public var attemptCountMax = 8
  /// How long nobody tries again to connect after that has failed; units that come meanwhile fail at once.
  public var reconnectPause = Duration.milliseconds(250)

  /// The defaults.
  public init() {}

  /// For what may take long: migrations, checks, copies.
  static var upkeep: PostgresOptions {
    var options = PostgresOptions()
    options.connectionCountMax = 2
    options.statementTimeout = .zero
    options.lockTimeout = .zero
    options.answerTimeout = .seconds(86_400)
    return options
  }

  /// What every connection is told, unless the operator's own words say otherwise.
  ///
  /// - Parameter isLocal: whether only servers on this machine are named
  func settings(isLocal: Bool) -> [String: String] {
    let milliseconds = Int(statementTimeout / .milliseconds(1))
    return [
      "application_name": "pasarela-server", "client_encoding": "UTF8",
      "connect_timeout": "\(max(2, Int(connectTimeout / .seconds(1))))",
      "target_session_attrs": "read-write",
      // A certificate that nobody checks keeps nobody out; where the server is on this machine there is none.
      "sslmode": isLocal ? "prefer" : "verify-full",
      "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
      "options": """
      -c statement_timeout=\(milliseconds) -c lock_timeout=\(Int(lockTimeout / .milliseconds(1))) \
      -c idle_in_transaction_session_timeout=\(2 * milliseconds) -c timezone=UTC \
      -c client_min_messages=warning -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 \
      -c tcp_keepalives_count=3
      """,
    ]
  }
}

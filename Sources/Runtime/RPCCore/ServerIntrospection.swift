/// A server that tells what it is doing, for people who look for the cause of a trouble.
///
/// Asked seldom and answered as of the moment: the three questions are cut so that each touches only what
/// it is about. The first gathers counters, the second reads a list of numbers, and the third alone goes to a
/// connection's event loop. Nothing told may hold what calls carry, nor people's certificates.
public protocol ServerIntrospection: AnyObject, Sendable {
  /// What the server has counted since it began, and where it listens.
  func serverSnapshot() async -> ServerSnapshot

  /// Open connections in ascending order of their numbers, listeners not among them.
  ///
  /// - Parameters:
  ///   - first: only those of this number or a higher one
  ///   - countMax: at most so many, positive
  func connectionReferences(
    from first: IntrospectionID, countMax: Int
  ) async -> [ConnectionReference]

  /// What there is to say of one open connection; nil when this server has none of that number.
  func connectionSnapshot(_ id: IntrospectionID) async -> ConnectionSnapshot?
}

/// A server at one moment.
public struct ServerSnapshot: Sendable, Hashable {
  /// What the operator calls it; may be empty.
  public var name: String
  /// Its calls: a success is one that ended with OK.
  public var calls: StartCounts
  /// Where it listens.
  public var listeners: [ListenerSnapshot]

  /// Every part is as the server found it.
  public init(
    name: String = "", calls: StartCounts = StartCounts(), listeners: [ListenerSnapshot] = []
  ) {
    self.name = name
    self.calls = calls
    self.listeners = listeners
  }
}

/// A socket that takes connections.
public struct ListenerSnapshot: Sendable, Hashable {
  /// Its number, from the same directory as the server's.
  public var id: IntrospectionID
  /// The address that was really bound, with the port that the system picked.
  public var address: NetworkAddress

  /// Both parts are given.
  public init(id: IntrospectionID, address: NetworkAddress) {
    self.id = id
    self.address = address
  }
}

/// How many of something began, and how they ended. What has begun and not ended is the difference.
public struct StartCounts: Sendable, Hashable {
  /// Those that began.
  public var startedCount: Int
  /// Those that ended well.
  public var succeededCount: Int
  /// Those that ended otherwise.
  public var failedCount: Int
  /// When the last began; nil before the first.
  public var lastStartedAt: ContinuousClock.Instant?

  /// Without arguments: none yet.
  public init(
    startedCount: Int = 0, succeededCount: Int = 0, failedCount: Int = 0,
    lastStartedAt: ContinuousClock.Instant? = nil
  ) {
    self.startedCount = startedCount
    self.succeededCount = succeededCount
    self.failedCount = failedCount
    self.lastStartedAt = lastStartedAt
  }
}

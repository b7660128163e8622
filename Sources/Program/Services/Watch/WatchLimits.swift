import Domain

/// What those who watch may make a server hold and do, each quantity with its reason.
public struct WatchLimits: Hashable, Sendable {
  /// Streams open at once. Each is a call and a task for as long as it lives, and every change that
  /// might concern them wakes them all.
  public var watcherCountMax = 1_000
  /// Those of one partner among them, so that none takes all. Room for every worker of a partner's
  /// system, not for every one of its people.
  public var watcherCountMaxPerPartner = 50
  /// How long a stream may be silent before a bookmark says that nothing is missing.
  public var bookmarkInterval: Duration = .seconds(30)
  /// How often to look for what other servers have committed; this one's own commits are told at once.
  public var pollInterval: Duration = .seconds(1)
  /// How long a resume token is good. Longer than a weekend's outage; whoever was away for longer is
  /// better served by a list.
  public var tokenAgeMax: Duration = .days(7)
  /// Events decided in one unit of work, and so what a stream holds for a client that does not read.
  public var batchCountMax = 16
  /// Events looked at in one read, visible or not: bounds how long one stream's way through the past
  /// keeps a thread.
  public var eventsPerLookMax = 1_000
  /// How many streams look at the store at once. Few, because every change that might concern them wakes them all, and
  /// the store's connections are for those who call.
  public var lookCountMax = 4
  /// How long a decision about access stands while its event waits to be sent; after that it is made anew.
  public var decisionAgeMax: Duration = .seconds(1)
  /// How long a stream may tell what has come without coming to its end. A client that reads more slowly
  /// than things change gets further and further behind, and is told to list again.
  public var behindMax: Duration = .minutes(15)
  /// How long the first message of a client that opens with a hello may take.
  public var helloAgeMax: Duration = .seconds(30)
  /// Of how many records a stream remembers that it has told of them. Only those can be taken back
  /// when access to them ends.
  public var toldCountMax = 4_096

  /// The limits above.
  public init() {}
}

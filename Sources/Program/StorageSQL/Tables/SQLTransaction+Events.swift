import Domain
import Storage

extension SQLTransaction {
  func statusEvents(of aggregate: AggregateKind, uid: String) throws -> [StatusEvent] {
    try all(.eventsOf, [.code(aggregate), .text(uid)]) { (row) throws(SQLFailure) in
      try Self.readEvent(&row)
    }
  }

  func statusEvents(after position: Int64, limit: Int) throws -> Page<SequencedEvent> {
    let found = try all(
      .eventsAfter, [.integer(position), .count(limit + 1)], Self.readSequencedEvent)
    return Page(found: found, limit: limit)
  }

  func statusEvents(
    of aggregates: Set<AggregateKind>, after position: Int64, limit: Int
  ) throws -> Page<SequencedEvent> {
    guard let first = aggregates.first else { return Page(items: [], hasMore: false) }
    guard aggregates.count <= 3 else {
      throw StoreError.defect("events of \(aggregates.count) kinds at once")
    }
    // One statement for one kind and for three: one that is said twice is one.
    let kinds = Array(aggregates) + Array(repeating: first, count: 3 - aggregates.count)
    let found = try all(
      .eventsOfKindsAfter,
      [.integer(position), .count(limit + 1)] + kinds.map { .code($0) },
      Self.readSequencedEvent)
    return Page(found: found, limit: limit)
  }

  func statusEventEnd() throws -> Int64 {
    try first(.lastEvent, []) { (row) throws(SQLFailure) in try row.integer() } ?? 0
  }

  func append(_ event: StatusEvent) throws {
    try tell(
      .insertEvent,
      [
        .text(event.id), .code(event.aggregate), .text(event.uid), .version(event.version),
        .text(event.type), .count(event.stateBefore), .count(event.stateAfter),
        .code(event.actorClass), .instant(event.time),
      ])
    try sequence(event.id)
  }

  private static func readSequencedEvent(
    _ row: inout SQLRow
  ) throws(SQLFailure) -> SequencedEvent {
    let event = try readEvent(&row)
    return SequencedEvent(position: try row.integer(), event: event)
  }

  private static func readEvent(_ row: inout SQLRow) throws(SQLFailure) -> StatusEvent {
    StatusEvent(
      id: StatusEventID(checked: try row.text()), aggregate: try row.code(AggregateKind.self),
      uid: try row.text(), version: try row.version(), type: try row.text(),
      stateBefore: row.integerIfPresent().map { Int($0) }, stateAfter: try row.count(),
      actorClass: try row.code(ActorClass.self), time: try row.instant())
  }
}

private let eventColumns =
  """
  uid, aggregate, aggregate_id, version, type, state_before, state_after, actor_class, time_us
  """

private let sequencedEvents =
  """
  SELECT \(eventColumns), feed_position
  FROM event_feed JOIN status_event ON status_event.uid = event_feed.event_uid
  """

extension SQLStatement {
  fileprivate static let eventsOf = SQLStatement(
    """
    SELECT \(eventColumns) FROM status_event WHERE aggregate = $1 AND aggregate_id = $2
    ORDER BY version
    """)
  fileprivate static let eventsAfter = SQLStatement(
    "\(sequencedEvents) WHERE feed_position > $1 ORDER BY feed_position LIMIT $2")
  // The sign keeps SQLite from the index of kinds, by which it would read and sort all events of one.
  fileprivate static let eventsOfKindsAfter = SQLStatement(
    """
    \(sequencedEvents) WHERE feed_position > $1 AND +aggregate IN ($3, $4, $5)
    ORDER BY feed_position LIMIT $2
    """)
  fileprivate static let lastEvent = SQLStatement(
    "SELECT last FROM sequence WHERE name = 'event'")
  fileprivate static let insertEvent = SQLStatement(
    """
    INSERT INTO status_event(\(eventColumns))
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """)
}

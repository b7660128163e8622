import Domain
import Storage

extension SQLTransaction {
  func waitlistEntry(_ id: WaitlistEntryID) throws -> WaitlistEntry? {
    try first(.waitlistEntry, [.text(id)], Self.readEntry)
  }

  func waitlistEntries(
    _ filter: WaitlistFilter, after key: TimeKey<WaitlistEntryID>?, limit: Int
  ) throws -> Page<WaitlistEntry> {
    var query = SQLListQuery(isNarrow: filter.registration != nil || filter.owner != nil)
    if let registration = filter.registration {
      query.require("registration_id = #", .text(registration))
    }
    if let office = filter.office {
      query.require(
        "uid IN (SELECT entry_id FROM waitlist_office WHERE office_id = #)", .text(office))
    }
    if let kind = filter.kind { query.require("service_kind", oneOf: [kind]) }
    query.require("state", oneOf: filter.states)
    query.require("registration_id", ownedBy: filter.owner, index(of: filter.owner))
    query.require("rank_us", after: key)
    let list = query.statement(
      select: "SELECT \(entryColumns) FROM waitlist_entry", order: "rank_us, uid")
    let found = try all(list, query.values(limit: limit), Self.readEntry)
    return Page(found: found, limit: limit)
  }

  func openWaitlistEntry(
    of registration: RegistrationID, for kind: ServiceKind
  ) throws -> WaitlistEntry? {
    try first(.openWaitlistEntry, [.text(registration), .code(kind)], Self.readEntry)
  }

  func lastWaitlistEntry(
    of registration: RegistrationID, for kind: ServiceKind
  ) throws -> WaitlistEntry? {
    try first(.lastWaitlistEntry, [.text(registration), .code(kind)], Self.readEntry)
  }

  func waiting(
    for seats: FreedSeats, after key: TimeKey<WaitlistEntryID>?, limit: Int
  ) throws -> Page<WaitlistEntry> {
    let found = try all(
      .waitingForSeats,
      [
        .text(seats.office), .code(seats.kind), .count(seats.count), .microseconds(seats.notice),
        .instant(key?.time ?? .earliest), .text(key?.id.rawValue ?? ""), .count(limit + 1),
      ], Self.readEntry)
    return Page(found: found, limit: limit)
  }

  func insert(_ entry: WaitlistEntry) throws {
    try tell(
      .insertWaitlistEntry,
      [
        .text(entry.id), .text(entry.registration), .code(entry.kind),
        .text(entry.offices.map(\.rawValue).joined(separator: ",")),
        .microseconds(entry.notice), .count(entry.seats), .instant(entry.rankTime),
        .count(entry.offersMade), .text(entry.appointment), .code(entry.state),
        .version(entry.revision.version), .instant(entry.revision.createTime),
        .instant(entry.revision.updateTime),
      ])
    for office in entry.offices {
      try tell(
        .insertWaitlistOffice,
        [
          .text(entry.id), .text(office), .code(entry.kind), .instant(entry.rankTime),
          .integer(entry.state == .waiting ? 1 : 0), .count(entry.seats),
          .microseconds(entry.notice),
        ])
    }
  }

  func update(_ entry: WaitlistEntry, from version: Version) throws {
    try changeOne(
      .updateWaitlistEntry,
      [
        .text(entry.id), .version(version), .microseconds(entry.notice), .count(entry.seats),
        .instant(entry.rankTime), .count(entry.offersMade), .text(entry.appointment),
        .code(entry.state), .version(entry.revision.version),
        .instant(entry.revision.updateTime),
      ],
      orFind: .waitlistEntry, .text(entry.id))
    try tell(
      .updateWaitlistOffices,
      [
        .text(entry.id), .instant(entry.rankTime), .integer(entry.state == .waiting ? 1 : 0),
        .count(entry.seats), .microseconds(entry.notice),
      ])
  }

  private static func readEntry(_ row: inout SQLRow) throws(SQLFailure) -> WaitlistEntry {
    WaitlistEntry(
      id: WaitlistEntryID(checked: try row.text()),
      registration: RegistrationID(checked: try row.text()),
      kind: try row.code(ServiceKind.self), offices: try readOffices(&row),
      notice: .microseconds(try row.integer()), seats: try row.count(),
      rankTime: try row.instant(), offersMade: try row.count(),
      appointment: row.textIfPresent().map(AppointmentID.init(checked:)),
      state: try row.code(WaitlistState.self), revision: try row.revision())
  }

  private static func readOffices(_ row: inout SQLRow) throws(SQLFailure) -> [OfficeID] {
    try row.text().split(separator: ",").map { OfficeID(checked: String($0)) }
  }
}

extension SQLValue {
  /// A span of time in whole microseconds.
  fileprivate static func microseconds(_ span: Duration) -> SQLValue {
    let (seconds, attoseconds) = span.components
    return .integer(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }
}

private let entryColumns =
  """
  uid, registration_id, service_kind, offices, notice_us, seats, rank_us, offers, appointment_id, \
  state, version, create_us, update_us
  """

extension SQLStatement {
  fileprivate static let waitlistEntry = SQLStatement(
    "SELECT \(entryColumns) FROM waitlist_entry WHERE uid = $1")
  // 1 and 2 are WAITING and OFFERED, as in the index `waitlist_open`.
  fileprivate static let openWaitlistEntry = SQLStatement(
    """
    SELECT \(entryColumns) FROM waitlist_entry
    WHERE registration_id = $1 AND service_kind = $2 AND state IN (1,2)
    """)
  fileprivate static let lastWaitlistEntry = SQLStatement(
    """
    SELECT \(entryColumns) FROM waitlist_entry WHERE registration_id = $1 AND service_kind = $2
    ORDER BY create_us DESC, update_us DESC, uid DESC LIMIT 1
    """)
  // In the order of the office's own index, which holds those who wait and nobody else.
  fileprivate static let waitingForSeats = SQLStatement(
    """
    SELECT \(entryColumns.split(separator: ", ").map { "e.\($0)" }.joined(separator: ", "))
    FROM waitlist_office o JOIN waitlist_entry e ON e.uid = o.entry_id
    WHERE o.office_id = $1 AND o.kind = $2 AND o.waiting = 1
      AND (o.queue_us, o.entry_id) > ($5, $6) AND o.seats <= $3 AND o.notice_us <= $4
    ORDER BY o.queue_us, o.entry_id LIMIT $7
    """)
  fileprivate static let insertWaitlistEntry = SQLStatement(
    """
    INSERT INTO waitlist_entry(\(entryColumns))
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """)
  fileprivate static let insertWaitlistOffice = SQLStatement(
    """
    INSERT INTO waitlist_office(entry_id, office_id, kind, queue_us, waiting, seats, notice_us)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """)
  fileprivate static let updateWaitlistEntry = SQLStatement(
    """
    UPDATE waitlist_entry SET notice_us = $3, seats = $4, rank_us = $5, offers = $6,
      appointment_id = $7, state = $8, version = $9, update_us = $10
    WHERE uid = $1 AND version = $2
    """)
  fileprivate static let updateWaitlistOffices = SQLStatement(
    """
    UPDATE waitlist_office SET queue_us = $2, waiting = $3, seats = $4, notice_us = $5
    WHERE entry_id = $1
    """)
}

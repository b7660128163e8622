import Domain
import Storage

extension SQLTransaction {
  func slot(_ id: SlotID) throws -> Slot? {
    try first(.slot, [.text(id)], Self.readSlot)
  }

  func slotAvailability(_ id: SlotID) throws -> SlotAvailability? {
    try first(.slotWithFreeSeats, [.text(id), .instant(now)], Self.readAvailability)
  }

  func slots(
    _ filter: SlotFilter, after key: TimeKey<SlotID>?, limit: Int
  ) throws -> Page<SlotAvailability> {
    var query = SQLListQuery()
    // `#` before every other condition, because the select list names it $1.
    query.require("# IS NOT NULL", .instant(now))
    if let service = filter.service {
      query.require("service_id = #", .text(service))
      if service.office != filter.office { return Page(items: [], hasMore: false) }
    } else {
      query.require("office_id = #", .text(filter.office))
    }
    query.require("start_us >= #", .instant(filter.starts.lowerBound))
    query.require("start_us < #", .instant(filter.starts.upperBound))
    if !filter.includesBlocked { query.require("blocked = 0") }
    if filter.freeSeatsMin > 0 {
      query.require("\(countFreeSeats(at: "$1")) >= #", .count(filter.freeSeatsMin))
    }
    query.require("start_us", after: key)
    let list = query.statement(
      select: "SELECT \(slotColumns), \(countFreeSeats(at: "$1")) FROM slot", order: "start_us, uid"
    )
    let found = try all(list, query.values(limit: limit), Self.readAvailability)
    return Page(found: found, limit: limit)
  }

  func insert(_ slot: Slot) throws {
    try tell(
      .insertSlot,
      [
        .text(slot.id), .text(slot.schedule), .text(slot.service), .instant(slot.start),
        .instant(slot.end), .text(slot.zone), .count(slot.capacitySeats),
        .text(Self.joined(slot.languages)), try reserved(slot),
        .integer(Int64(slot.blockedReason?.rawValue ?? 0)), .integer(slot.fence),
        .version(slot.revision.version), .instant(slot.revision.createTime),
        .instant(slot.revision.updateTime), .text(slot.service.office),
      ])
    for (index, share) in slot.seatShares.enumerated() {
      try tell(.insertSeat, [.text(slot.id), .count(index + 1), .integer(share.rawValue)])
    }
  }

  func update(_ slot: Slot, from version: Version) throws {
    try changeOne(
      .updateSlot,
      [
        .text(slot.id), .version(version), .instant(slot.start), .instant(slot.end),
        .text(slot.zone), .text(Self.joined(slot.languages)), try reserved(slot),
        .integer(Int64(slot.blockedReason?.rawValue ?? 0)), .version(slot.revision.version),
        .instant(slot.revision.updateTime),
      ],
      orFind: .slot, .text(slot.id))
  }

  private func reserved(_ slot: Slot) throws -> SQLValue {
    slot.reservedShares.isEmpty ? .null : try body(slot.reservedShares)
  }

  /// Tags hold no comma (BCP 47).
  private static func joined(_ languages: [LanguageTag]) -> String {
    languages.map(\.rawValue).joined(separator: ",")
  }

  private static func readSlot(_ row: inout SQLRow) throws(SQLFailure) -> Slot {
    Slot(
      id: SlotID(checked: try row.text()),
      schedule: row.textIfPresent().map(ScheduleID.init(checked:)),
      service: ServiceOfferID(checked: try row.text()), start: try row.instant(),
      end: try row.instant(), zone: try row.checked(FixedZone.self),
      capacitySeats: try row.count(), languages: try readLanguages(&row),
      reservedShares: try readReserved(&row),
      blockedReason: SlotBlockReason(rawValue: try row.count()), fence: try row.integer(),
      revision: try row.revision())
  }

  private static func readLanguages(_ row: inout SQLRow) throws(SQLFailure) -> [LanguageTag] {
    try row.text().split(separator: ",").compactMap { LanguageTag(rawValue: String($0)) }
  }

  private static func readReserved(_ row: inout SQLRow) throws(SQLFailure) -> [ReservedShare] {
    guard let text = row.textIfPresent() else { return [] }
    return try Body.decode([ReservedShare].self, from: text)
  }

  private static func readAvailability(
    _ row: inout SQLRow
  ) throws(SQLFailure) -> SlotAvailability {
    SlotAvailability(slot: try readSlot(&row), freeSeats: try row.count())
  }
}

private let slotColumns =
  """
  uid, schedule_id, service_id, start_us, end_us, zone, seats, languages, reserved, blocked, \
  fence, version, create_us, update_us
  """

/// The seats of `slot` that are anybody's and that nobody has at the time in a placeholder.
private func countFreeSeats(at time: String) -> String {
  """
  (SELECT COUNT(*) FROM seat WHERE slot_id = slot.uid AND appointment_id IS NULL
    AND (hold_id IS NULL OR hold_expires_us <= \(time)) AND share = 1)
  """
}

extension SQLStatement {
  static let slot = SQLStatement("SELECT \(slotColumns) FROM slot WHERE uid = $1")
  fileprivate static let slotWithFreeSeats = SQLStatement(
    "SELECT \(slotColumns), \(countFreeSeats(at: "$2")) FROM slot WHERE uid = $1")
  fileprivate static let insertSlot = SQLStatement(
    """
    INSERT INTO slot(\(slotColumns), office_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """)
  fileprivate static let insertSeat = SQLStatement(
    "INSERT INTO seat(slot_id, seat_no, share) VALUES ($1, $2, $3)")
  fileprivate static let updateSlot = SQLStatement(
    """
    UPDATE slot SET start_us = $3, end_us = $4, zone = $5, languages = $6, reserved = $7,
      blocked = $8, version = $9, update_us = $10
    WHERE uid = $1 AND version = $2
    """)
}

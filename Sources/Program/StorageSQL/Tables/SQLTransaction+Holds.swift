import Domain
import Storage

extension SQLTransaction {
  func hold(_ id: HoldID) throws -> Hold? {
    try first(.hold, [.text(id)], Self.readHold)
  }

  func activeHolds(in slot: SlotID) throws -> [Hold] {
    try all(.activeHoldsInSlot, [.text(slot), .instant(now)], Self.readHold)
  }

  func openHold(of registration: RegistrationID) throws -> Hold? {
    try first(.openHoldOfRegistration, [.text(registration)], Self.readHold)
  }

  func insert(_ hold: Hold) throws {
    try tell(
      .insertHold,
      [
        .text(hold.id), .text(hold.slot), .text(hold.registration), .count(hold.seats),
        .instant(hold.expireTime), .integer(hold.fence), .count(hold.renewals),
        .code(hold.state), .version(hold.revision.version), .instant(hold.revision.createTime),
        .instant(hold.revision.updateTime),
      ])
  }

  func update(_ hold: Hold, from version: Version) throws {
    try changeOne(
      .updateHold,
      [
        .text(hold.id), .version(version), .count(hold.seats), .instant(hold.expireTime),
        .integer(hold.fence), .count(hold.renewals), .code(hold.state),
        .version(hold.revision.version), .instant(hold.revision.updateTime),
      ],
      orFind: .hold, .text(hold.id))
  }

  private static func readHold(_ row: inout SQLRow) throws(SQLFailure) -> Hold {
    Hold(
      id: HoldID(checked: try row.text()), slot: SlotID(checked: try row.text()),
      registration: RegistrationID(checked: try row.text()), seats: try row.count(),
      expireTime: try row.instant(), fence: try row.integer(), renewals: try row.count(),
      state: try row.code(HoldState.self), revision: try row.revision())
  }
}

private let holdColumns =
  """
  uid, slot_id, registration_id, seats, expires_us, fence, renewals, state, version, create_us, \
  update_us
  """

extension SQLStatement {
  static let hold = SQLStatement("SELECT \(holdColumns) FROM hold WHERE uid = $1")
  // 1 is HoldState.active, as in the index `hold_active`.
  fileprivate static let activeHoldsInSlot = SQLStatement(
    """
    SELECT \(holdColumns) FROM hold WHERE slot_id = $1 AND state = 1 AND expires_us > $2
    ORDER BY uid
    """)
  static let openHoldOfRegistration = SQLStatement(
    "SELECT \(holdColumns) FROM hold WHERE registration_id = $1 AND state = 1")
  fileprivate static let insertHold = SQLStatement(
    """
    INSERT INTO hold(\(holdColumns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """)
  fileprivate static let updateHold = SQLStatement(
    """
    UPDATE hold SET seats = $3, expires_us = $4, fence = $5, renewals = $6, state = $7,
      version = $8, update_us = $9
    WHERE uid = $1 AND version = $2
    """)
}

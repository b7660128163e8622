import Domain
import Storage

// Claiming, as in domain § 16. The row of `slot` comes first in every claim, changed or locked, and wherever seats are
// given back, so that whoever offers them on never waits for a claim that waits for them: it makes claims of one
// slot run one after another on PostgreSQL too, where two of them would otherwise both count the same seats as free. A
// hold that becomes an appointment does not wait for that, so a claim says twice which seats are free: where it waited
// for a seat, PostgreSQL looks at the outer words again.

extension SQLTransaction {
  func claimSeats(
    _ count: Int, of slot: SlotID, among shares: SeatShares, for claimant: SeatClaimant
  ) throws -> Int64 {
    let (statement, values) = claim(count, of: slot, among: shares, for: claimant)
    if isDeferring { return try claimInTime(count, of: slot, among: shares, by: statement, values) }
    let fence = try advanceFence(of: slot)
    guard try run(statement, values) == count else { throw Refusal(.slotFull) }
    return fence
  }

  private func claim(
    _ count: Int, of slot: SlotID, among shares: SeatShares, for claimant: SeatClaimant
  ) -> (SQLStatement, [SQLValue]) {
    switch claimant {
    case .hold(let hold, let expireTime):
      let values: [SQLValue] = [
        .text(slot), .text(hold), .instant(expireTime), .instant(now), .count(count),
        .integer(shares.rawValue),
      ]
      return (.claimForHold, values)
    case .appointment(let appointment):
      return (
        .claimForAppointment,
        [
          .text(slot), .text(appointment), .instant(now), .count(count),
          .integer(shares.rawValue),
        ]
      )
    }
  }

  /// The same without waiting for either change: the fence and the free seats are looked at while nobody else can
  /// claim, so both will do what they must.
  private func claimInTime(
    _ count: Int, of slot: SlotID, among shares: SeatShares, by claim: SQLStatement,
    _ values: [SQLValue]
  ) throws -> Int64 {
    try foreseeSeats(of: slot)
    let found = try first(.slotToClaim, [.text(slot)]) { (row) throws(SQLFailure) in
      (fence: try row.integer(), isBlocked: try row.flag())
    }
    guard let found else { throw StoreError.notFound }
    // Blocked for some reason, by its code.
    if found.isBlocked { throw Refusal(.slotBlocked) }
    guard try freeSeatCount(of: slot, among: shares) >= count else { throw Refusal(.slotFull) }
    try change(1, by: .raiseFence, [.text(slot)]) { throw StoreError.notFound }
    try change(count, by: claim, values) { throw Refusal(.slotFull) }
    return found.fence + 1
  }

  func freeSeatCount(of slot: SlotID, among shares: SeatShares) throws -> Int {
    // All kinds, because a call that foresees the question does not know the household yet.
    try all(.freeSeats, [.text(slot), .instant(now)]) { (row) throws(SQLFailure) in
      (share: SeatShares(rawValue: try row.integer()), count: try row.count())
    }.reduce(0) { shares.contains($1.share) ? $0 + $1.count : $0 }
  }

  func renewSeats(of hold: Hold, until expireTime: Instant) throws -> Int64 {
    let fence = try advanceFence(of: hold.slot)
    try change(
      hold.seats, by: .renewSeats,
      [.text(hold.slot), .text(hold.id), .instant(expireTime), .instant(now)]
    ) { throw Refusal(.holdExpired) }
    return fence
  }

  func takeSeats(of hold: Hold, for appointment: AppointmentID) throws {
    try change(
      hold.seats, by: .takeSeats,
      [.text(appointment), .text(hold.slot), .text(hold.id), .instant(now)]
    ) { throw Refusal(.holdExpired) }
  }

  func keepStill(_ slot: SlotID) throws {
    if locksRows { try tell(.lockSlot, [.text(slot)]) }
  }

  func freeSeats(of hold: HoldID, in slot: SlotID) throws {
    try keepStill(slot)
    try tell(.freeHeldSeats, [.text(slot), .text(hold)])
  }

  func freeSeats(of appointment: AppointmentID, in slot: SlotID) throws {
    try keepStill(slot)
    try tell(.freeTakenSeats, [.text(slot), .text(appointment)])
  }

  private func advanceFence(of slot: SlotID) throws -> Int64 {
    let fence = try first(.advanceFence, [.text(slot)]) { (row) throws(SQLFailure) in
      try row.integer()
    }
    if let fence { return fence }
    if try self.slot(slot) == nil { throw StoreError.notFound }
    throw Refusal(.slotBlocked)
  }
}

extension SQLStatement {
  fileprivate static let raiseFence = SQLStatement(
    "UPDATE slot SET fence = fence + 1 WHERE uid = $1 AND blocked = 0")
  fileprivate static let advanceFence = raiseFence.twin("returning") {
    raiseFence.text + " RETURNING fence"
  }
  fileprivate static let lockSlot = SQLStatement(
    "SELECT uid FROM slot WHERE uid = $1 FOR NO KEY UPDATE")
  fileprivate static let claimForHold = SQLStatement(
    """
    UPDATE seat SET hold_id = $2, hold_expires_us = $3 WHERE slot_id = $1 AND seat_no IN (
      SELECT seat_no FROM seat WHERE slot_id = $1 AND appointment_id IS NULL
        AND (hold_id IS NULL OR hold_expires_us <= $4) AND (share & $6) <> 0
        ORDER BY seat_no LIMIT $5)
      AND appointment_id IS NULL AND (hold_id IS NULL OR hold_expires_us <= $4)
    """)
  fileprivate static let claimForAppointment = SQLStatement(
    """
    UPDATE seat SET appointment_id = $2, hold_id = NULL, hold_expires_us = NULL
    WHERE slot_id = $1 AND seat_no IN (
      SELECT seat_no FROM seat WHERE slot_id = $1 AND appointment_id IS NULL
        AND (hold_id IS NULL OR hold_expires_us <= $3) AND (share & $5) <> 0
        ORDER BY seat_no LIMIT $4)
      AND appointment_id IS NULL AND (hold_id IS NULL OR hold_expires_us <= $3)
    """)
  fileprivate static let renewSeats = SQLStatement(
    """
    UPDATE seat SET hold_expires_us = $3
    WHERE slot_id = $1 AND hold_id = $2 AND hold_expires_us > $4
    """)
  fileprivate static let takeSeats = SQLStatement(
    """
    UPDATE seat SET appointment_id = $1, hold_id = NULL, hold_expires_us = NULL
    WHERE slot_id = $2 AND hold_id = $3 AND hold_expires_us > $4
    """)
  fileprivate static let freeHeldSeats = SQLStatement(
    """
    UPDATE seat SET hold_id = NULL, hold_expires_us = NULL WHERE slot_id = $1 AND hold_id = $2
    """)
  fileprivate static let freeTakenSeats = SQLStatement(
    "UPDATE seat SET appointment_id = NULL WHERE slot_id = $1 AND appointment_id = $2")
}

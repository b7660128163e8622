import Domain
import Storage

// What a unit is going to read, in the words of its questions. Registrations come first: whoever changes something of
// a case waits there for whoever else does, and reads the rest as they left it.

extension SQLTransaction {
  func foresee(_ foresights: [Foresight]) throws {
    // A file is at hand.
    guard dialect.isFar else { return }
    for foresight in foresights { try foresee(foresight) }
  }

  private func foresee(_ foresight: Foresight) throws {
    switch foresight {
    case .caller(let identity):
      try foresee([ForeseenQuestion(.partnerByIdentity, [.text(identity)])], by: nil)
    case .repetition(let partner, let method, let requestID):
      try pass(Self.place(partner, method, requestID))
      let values: [SQLValue] = [.text(partner), .text(method), .text(requestID), .instant(now)]
      try foresee([ForeseenQuestion(.record, values)], by: nil)
    case .program(let id): try foresee([ForeseenQuestion(.program, [.text(id)])], by: nil)
    case .office(let id): try foresee([ForeseenQuestion(.office, [.text(id)])], by: nil)
    case .registration(let id):
      try foresee(questions(ofCase: .value(.text(id))), by: nil)
    case .people(let id): try foresee([ForeseenQuestion(.personsOf, [.text(id)])], by: nil)
    case .documents(let id): try foresee([ForeseenQuestion(.documentsOf, [.text(id)])], by: nil)
    case .referral(let id):
      try foresee(
        questions(ofCase: .key(0)) + [ForeseenQuestion(.referral, [.text(id)])],
        by: ForeseenKeys(.keysOfReferral, [.text(id)], columnCount: 1))
    case .claim(let slot, let registration):
      try foreseeClaim(of: slot, for: .text(registration))
    case .hold(let id):
      try foresee(
        questions(ofPlace: .hold, .text(id)),
        by: ForeseenKeys(.keysOfHold, [.text(id)], columnCount: 6))
    case .booking(let id):
      foreseesHousehold = locksRows
      try foresee(
        questions(ofPlace: .hold, .text(id)) + (locksRows ? Self.questionsOfBooking : []),
        by: ForeseenKeys(.keysOfHold, [.text(id)], columnCount: 6))
    case .appointment(let id):
      try foresee(
        questions(ofPlace: .appointment, .text(id)),
        by: ForeseenKeys(.keysOfAppointment, [.text(id)], columnCount: 4))
    }
  }

  private func questions(ofCase id: ForeseenQuestion.Argument) -> [ForeseenQuestion] {
    let registration: SQLStatement = locksRows ? .registration.locking : .registration
    return [ForeseenQuestion(registration, id), ForeseenQuestion(.caseKey, id)]
  }

  /// The case, the thing itself, and its place: the keys begin with registration, slot, service, and office.
  private func questions(ofPlace thing: SQLStatement, _ id: SQLValue) -> [ForeseenQuestion] {
    questions(ofCase: .key(0)) + [
      ForeseenQuestion(thing, [id]), ForeseenQuestion(.slot, .key(1)),
      ForeseenQuestion(.offer, .key(2)), ForeseenQuestion(.office, .key(3)),
    ]
  }

  /// What stands in the way of a household's appointment.
  private static let questionsOfBooking = [
    ForeseenQuestion(.liveAppointmentForService, .key(0), .key(2)),
    ForeseenQuestion(.lockHousehold, .key(0)),
    ForeseenQuestion(.liveAppointmentsOfHousehold, .key(0), .key(4), .key(5)),
  ]

  private func foreseeClaim(of slot: SlotID, for registration: SQLValue) throws {
    try foresee(
      questions(ofCase: .value(registration)) + [
        ForeseenQuestion(.openHoldOfRegistration, [registration]),
        ForeseenQuestion(.slot, [.text(slot)]), ForeseenQuestion(.offer, .key(0)),
      ], by: ForeseenKeys(.keysOfSlot, [.text(slot)], columnCount: 1))
    if locksRows { try foreseeSeats(of: slot) }
  }

  /// The seats that are free once nobody else can claim any.
  func foreseeSeats(of slot: SlotID) throws(StoreError) {
    try foresee(
      [
        ForeseenQuestion(.slotToClaim, [.text(slot)]),
        ForeseenQuestion(.freeSeats, [.text(slot), .instant(now)]),
      ], by: nil)
  }
}

extension SQLStatement {
  fileprivate static let keysOfReferral = SQLStatement(
    "SELECT registration_id FROM referral WHERE uid = $1")
  fileprivate static let keysOfSlot = SQLStatement("SELECT service_id FROM slot WHERE uid = $1")
  // No call changes the time of a slot that there is.
  fileprivate static let keysOfHold = SQLStatement(
    """
    SELECT hold.registration_id, slot.uid, slot.service_id, slot.office_id, slot.start_us, slot.end_us
    FROM hold JOIN slot ON slot.uid = hold.slot_id WHERE hold.uid = $1
    """)
  fileprivate static let keysOfAppointment = SQLStatement(
    "SELECT registration_id, slot_id, service_id, office_id FROM appointment WHERE uid = $1")
  static let lockHousehold = SQLStatement(
    "SELECT uid FROM person WHERE registration_id = $1 ORDER BY uid FOR NO KEY UPDATE")
  static let liveAppointmentsOfHousehold = SQLStatement(
    """
    \(appointmentsOfPersons) WHERE attendee.person_id IN (
        SELECT uid FROM person WHERE person.registration_id = $1)
      AND state IN (1,2,3,4) AND end_us > $2 AND start_us < $3 ORDER BY appointment.uid
    """)
  static let slotToClaim = SQLStatement(
    "SELECT fence, blocked FROM slot WHERE uid = $1 FOR NO KEY UPDATE")
  static let freeSeats = SQLStatement(
    """
    SELECT share, COUNT(*) FROM seat WHERE slot_id = $1 AND appointment_id IS NULL
      AND (hold_id IS NULL OR hold_expires_us <= $2) GROUP BY share
    """)
}

extension Schema {
  /// Slots, their seats, holds and appointments.
  ///
  /// `blocked` is 0 or the reason's code. `seat` has no reference to holds and appointments: a seat
  /// is claimed before the row that says for whom, in the same transaction.
  static let bookingTables = [
    """
    CREATE TABLE slot(
      uid TEXT NOT NULL PRIMARY KEY, schedule_id TEXT REFERENCES schedule(uid),
      service_id TEXT NOT NULL REFERENCES service_offer(uid), office_id TEXT NOT NULL,
      start_us BIGINT NOT NULL, end_us BIGINT NOT NULL, zone TEXT NOT NULL,
      seats BIGINT NOT NULL, languages TEXT NOT NULL, reserved TEXT, blocked BIGINT NOT NULL,
      fence BIGINT NOT NULL, version BIGINT NOT NULL, create_us BIGINT NOT NULL,
      update_us BIGINT NOT NULL,
      CONSTRAINT slot_time CHECK (start_us < end_us),
      CONSTRAINT slot_seats CHECK (seats >= 1), CONSTRAINT slot_fence CHECK (fence >= 0))
    """,
    "CREATE INDEX slot_of_office ON slot(office_id, start_us, uid)",
    "CREATE INDEX slot_of_service ON slot(service_id, start_us, uid)",
    // INV-1: a row per seat, so that no sum can be wrong.
    """
    CREATE TABLE seat(
      slot_id TEXT NOT NULL REFERENCES slot(uid), seat_no BIGINT NOT NULL, hold_id TEXT,
      hold_expires_us BIGINT, appointment_id TEXT, PRIMARY KEY (slot_id, seat_no),
      CONSTRAINT seat_hold CHECK ((hold_id IS NULL) = (hold_expires_us IS NULL)),
      CONSTRAINT seat_once CHECK (hold_id IS NULL OR appointment_id IS NULL))
    """,
    """
    CREATE TABLE hold(
      uid TEXT NOT NULL PRIMARY KEY, slot_id TEXT NOT NULL REFERENCES slot(uid),
      registration_id TEXT NOT NULL REFERENCES registration(uid), seats BIGINT NOT NULL,
      expires_us BIGINT NOT NULL, fence BIGINT NOT NULL, renewals BIGINT NOT NULL,
      state BIGINT NOT NULL, version BIGINT NOT NULL, create_us BIGINT NOT NULL,
      update_us BIGINT NOT NULL, CONSTRAINT hold_seats CHECK (seats >= 1))
    """,
    "CREATE UNIQUE INDEX hold_active ON hold(registration_id) WHERE state = 1",
    "CREATE UNIQUE INDEX hold_fence ON hold(slot_id, fence)",  // INV-4
    // INV-13 is the CHECK on `state`: never a no-show when the office (2) called it off.
    """
    CREATE TABLE appointment(
      uid TEXT NOT NULL PRIMARY KEY, slot_id TEXT NOT NULL REFERENCES slot(uid),
      service_id TEXT NOT NULL REFERENCES service_offer(uid), office_id TEXT NOT NULL,
      registration_id TEXT NOT NULL REFERENCES registration(uid), attendees TEXT NOT NULL,
      seats BIGINT NOT NULL, start_us BIGINT NOT NULL, end_us BIGINT NOT NULL,
      confirm_by_us BIGINT, cancel_party BIGINT, cancel_reason BIGINT, cancel_us BIGINT,
      successor_id TEXT,
      reschedules BIGINT NOT NULL, visit_code TEXT NOT NULL,
      excuse BIGINT, no_show_us BIGINT,
      state BIGINT NOT NULL, version BIGINT NOT NULL, create_us BIGINT NOT NULL,
      update_us BIGINT NOT NULL,
      CONSTRAINT appt_time CHECK (start_us < end_us),
      CONSTRAINT appt_cancel CHECK (
        (cancel_party IS NULL) = (cancel_reason IS NULL)
        AND (cancel_party IS NULL) = (cancel_us IS NULL)),
      CONSTRAINT appt_no_show CHECK (state <> 9 OR cancel_party IS NULL OR cancel_party <> 2))
    """,
    """
    CREATE UNIQUE INDEX appt_live ON appointment(registration_id, service_id)
      WHERE state IN (1,2,3,4)
    """,  // INV-3
    "CREATE INDEX appointment_of_registration ON appointment(registration_id, start_us, uid)",
    "CREATE INDEX appointment_of_office ON appointment(office_id, start_us, uid)",
    "CREATE INDEX appointment_of_slot ON appointment(slot_id, uid)",
    "CREATE INDEX appointment_list ON appointment(start_us, uid)",
    "CREATE INDEX appointment_offer_due ON appointment(confirm_by_us, uid) WHERE state = 1",
    "CREATE INDEX appointment_missed ON appointment(end_us, uid) WHERE state = 2",
    // Who is expected where: the way from a person to the times already taken (INV-3).
    """
    CREATE TABLE attendee(
      person_id TEXT NOT NULL REFERENCES person(uid),
      appointment_id TEXT NOT NULL REFERENCES appointment(uid),
      PRIMARY KEY (person_id, appointment_id))
    """,
  ]
}

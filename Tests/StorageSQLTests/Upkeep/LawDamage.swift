/// Rows changed as no unit of the store changes them, and the law that says so.
struct LawDamage: Sendable {
  /// The beginning of the law's name.
  let law: String
  /// In portable SQL, past references and triggers; the schema's other constraints hold.
  let statements: [String]

  /// - Parameter script: statements with semicolons between them
  private init(_ law: String, _ script: String) {
    (self.law, statements) = (law, script.split(separator: ";").map(String.init))
  }

  /// One for each law at least.
  static let all = booking + people + referrals + log + versions + states

  private static let booking = [
    LawDamage(
      "INV-1, INV-2: an appointment", "UPDATE seat SET appointment_id = NULL WHERE seat_no = 1"),
    LawDamage(
      "a seat is of one",
      "UPDATE seat SET appointment_id = 'nobody' WHERE appointment_id IS NULL"
        + " AND hold_id IS NULL"),
    LawDamage("a seat is of one", "UPDATE appointment SET state = 9 WHERE state = 2"),
    LawDamage("INV-1: a slot", "UPDATE slot SET seats = seats - 1"),
    LawDamage("a hold in its time", "UPDATE seat SET hold_id = NULL, hold_expires_us = NULL"),
    LawDamage(
      "a household is one row",
      "DELETE FROM attendee WHERE person_id = (SELECT MIN(person_id) FROM attendee)"),
    LawDamage("an appointment is at its", "UPDATE slot SET end_us = end_us + 1"),
    LawDamage(
      "an appointment's people",
      "UPDATE appointment SET registration_id = (SELECT registration_id FROM hold)"),
    // What the appointment itself says of its time and its service is left as it was.
    LawDamage(
      "INV-3: nobody attends two",
      """
      UPDATE slot SET start_us = (SELECT MIN(start_us) FROM slot), end_us = (SELECT MIN(end_us) FROM slot);
      UPDATE appointment SET state = 2 WHERE state = 7
      """),
    LawDamage(
      "INV-3: one live",
      """
      UPDATE slot SET service_id = (SELECT MAX(service_id) FROM slot);
      UPDATE appointment SET state = 2 WHERE state = 7
      """),
    LawDamage("INV-4", "UPDATE slot SET fence = 0"),
    LawDamage(
      "INV-13: nobody is a no-show where the office",
      "UPDATE appointment SET state = 9 WHERE state = 2; UPDATE slot SET blocked = 1"),
    LawDamage("INV-13: nobody is expected", "UPDATE slot SET blocked = 1"),
    LawDamage(
      "INV-13: nobody is a no-show where the appointment",
      """
      INSERT INTO status_event(
        uid, aggregate, aggregate_id, version, type, state_before, state_after, actor_class, time_us)
      SELECT 'n', aggregate, aggregate_id, version + 1, 'MarkNoShow', 2, 9, 5, time_us
        FROM status_event WHERE aggregate = 12 AND state_after = 7
      """),
  ]

  private static let people = [
    LawDamage("INV-8: a registration", "UPDATE member SET live = 0"),
    LawDamage("INV-8: a registration", "UPDATE registration SET live = 0"),
    LawDamage("INV-8: a registration", "UPDATE registration SET state = 12"),
    LawDamage("INV-8: who brings", "DELETE FROM duplicate_candidate"),
    LawDamage("INV-8: who brings", "UPDATE duplicate_candidate SET holds = 0"),
    LawDamage("a possible duplicate is listed", "DELETE FROM duplicate_side"),
    LawDamage("INV-9: a registration's last", "UPDATE registration SET version = 9"),
    LawDamage("INV-11: a programme's", "UPDATE intake_window SET admitted = 1"),
    LawDamage(
      "INV-11: a programme's", "UPDATE status_event SET type = 'Update' WHERE type = 'Submit'"),
    LawDamage("INV-11: a window", "UPDATE intake_window SET admitted = 3"),
    LawDamage("INV-11: a window", "UPDATE intake_window SET quota = 1, admitted = 1"),
    LawDamage("a person counts", "UPDATE member SET registration_id = 'other'"),
  ]

  private static let referrals = [
    LawDamage(
      "INV-5: one live referral per person, p",
      """
      UPDATE referral SET pathway = (SELECT pathway FROM referral WHERE state = 2), state = 3
        WHERE state = 1
      """),
    LawDamage(
      "INV-5: one live referral per person and", "UPDATE referral SET state = 7 WHERE state = 1"),
    LawDamage("INV-5: a referral counts", "UPDATE referral_person SET live = 0"),
    LawDamage("INV-5: a referral counts", "UPDATE referral_person SET pathway = 'other'"),
    LawDamage("INV-5: a referral counts", "DELETE FROM referral_person"),
    LawDamage("INV-6", "DELETE FROM consent"),
    LawDamage("INV-6", "UPDATE consent SET purpose = 1"),
    LawDamage("INV-6", "UPDATE consent SET recipient = 'iom'"),
    LawDamage("INV-6", "UPDATE status_event SET state_after = 3 WHERE aggregate = 10"),
  ]

  private static let log = [
    LawDamage("an answer that is kept", "UPDATE idempotency SET create_us = create_us + 1"),
    LawDamage("INV-9: every event", "UPDATE audit_entry SET verdict = 2"),
    LawDamage("INV-9: each event", "UPDATE status_event SET state_before = 9 WHERE version = 3"),
    LawDamage("INV-9: each event", "UPDATE status_event SET state_before = NULL WHERE version = 3"),
    LawDamage(
      "INV-15", "INSERT INTO audit_leaf SELECT 5, 0, 'e', entry_digest, leaf_hash FROM audit_leaf"),
    LawDamage(
      "INV-15", "INSERT INTO audit_leaf SELECT 1, 0, 'e', entry_digest, leaf_hash FROM audit_leaf"),
    LawDamage("every entry", "DELETE FROM audit_leaf"),
    LawDamage("every event has its place", "DELETE FROM event_feed WHERE feed_position = 1"),
    LawDamage("the feed's places", "DELETE FROM event_feed WHERE feed_position = 2"),
    LawDamage(
      "of one thing the feed",
      """
      UPDATE event_feed SET feed_position = 1000 WHERE event_uid IN
        (SELECT uid FROM status_event WHERE aggregate = 2 AND version = 2)
      """),
  ]

  private static let versions = [
    "hold", "appointment", "waitlist_entry", "referral", "duplicate_candidate", "pending_approval",
  ].map { LawDamage("INV-9: of \($0), one event", "UPDATE \($0) SET version = 9") }

  private static let states = [
    ("hold", 2), ("appointment", 11), ("waitlist_entry", 6), ("referral", 13),
    ("duplicate_candidate", 3), ("pending_approval", 2), ("intake_window", 4), ("registration", 3),
  ].map { LawDamage("INV-9: of \($0), the state", "UPDATE \($0) SET state = \($1)") }
}

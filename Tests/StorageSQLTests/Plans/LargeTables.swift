import Domain
import Storage
import StorageSQL
import StoreSamples

/// Fills a PostgreSQL database as a year of the programme would, so that its planner has a reason to use an index.
///
/// What matters is what the planner looks at: how many rows, how many values a column has, and that what is added
/// later has a later time.
enum LargeTables {
  /// Tables that may be read from end to end, and why.
  static let small = [
    "schema_version": "a row per step of the schema",
    "program": "a handful",
    "eligibility_rule": "a few versions per program",
    "intake_window": "some dozens, one per opening of a program",
    "office": "some dozens",
    "service_offer": "a few per office",
    "schedule": "a few per office",
    "partner": "some dozens",
    "partner_identity": "a few per partner",
    "partner_key": "at most 20 per partner",
    "pathway": "about twenty",
    "sequence": "two rows",
    "audit_pending": "what was committed in the last moment",
    "event_pending": "what was committed in the last moment",
    "deployment": "a row per property of the deployment",
    "vault_check": "one row",
    "report_release": "one a month",
  ]

  /// How many rows the largest have at least, and the others about.
  static let rowCount = 4_000
  /// How many the log and the feed have: more than the rest, for they keep every step of everything.
  private static let traceCount = 8 * rowCount

  /// The last place in the log and in the feed.
  static let lastPlace = Int64(100 + traceCount)

  /// Stores many of everything beside what is there.
  static func fill(_ connection: any SQLConnection) throws(SQLFailure) {
    for statement in statements { try connection.script(statement) }
    try connection.script("ANALYZE")
  }

  private static let start = StoredWorld.opening.microseconds - 86_400_000_000 * 30
  /// A time of row `i`, later than that of the row before it: ten minutes on.
  private static let time = "\(start) + i::bigint * 600000000"
  private static let body = "repeat('x', 300)"
  private static let bytes = "sha256(('v' || i)::bytea)"

  private static func insert(
    _ table: String, _ columns: String, _ values: String, count: Int = rowCount
  ) -> String {
    "INSERT INTO \(table)(\(columns)) SELECT \(values) FROM generate_series(1, \(count)) i"
  }

  private static let statements = [
    insert("office", "uid, version, body", "'o' || i, 1, \(body)", count: 30),
    insert("partner", "uid, version, body", "'p' || i, 1, \(body)", count: 20),
    insert("pathway", "uid, body", "'w' || i, \(body)", count: 20),
    insert(
      "service_offer", "uid, office_id, version, body, no_show_grace_us",
      "'o' || i % 30 + 1 || '/' || i, 'o' || i % 30 + 1, 1, \(body), 900000000", count: 90),
    insert(
      "registration",
      """
      uid, program_id, receipt, state, live, members_apart, list_us, case_key, version, body,
      owner_partner, owner_user, protected, idle_us
      """,
      """
      'r' || i, '\(StoredProgram.id)', 'c' || i, i % 15 + 1, i % 2, 0, \(time), \(bytes), 1, \(body),
      CASE WHEN i % 3 = 0 THEN 'iom' END, CASE WHEN i % 3 = 0 THEN 'u' || i / 3 END,
      CASE WHEN i % 20 = 0 THEN 1 ELSE 0 END, CASE WHEN i % 15 = 0 THEN \(time) END
      """),
    insert(
      "person", "uid, registration_id, cluster_id, person_key, version, body",
      "'m' || i, 'r' || (i - 1) / 2 + 1, 'm' || i, \(bytes), 1, \(body)", count: 2 * rowCount),
    insert(
      "member", "person_id, registration_id, program_id, cluster_id, live, under_review",
      "'m' || i, 'r' || (i - 1) / 2 + 1, '\(StoredProgram.id)', 'm' || i, i % 2, 0",
      count: 2 * rowCount),
    insert(
      "document", "uid, person_id, number_index, version, body",
      "'d' || i, 'm' || i, \(bytes), 1, \(body)", count: 2 * rowCount),
    insert(
      "duplicate_candidate", "uid, low_id, high_id, score_rank, holds, state, version, body",
      """
      'j' || i, least('m' || i, 'm' || i + 2000), greatest('m' || i, 'm' || i + 2000), -i, i % 2,
      i % 4 + 1, 1, \(body)
      """),
    insert(
      "duplicate_side", "registration_id, candidate_id",
      "'r' || (i - 1) / 2 + 1, 'j' || i"),
    insert(
      "duplicate_side", "registration_id, candidate_id",
      "'r' || (i + 1999) / 2 + 1, 'j' || i"),
    insert(
      "match_key", "digest, person_id", "\(bytes), 'm' || i % \(2 * rowCount) + 1",
      count: 8 * rowCount),
    insert(
      "consent",
      "uid, registration_id, person_id, recipient, purpose, create_us, version, body, expires_us",
      """
      'k' || i, 'r' || (i - 1) / 2 + 1, 'm' || i, 'p' || i % 20 + 1, i % 4 + 1, \(time), 1, \(body),
      CASE WHEN i % 2 = 0 THEN \(time) + 7776000000000 END
      """, count: 2 * rowCount),
    insert(
      "slot",
      """
      uid, service_id, office_id, start_us, end_us, zone, seats, languages, blocked, fence, version,
      create_us, update_us
      """,
      """
      's' || i, o.uid, o.office_id, \(time), \(time) + 3600000000, 'z', 5, 'es', 0, 2, 1, \(time),
      \(time)
      """) + " JOIN service_offer o ON o.uid = 'o' || (i % 90 + 1) % 30 + 1 || '/' || i % 90 + 1",
    insert(
      "slot",
      """
      uid, service_id, office_id, start_us, end_us, zone, seats, languages, blocked, fence, version,
      create_us, update_us
      """,
      """
      't' || i, 'gt-xel-01/interview', 'gt-xel-01', \(time), \(time) + 3600000000, 'z', 5, 'es', 0, 2,
      1, \(time), \(time)
      """, count: rowCount / 10),
    """
    INSERT INTO seat(slot_id, seat_no) SELECT uid, n FROM slot, generate_series(1, 5) n
    ON CONFLICT DO NOTHING
    """,
    insert(
      "hold",
      """
      uid, slot_id, registration_id, seats, expires_us, fence, renewals, state, version, create_us,
      update_us
      """,
      """
      'h' || i, 's' || i, 'r' || i, 1, \(time), 1, 0, CASE WHEN i % 50 = 0 THEN 1 ELSE 2 END, 1,
      \(time), \(time)
      """),
    insert(
      "appointment",
      """
      uid, slot_id, service_id, office_id, registration_id, attendees, seats, start_us, end_us,
      confirm_by_us, reschedules, visit_code, state, version, create_us, update_us
      """,
      """
      'a' || i, s.uid, s.service_id, s.office_id, 'r' || i, 'm' || i || ':1', 1, s.start_us, s.end_us,
      CASE WHEN i % 12 = 0 THEN s.start_us END, 0, 'v', i % 12 + 1, 1, s.start_us, s.start_us
      """) + " JOIN slot s ON s.uid = 's' || i",
    insert(
      "waitlist_entry",
      """
      uid, registration_id, service_kind, offices, notice_us, seats, rank_us, offers, state, version,
      create_us, update_us
      """,
      """
      'z' || i, 'r' || i, i % 5 + 1, 'o' || i % 30 + 1, 0, i % 6 + 1, \(time), 0,
      CASE WHEN i % 4 = 0 THEN 1 ELSE 6 END, 1, \(time), \(time)
      """),
    insert(
      "waitlist_office", "entry_id, office_id, kind, queue_us, waiting, seats",
      """
      'z' || i, 'o' || i % 30 + 1, i % 5 + 1, \(time), CASE WHEN i % 4 = 0 THEN 1 ELSE 0 END,
      i % 6 + 1
      """),
    insert(
      "attendee", "person_id, appointment_id",
      "'m' || 2 * i - 1, 'a' || i"),
    insert(
      "referral",
      """
      uid, registration_id, pathway, from_id, to_id, state, create_us, version, body, due_us, overdue
      """,
      """
      'f' || i, 'r' || i, 'w' || i % 20 + 1, 'p' || i % 20 + 1, 'p' || (i + 7) % 20 + 1, i % 14 + 1,
      \(time), 1, \(body), CASE WHEN i % 14 = 1 THEN \(time) END,
      CASE WHEN i % 28 = 1 THEN 1 ELSE 0 END
      """),
    insert(
      "referral_person",
      "referral_id, person_id, cluster_id, pathway, destination, excl_group, live",
      "'f' || i, 'm' || 2 * i, 'm' || 2 * i, 'w' || i % 20 + 1, 'US', 'g', i % 2"),
    insert(
      "decision", "uid, referral_id, number, create_us, body",
      "'n' || i, 'f' || i, 1, \(time), \(body)"),
    insert(
      "status_event",
      "uid, aggregate, aggregate_id, version, type, state_after, actor_class, time_us",
      "'e' || i, i % 4 + 1, 'x' || i / 4, 1, 'Move', 1, 1, \(time)", count: traceCount),
    insert("event_feed", "feed_position, event_uid", "100 + i, 'e' || i", count: traceCount),
    insert(
      "audit_entry",
      "uid, log, event_us, partner, role, method, verdict, policy_version, request_commitment, case_pseudonym",
      "'l' || i, 'g', \(time), 'iom', 1, 'm', 1, '1', \(bytes), sha256(('c' || i / 20)::bytea)",
      count: traceCount),
    insert(
      "audit_leaf", "log_position, sequenced_us, entry_uid, entry_digest, leaf_hash",
      "100 + i, \(time), 'l' || i, \(bytes), \(bytes)", count: traceCount),
    insert("audit_tile", "level, place, hash", "1, 100 + i, \(bytes)"),
    insert(
      "audit_checkpoint", "tree_size, root, time_us, note", "100 + i, \(bytes), \(time), \(body)"),
    insert(
      "idempotency",
      "partner, method, request_id, request_digest, response, create_us, expires_us",
      "'p' || i % 20 + 1, 'm' || i % 40, 'q' || i, \(bytes), \(bytes), \(time), \(time) + 5184000000000"
    ),
    // More than a year of days, so that a month is a small part.
    insert(
      "fact", "uid, program_id, day, measure, number, office",
      "'z' || i, '\(StoredProgram.id)', 19400 + i / 10, i % 19 + 1, 1, 'o' || i % 30 + 1"),
    insert(
      "pending_approval", "uid, method, resource, state, expires_us, version, body",
      "'y' || i, 'm', 'x' || i, CASE WHEN i % 50 = 0 THEN 1 ELSE 2 END, \(time), 1, \(body)"),
  ]

  private enum StoredProgram {
    static let id = "gt-pilot-2023"
  }
}

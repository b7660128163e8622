/// A rule that holds over all rows of a store, whatever happens to its servers.
package struct Law: Sendable {
  /// What holds, with the number of the invariant.
  package let name: String
  /// How many rows break it.
  package let countOfBreaches: SQLStatement

  /// - Parameter breaches: the rows that break it
  init(_ name: String, _ breaches: String) {
    self.name = name
    countOfBreaches = SQLStatement("SELECT COUNT(*) FROM (\(breaches)) AS breaches")
  }

  /// Every law, in portable SQL.
  package static let all = rules + eventful.map(eventPerVersion)

  /// Tables of what never changes without a status event, with the event's code for them.
  private static let eventful = [
    ("hold", 11),
    ("appointment", 12),
    ("waitlist_entry", 13),
    ("referral", 14), ("duplicate_candidate", 17), ("pending_approval", 18),
  ]

  private static func eventPerVersion(_ table: String, aggregate: Int) -> Law {
    Law(
      "INV-9: of \(table), one event per version",
      """
      SELECT t.uid FROM \(table) t WHERE t.version <> (SELECT COUNT(*) FROM status_event e
        WHERE e.aggregate = \(aggregate) AND e.aggregate_id = t.uid)
      """)
  }

  private static let rules: [Law] = [
    Law(
      "an answer that is kept has its entry in the log",
      """
      SELECT i.request_id FROM idempotency i LEFT JOIN (
          SELECT DISTINCT event_us FROM audit_entry WHERE verdict = 1) e ON e.event_us = i.create_us
        WHERE e.event_us IS NULL
      """
    ),
    Law(
      "INV-1, INV-2: an appointment has exactly its seats",
      """
      SELECT a.uid FROM appointment a WHERE a.state IN (1,2,3,4,5) AND a.seats <>
        (SELECT COUNT(*) FROM seat s WHERE s.slot_id = a.slot_id AND s.appointment_id = a.uid)
      """
    ),
    Law(
      "a seat is of one appointment that exists and holds it, in its own slot",
      """
      SELECT s.slot_id FROM seat s LEFT JOIN appointment a ON a.uid = s.appointment_id
        WHERE s.appointment_id IS NOT NULL
          AND (a.uid IS NULL OR a.slot_id <> s.slot_id OR a.state NOT IN (1,2,3,4,5))
      """
    ),
    Law(
      // One whose time was over when the last event happened may have lost seats to others.
      "a hold in its time has exactly its seats",
      """
      SELECT h.uid FROM hold h WHERE h.state = 1
        AND h.expires_us > (SELECT MAX(time_us) FROM status_event)
        AND h.seats <> (SELECT COUNT(*) FROM seat s WHERE s.slot_id = h.slot_id AND s.hold_id = h.uid)
      """
    ),
    Law(
      "a household is one row per person and one seat each",
      """
      SELECT a.uid FROM appointment a LEFT JOIN (
          SELECT appointment_id, COUNT(*) AS number FROM attendee GROUP BY appointment_id) t
        ON t.appointment_id = a.uid WHERE t.number IS NULL OR t.number <> a.seats
      """
    ),
    Law(
      "INV-3: nobody attends two live appointments that overlap",
      """
      SELECT a.uid FROM attendee x JOIN appointment a ON a.uid = x.appointment_id
        JOIN attendee y ON y.person_id = x.person_id AND y.appointment_id > x.appointment_id
        JOIN appointment b ON b.uid = y.appointment_id
        WHERE a.state IN (1,2,3,4) AND b.state IN (1,2,3,4)
          AND a.start_us < b.end_us AND b.start_us < a.end_us
      """
    ),
    Law(
      "INV-3: one live appointment per registration and service",
      """
      SELECT registration_id FROM appointment WHERE state IN (1,2,3,4)
        GROUP BY registration_id, service_id HAVING COUNT(*) > 1
      """
    ),
    Law(
      "INV-4: no hold's fence is ahead of its slot's",
      "SELECT h.uid FROM hold h JOIN slot s ON s.uid = h.slot_id WHERE h.fence > s.fence"
    ),
    Law(
      "INV-5: one live referral per person, pathway and destination",
      """
      SELECT cluster_id FROM referral_person WHERE live = 1
        GROUP BY cluster_id, pathway, destination HAVING COUNT(*) > 1
      """
    ),
    Law(
      "INV-5: one live referral per person and exclusive group",
      """
      SELECT cluster_id FROM referral_person WHERE live = 1 AND excl_group IS NOT NULL
        GROUP BY cluster_id, excl_group HAVING COUNT(*) > 1
      """
    ),
    Law(
      "INV-8: nobody is in two live registrations of a programme",
      """
      SELECT cluster_id FROM member WHERE live = 1 AND under_review = 0
        GROUP BY program_id, cluster_id HAVING COUNT(*) > 1
      """
    ),
    Law(
      "a possible duplicate is listed with both registrations",
      """
      SELECT c.uid FROM duplicate_candidate c WHERE 2 <> (SELECT COUNT(*) FROM duplicate_side s
          JOIN person p ON p.registration_id = s.registration_id
        WHERE s.candidate_id = c.uid AND p.uid IN (c.low_id, c.high_id))
      """
    ),
    Law(
      "INV-13: nobody is a no-show where the office called it off or was closed",
      """
      SELECT a.uid FROM appointment a JOIN slot s ON s.uid = a.slot_id
        WHERE a.state = 9 AND (a.cancel_party = 2 OR s.blocked <> 0)
      """
    ),
    Law(
      "INV-9: a registration's last version has its event",
      """
      SELECT r.uid FROM registration r WHERE NOT EXISTS (SELECT 1 FROM status_event e
        WHERE e.aggregate = 7 AND e.aggregate_id = r.uid AND e.version = r.version)
      """
    ),
    Law(
      "INV-15: the log's places are dense and its time only goes forward",
      """
      SELECT l.log_position FROM audit_leaf l LEFT JOIN audit_leaf p
        ON p.log_position = l.log_position - 1
        WHERE l.log_position > 0 AND (p.log_position IS NULL OR p.sequenced_us >= l.sequenced_us)
      """
    ),
    Law(
      "every entry has its place in the log, or waits for it",
      """
      SELECT e.uid FROM audit_entry e WHERE NOT EXISTS
        (SELECT 1 FROM audit_leaf l WHERE l.entry_uid = e.uid)
        AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.entry_uid = e.uid)
      """
    ),
    Law(
      "INV-11: no window admits more than its quota",
      "SELECT uid FROM intake_window WHERE admitted > quota"
    ),
    Law(
      "a person counts in the registration that it is of",
      """
      SELECT p.uid FROM person p LEFT JOIN member m ON m.person_id = p.uid
        WHERE m.person_id IS NULL OR m.registration_id <> p.registration_id
      """
    ),
    Law(
      "every event has its place in the feed, or waits for it",
      """
      SELECT e.uid FROM status_event e WHERE NOT EXISTS
        (SELECT 1 FROM event_feed f WHERE f.event_uid = e.uid)
        AND NOT EXISTS (SELECT 1 FROM event_pending p WHERE p.event_uid = e.uid)
      """
    ),
    Law(
      "the feed's places are dense",
      """
      SELECT f.feed_position FROM event_feed f LEFT JOIN event_feed p
        ON p.feed_position = f.feed_position - 1
        WHERE f.feed_position > 1 AND p.feed_position IS NULL
      """
    ),
    Law(
      "of one thing the feed has the versions in their order",
      """
      SELECT e.uid FROM status_event e
        JOIN event_feed f ON f.event_uid = e.uid
        JOIN status_event n ON n.aggregate = e.aggregate AND n.aggregate_id = e.aggregate_id
          AND n.version = e.version + 1
        JOIN event_feed g ON g.event_uid = n.uid
        WHERE g.feed_position < f.feed_position
      """
    ),
  ]
}

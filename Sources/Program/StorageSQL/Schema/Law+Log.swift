// Laws of what happened: calls, their entries in the log, and events in the feed.
extension Law {
  static let ofTheLog = [
    Law(
      "an answer that is kept has its entry in the log",
      """
      SELECT i.request_id FROM idempotency i LEFT JOIN (
          SELECT DISTINCT event_us FROM audit_entry WHERE verdict = 1) e ON e.event_us = i.create_us
        WHERE e.event_us IS NULL
      """
    ),
    // What changes when the clock has gone back keeps the time of its last change.
    Law(
      "INV-9: every event has its entry in the log",
      """
      SELECT s.uid FROM status_event s LEFT JOIN (
          SELECT DISTINCT event_us FROM audit_entry WHERE verdict = 1) e ON e.event_us = s.time_us
        WHERE e.event_us IS NULL AND NOT EXISTS (SELECT 1 FROM status_event p
          WHERE p.aggregate = s.aggregate AND p.aggregate_id = s.aggregate_id
            AND p.version = s.version - 1 AND p.time_us >= s.time_us)
      """
    ),
    Law(
      "INV-9: each event of a thing begins where the one before ended",
      """
      SELECT n.uid FROM status_event n JOIN status_event e ON e.aggregate = n.aggregate
          AND e.aggregate_id = n.aggregate_id AND e.version = n.version - 1
        WHERE n.state_before IS NULL OR n.state_before <> e.state_after
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

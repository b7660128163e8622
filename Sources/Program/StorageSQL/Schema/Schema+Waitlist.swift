extension Schema {
  /// Who waits for seats.
  ///
  /// `waitlist_office` repeats of each place what the way from freed seats to the first in rank needs:
  /// a row for each office it names. See also ``waitlistNeeds``.
  static let waitlistTables = [
    """
    CREATE TABLE waitlist_entry(
      uid TEXT NOT NULL PRIMARY KEY, registration_id TEXT NOT NULL REFERENCES registration(uid),
      service_kind BIGINT NOT NULL, offices TEXT NOT NULL, notice_us BIGINT NOT NULL,
      seats BIGINT NOT NULL, rank_us BIGINT NOT NULL, offers BIGINT NOT NULL,
      appointment_id TEXT REFERENCES appointment(uid), state BIGINT NOT NULL,
      version BIGINT NOT NULL, create_us BIGINT NOT NULL, update_us BIGINT NOT NULL,
      CONSTRAINT waitlist_seats CHECK (seats >= 1),
      CONSTRAINT waitlist_notice CHECK (notice_us >= 0))
    """,
    """
    CREATE UNIQUE INDEX waitlist_open ON waitlist_entry(registration_id, service_kind)
      WHERE state IN (1,2)
    """,
    "CREATE INDEX waitlist_of_registration ON waitlist_entry(registration_id, rank_us, uid)",
    "CREATE INDEX waitlist_list ON waitlist_entry(rank_us, uid)",
    """
    CREATE TABLE waitlist_office(
      entry_id TEXT NOT NULL REFERENCES waitlist_entry(uid), office_id TEXT NOT NULL,
      kind BIGINT NOT NULL, queue_us BIGINT NOT NULL, waiting BIGINT NOT NULL,
      PRIMARY KEY (entry_id, office_id))
    """,
    "CREATE INDEX waitlist_of_office ON waitlist_office(office_id, queue_us, entry_id)",
    """
    CREATE INDEX waitlist_queue ON waitlist_office(office_id, kind, queue_us, entry_id)
      WHERE waiting = 1
    """,
  ]

  /// What decides whether freed seats suit somebody stands in the index of those who wait, so that whoever they do not
  /// suit is passed over without being read.
  static let waitlistNeeds = [
    "ALTER TABLE waitlist_office ADD COLUMN seats BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE waitlist_office ADD COLUMN notice_us BIGINT NOT NULL DEFAULT 0",
    """
    UPDATE waitlist_office SET
      seats = (SELECT e.seats FROM waitlist_entry e WHERE e.uid = entry_id),
      notice_us = (SELECT e.notice_us FROM waitlist_entry e WHERE e.uid = entry_id)
    """,
    "DROP INDEX waitlist_queue",
    """
    CREATE INDEX waitlist_queue
      ON waitlist_office(office_id, kind, queue_us, entry_id, seats, notice_us) WHERE waiting = 1
    """,
  ]
}

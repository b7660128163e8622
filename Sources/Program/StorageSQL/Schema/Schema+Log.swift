extension Schema {
  /// The audit log, the feed of events, and what is kept about calls.
  static let logTables = [
    // The last place given out and its time, one row per sequence; see `SQLTransaction+Sequencing`.
    """
    CREATE TABLE sequence(
      name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL, last_us BIGINT NOT NULL)
    """,
    "INSERT INTO sequence(name, last, last_us) VALUES ('audit', -1, 0), ('event', 0, 0)",
    """
    CREATE TABLE status_event(
      uid TEXT NOT NULL PRIMARY KEY, aggregate BIGINT NOT NULL,
      aggregate_id TEXT NOT NULL, version BIGINT NOT NULL, type TEXT NOT NULL,
      state_before BIGINT, state_after BIGINT NOT NULL, actor_class BIGINT NOT NULL,
      time_us BIGINT NOT NULL, diff_digest BYTEA)
    """,
    // INV-9: one event per version.
    "CREATE UNIQUE INDEX status_event_of ON status_event(aggregate, aggregate_id, version)",
    """
    CREATE TABLE event_feed(
      feed_position BIGINT NOT NULL PRIMARY KEY,
      event_uid TEXT NOT NULL REFERENCES status_event(uid))
    """,
    "CREATE UNIQUE INDEX event_feed_of ON event_feed(event_uid)",
    """
    CREATE TABLE audit_entry(
      uid TEXT NOT NULL PRIMARY KEY, log TEXT NOT NULL, event_us BIGINT NOT NULL, partner TEXT,
      agency TEXT, role BIGINT NOT NULL, user_pseudonym BYTEA, purpose BIGINT,
      case_pseudonym BYTEA, method TEXT NOT NULL, verdict BIGINT NOT NULL,
      policy_version TEXT NOT NULL, request_commitment BYTEA NOT NULL,
      response_commitment BYTEA, profile TEXT, released_fields BYTEA, release_commitment BYTEA,
      state_before BIGINT, version_before BIGINT, state_after BIGINT, version_after BIGINT,
      internal_reason TEXT)
    """,
    """
    CREATE TABLE audit_leaf(
      log_position BIGINT NOT NULL PRIMARY KEY, sequenced_us BIGINT NOT NULL,
      entry_uid TEXT NOT NULL REFERENCES audit_entry(uid), entry_digest BYTEA NOT NULL,
      leaf_hash BYTEA NOT NULL)
    """,
    "CREATE UNIQUE INDEX audit_leaf_of ON audit_leaf(entry_uid)",
    // What was committed without a place; always empty where the unit itself gives it one.
    """
    CREATE TABLE audit_pending(
      entry_uid TEXT NOT NULL PRIMARY KEY REFERENCES audit_entry(uid), entry_digest BYTEA NOT NULL)
    """,
    """
    CREATE TABLE event_pending(
      event_uid TEXT NOT NULL PRIMARY KEY REFERENCES status_event(uid))
    """,
    """
    CREATE TABLE idempotency(
      partner TEXT NOT NULL, method TEXT NOT NULL, request_id TEXT NOT NULL,
      request_digest BYTEA NOT NULL, response BYTEA NOT NULL,
      registration_id TEXT REFERENCES registration(uid),
      referral_id TEXT REFERENCES referral(uid), create_us BIGINT NOT NULL,
      expires_us BIGINT NOT NULL, PRIMARY KEY (partner, method, request_id))
    """,
    "CREATE INDEX idempotency_expiry ON idempotency(expires_us)",
    """
    CREATE TABLE pending_approval(
      uid TEXT NOT NULL PRIMARY KEY, method TEXT NOT NULL, resource TEXT NOT NULL,
      state BIGINT NOT NULL, expires_us BIGINT NOT NULL, version BIGINT NOT NULL,
      body TEXT NOT NULL)
    """,
    // What is true of the database as a whole, such as that it is a rehearsal's.
    "CREATE TABLE deployment(name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)",
    // One row, sealed with the deployment's key: a wrong one is noticed before it seals anything.
    "CREATE TABLE vault_check(uid TEXT NOT NULL PRIMARY KEY, sealed BYTEA NOT NULL)",
    "CREATE UNIQUE INDEX approval_open ON pending_approval(method, resource) WHERE state = 1",
  ]
}

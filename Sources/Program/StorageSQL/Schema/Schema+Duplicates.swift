extension Schema {
  /// Possible duplicates, and the keys by which people are found among all others.
  ///
  /// `low_id` and `high_id` are the two persons in the order of their ids, so that a pair is there once.
  /// `score_rank` is the score in thousandths of a bit, negative: the highest first. A
  /// `match_key` is a digest under a key that the database does not have: whoever has the database alone
  /// learns from it who resembles whom, and no name.
  static let duplicateTables = [
    """
    CREATE TABLE duplicate_candidate(
      uid TEXT NOT NULL PRIMARY KEY, low_id TEXT NOT NULL REFERENCES person(uid),
      high_id TEXT NOT NULL REFERENCES person(uid), score_rank BIGINT NOT NULL,
      holds BIGINT NOT NULL, state BIGINT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL,
      CONSTRAINT duplicate_order CHECK (low_id < high_id))
    """,
    "CREATE UNIQUE INDEX duplicate_pair ON duplicate_candidate(low_id, high_id)",
    "CREATE INDEX duplicate_of_high ON duplicate_candidate(high_id)",
    "CREATE INDEX duplicate_list ON duplicate_candidate(score_rank, uid)",
    "CREATE INDEX duplicate_queue ON duplicate_candidate(state, score_rank, uid)",
    // The way from a registration to what is known of its people: two rows for each pair.
    """
    CREATE TABLE duplicate_side(
      registration_id TEXT NOT NULL REFERENCES registration(uid),
      candidate_id TEXT NOT NULL REFERENCES duplicate_candidate(uid),
      PRIMARY KEY (registration_id, candidate_id))
    """,
    "CREATE INDEX duplicate_side_of ON duplicate_side(candidate_id)",
    """
    CREATE TABLE match_key(
      digest BYTEA NOT NULL, person_id TEXT NOT NULL REFERENCES person(uid),
      PRIMARY KEY (digest, person_id))
    """,
    "CREATE INDEX match_key_of ON match_key(person_id)",
  ]
}

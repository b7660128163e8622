extension Schema {
  /// Referrals, the persons they take a live place for, and decisions.
  static let referralTables = [
    """
    CREATE TABLE referral(
      uid TEXT NOT NULL PRIMARY KEY,
      registration_id TEXT NOT NULL REFERENCES registration(uid),
      pathway TEXT NOT NULL REFERENCES pathway(uid), from_id TEXT NOT NULL REFERENCES partner(uid),
      to_id TEXT NOT NULL REFERENCES partner(uid), state BIGINT NOT NULL,
      create_us BIGINT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL,
      due_us BIGINT, overdue BIGINT NOT NULL)
    """,
    "CREATE INDEX referral_due ON referral(overdue, due_us, uid) WHERE due_us IS NOT NULL",
    "CREATE INDEX referral_of_registration ON referral(registration_id, create_us, uid)",
    "CREATE INDEX referral_to ON referral(to_id, create_us, uid)",
    "CREATE INDEX referral_from ON referral(from_id, create_us, uid)",
    "CREATE INDEX referral_on ON referral(pathway, create_us, uid)",
    "CREATE INDEX referral_list ON referral(create_us, uid)",
    "CREATE INDEX referral_capacity ON referral(to_id, pathway) WHERE state IN (2,3,4,5,6,7)",
    """
    CREATE TABLE referral_person(
      referral_id TEXT NOT NULL REFERENCES referral(uid),
      person_id TEXT NOT NULL REFERENCES person(uid), cluster_id TEXT NOT NULL,
      pathway TEXT NOT NULL, destination TEXT NOT NULL, excl_group TEXT, live BIGINT NOT NULL,
      PRIMARY KEY (referral_id, person_id))
    """,
    "CREATE INDEX referral_person_of ON referral_person(person_id)",
    """
    CREATE UNIQUE INDEX ref_live ON referral_person(cluster_id, pathway, destination)
      WHERE live = 1
    """,  // INV-5
    """
    CREATE UNIQUE INDEX ref_group ON referral_person(cluster_id, excl_group)
      WHERE live = 1 AND excl_group IS NOT NULL
    """,  // INV-5
    """
    CREATE TABLE decision(
      uid TEXT NOT NULL PRIMARY KEY, referral_id TEXT NOT NULL REFERENCES referral(uid),
      number BIGINT NOT NULL, authority TEXT NOT NULL, kind BIGINT NOT NULL,
      decision_date TEXT NOT NULL, valid_from TEXT, valid_until TEXT, reason BIGINT,
      supersedes TEXT,
      create_us BIGINT NOT NULL, CONSTRAINT decision_number CHECK (number >= 1))
    """,
    "CREATE UNIQUE INDEX decision_of ON decision(referral_id, number)",
  ]

  /// The signing keys of partners, which are in their bodies too: the primary key keeps one from being registered
  /// twice, of whichever partner.
  static let partnerKeyTables = [
    """
    CREATE TABLE partner_key(
      public_key BYTEA NOT NULL PRIMARY KEY, partner_id TEXT NOT NULL REFERENCES partner(uid))
    """,
    "CREATE INDEX partner_key_of ON partner_key(partner_id)",
  ]
}

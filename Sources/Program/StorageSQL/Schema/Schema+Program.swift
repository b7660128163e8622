extension Schema {
  /// Programs with their openings and rules, offices with what they offer, partners and pathways.
  static let programTables = [
    """
    CREATE TABLE program(
      uid TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL)
    """,
    """
    CREATE TABLE eligibility_rule(
      program_id TEXT NOT NULL REFERENCES program(uid), version BIGINT NOT NULL,
      effective_from_us BIGINT NOT NULL, effective_until_us BIGINT, body TEXT NOT NULL,
      PRIMARY KEY (program_id, version))
    """,
    // INV-11 is the CHECK on `admitted`.
    """
    CREATE TABLE intake_window(
      uid TEXT NOT NULL PRIMARY KEY, program_id TEXT NOT NULL REFERENCES program(uid),
      resource_uid TEXT NOT NULL, open_us BIGINT NOT NULL, close_us BIGINT NOT NULL, quota BIGINT NOT NULL,
      admitted BIGINT NOT NULL, channel BIGINT, state BIGINT NOT NULL, version BIGINT NOT NULL,
      create_us BIGINT NOT NULL, update_us BIGINT NOT NULL,
      CONSTRAINT window_quota CHECK (quota >= 1 AND admitted >= 0 AND admitted <= quota),
      CONSTRAINT window_time CHECK (open_us < close_us))
    """,
    "CREATE INDEX intake_window_list ON intake_window(program_id, open_us, uid)",
    """
    CREATE TABLE office(
      uid TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL)
    """,
    """
    CREATE TABLE service_offer(
      uid TEXT NOT NULL PRIMARY KEY, office_id TEXT NOT NULL REFERENCES office(uid),
      version BIGINT NOT NULL, body TEXT NOT NULL, no_show_grace_us BIGINT NOT NULL)
    """,
    "CREATE INDEX service_offer_list ON service_offer(office_id, uid)",
    """
    CREATE TABLE schedule(
      uid TEXT NOT NULL PRIMARY KEY, service_id TEXT NOT NULL REFERENCES service_offer(uid),
      office_id TEXT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL)
    """,
    "CREATE INDEX schedule_list ON schedule(office_id, uid)",
    """
    CREATE TABLE partner(
      uid TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, body TEXT NOT NULL)
    """,
    // The primary key keeps one certificate name from belonging to two partners.
    """
    CREATE TABLE partner_identity(
      uri TEXT NOT NULL PRIMARY KEY, partner_id TEXT NOT NULL REFERENCES partner(uid))
    """,
    "CREATE INDEX partner_identity_of ON partner_identity(partner_id)",
    """
    CREATE TABLE pathway(
      uid TEXT NOT NULL PRIMARY KEY, excl_group TEXT, body TEXT NOT NULL)
    """,
  ]
}
